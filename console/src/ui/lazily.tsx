import { Skeleton } from '@mantine/core';
import { type ComponentType, lazy, Suspense } from 'react';
import { inAdvance, patiently } from './patient';

/** A part of a page whose script is loaded when the page stands, or when the part is shown first. */
export function lazily<P extends object>(load: () => Promise<ComponentType<P>>, height = 0): ComponentType<P> {
  inAdvance(load);
  const Part = lazy(async () => ({ default: await patiently(load) }));
  return function Lazily(props: P) {
    return (
      <Suspense fallback={height > 0 ? <Skeleton h={height} /> : null}>
        <Part {...props} />
      </Suspense>
    );
  };
}
