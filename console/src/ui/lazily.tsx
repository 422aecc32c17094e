import { Skeleton } from '@mantine/core';
import { type ComponentType, lazy, Suspense } from 'react';

/** A part of a page whose script is loaded when it is shown first. */
export function lazily<P extends object>(load: () => Promise<ComponentType<P>>, height = 0): ComponentType<P> {
  const Part = lazy(async () => ({ default: await load() }));
  return function Lazily(props: P) {
    return (
      <Suspense fallback={height > 0 ? <Skeleton h={height} /> : null}>
        <Part {...props} />
      </Suspense>
    );
  };
}
