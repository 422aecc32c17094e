import { keepPreviousData, type QueryKey, useQueries } from '@tanstack/react-query';
import { useDebouncedValue } from '@mantine/hooks';
import { useCallback, useMemo, useState } from 'react';

export interface PageOf<T> {
  items: T[];
  total: number | null;
  more: boolean;
}
interface Wish<T> {
  key: QueryKey;
  size: number;
  read: (offset: number, limit: number) => Promise<PageOf<T>>;
}
export interface Pages<T> {
  count: number;
  total: number | null;
  rowAt: (index: number) => T | undefined;
  onRange: (first: number, last: number) => void;
  /** The first page: the newest of a list. */
  head: T[];
  /** All of the list stands on the first page. */
  short: boolean;
  isPending: boolean;
  error: Error | null;
  refetch: () => void;
}

/** The pages that hold the rows from first to last; the first page always among them. */
export function pagesFor(first: number, last: number, size: number): number[] {
  const from = Math.max(0, Math.floor(first / size));
  const to = Math.max(from, Math.floor(last / size));
  const seen = Array.from({ length: Math.min(to - from + 1, 4) }, (_, n) => from + n);
  return seen.includes(0) ? seen : [0, ...seen];
}

/**
 * A list of any length of which only those pages are read that are looked at: one may jump anywhere in it, and news
 * make only what is seen old.
 */
export function usePages<T>({ key, size, read }: Wish<T>): Pages<T> {
  const [range, setRange] = useState<readonly [number, number]>([0, 0]);
  const [[first, last]] = useDebouncedValue(range, 60);
  const numbers = pagesFor(first, last, size);
  const results = useQueries({
    queries: numbers.map((n) => ({
      queryKey: [...key, 'page', n],
      queryFn: () => read(n * size, size),
      placeholderData: n === 0 ? keepPreviousData : undefined,
    })),
  });
  const head = results[numbers.indexOf(0)]?.data;
  const stamp = results.map((r) => r.dataUpdatedAt).join(' ');
  const pages = useMemo(
    () => new Map(numbers.map((n, i) => [n, results[i]?.data?.items] as const)),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the data are new when one of the stamps is
    [numbers.join(' '), stamp, head],
  );
  const rowAt = useCallback((index: number) => pages.get(Math.floor(index / size))?.[index % size], [pages, size]);
  const onRange = useCallback((a: number, b: number) => setRange((was) => (was[0] === a && was[1] === b ? was : [a, b])), []);
  const reached = Math.max(0, ...numbers.map((n, i) => n * size + (results[i]?.data?.items.length ?? 0) + (results[i]?.data?.more ? size : 0)));
  const total = head?.total ?? null;
  return {
    count: total ?? reached,
    total,
    rowAt,
    onRange,
    head: head?.items ?? [],
    short: head !== undefined && !head.more,
    isPending: head === undefined && results.some((r) => r.isPending),
    error: results.find((r) => r.error)?.error ?? null,
    refetch: () => results.forEach((r) => void r.refetch()),
  };
}
