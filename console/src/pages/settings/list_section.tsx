import { Skeleton, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Failure } from '~/ui/failure';
import { Section } from '~/ui/section';
import style from './settings.module.css';

interface Props<T> {
  title: string;
  aside?: ReactNode;
  /** Undefined while it is read. */
  items: readonly T[] | undefined;
  idOf: (item: T) => string;
  row: (item: T) => ReactNode;
  /** Below a row, as far as it is open. */
  more?: (item: T) => ReactNode;
  empty: ReactNode;
  error?: unknown;
  feature?: string;
  retry?: () => void;
}

/** The things of one kind that a user has settled, a row each. */
export function ListSection<T>({ title, aside, items, idOf, row, more, empty, error, feature, retry }: Props<T>) {
  if (error) return <Failure error={error} {...(feature ? { feature } : {})} {...(retry ? { retry } : {})} />;
  return (
    <Section title={title} aside={aside} flush>
      {!items && <Skeleton h={60} m="md" />}
      {items?.length === 0 && (
        <Text size="sm" c="dimmed" p="md" component="div">
          {empty}
        </Text>
      )}
      {items && items.length > 0 && (
        <ul className={style.list} aria-label={title}>
          {items.map((item) => (
            <li key={idOf(item)}>
              <div className={style.row}>{row(item)}</div>
              {more?.(item)}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
