import type { InfiniteData } from '@tanstack/react-query';

/** The items of all pages that were loaded. */
export function flat<P, T>(data: InfiniteData<P> | undefined, items: (page: P) => T[]): T[] {
  return data ? data.pages.flatMap(items) : [];
}

/** How many there are in all, as the first page says it. */
export function totalOf<P extends { total: number | null }>(data: InfiniteData<P> | undefined): number | null | undefined {
  return data?.pages[0]?.total;
}
