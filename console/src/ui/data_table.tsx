import { Skeleton, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type ColumnDef, flexRender, getCoreRowModel, type RowData, useReactTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import style from './data_table.module.css';
import type { Pages } from './use_pages';
import { many } from './values';

declare module '@tanstack/react-table' {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface ColumnMeta<TData extends RowData, TValue> {
    /** As in grid-template-columns. */
    width?: string;
    /** Left out on narrow screens. */
    wide?: boolean;
    right?: boolean;
  }
}

interface Props<T> {
  label: string;
  columns: ColumnDef<T, unknown>[];
  /** All rows; or, of a list that is read page by page, how many there are and how to get at one. */
  rows?: T[];
  pages?: Pick<Pages<T>, 'count' | 'rowAt' | 'onRange'>;
  idOf: (row: T) => string;
  onOpen?: (row: T) => void;
  loading?: boolean;
  total?: number | null;
  more?: boolean;
  onMore?: () => void;
  rowHeight?: number;
  /** Takes off the height of the screen: what stands above and below. */
  around?: number;
  /** What one row is, for the line below. */
  noun?: [string, string];
  selected?: string | undefined;
}

const isControl = (target: EventTarget | null) =>
  target instanceof Element && target.closest('a, button, input, label, [role="menuitem"]') !== null;

/** A table of any length: only the rows that are seen stand in the document. */
export function DataTable<T>(p: Props<T>) {
  const { rows, pages, idOf, onOpen, more, onMore, rowHeight = 38 } = p;
  const narrow = useMediaQuery('(max-width: 40em)', false, { getInitialValueInEffect: false });
  const columns = narrow ? p.columns.filter((c) => !c.meta?.wide) : p.columns;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(-1);
  const count = pages?.count ?? rows?.length ?? 0;
  const rowAt = (index: number) => (pages ? pages.rowAt(index) : rows?.[index]);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items[items.length - 1]?.index ?? 0;
  const onRange = pages?.onRange;
  useEffect(() => {
    if (more && onMore && last >= count - 20) onMore();
    onRange?.(first, last);
  }, [more, onMore, onRange, first, last, count]);
  // The table knows only the rows that are seen, however many there are.
  const source = pages?.rowAt ?? rows;
  const seen = useMemo(() => {
    const out: { index: number; row: T }[] = [];
    for (let index = first; index <= last && index < count; ++index) {
      const row = rowAt(index);
      if (row !== undefined) out.push({ index, row });
    }
    return out;
    // eslint-disable-next-line react-hooks/exhaustive-deps -- rowAt is what source says
  }, [source, first, last, count]);
  const data = useMemo(() => seen.map((s) => s.row), [seen]);
  const table = useReactTable({ data, columns, getCoreRowModel: getCoreRowModel(), getRowId: (row) => idOf(row), autoResetAll: false });
  const shown = new Map(table.getRowModel().rows.map((row, n) => [seen[n]?.index, row]));

  const widths = columns.map((c) => c.meta?.width ?? 'minmax(90px, 1fr)');
  const template = widths.join(' ');
  // Narrower than this the table scrolls sideways, its head with it.
  const minWidth = widths.reduce((all, w) => all + Number(/(\d+)px/.exec(w)?.[1] ?? 90), 0);
  const move = (to: number) => {
    const next = Math.max(0, Math.min(count - 1, to));
    setActive(next);
    virtual.scrollToIndex(next);
  };
  const onKey = (e: KeyboardEvent) => {
    if (isControl(e.target) && e.key === 'Enter') return;
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 15, PageUp: -15 }[e.key];
    if (step !== undefined) move((active < 0 ? -1 : active) + step);
    else if (e.key === 'Home') move(0);
    else if (e.key === 'End') move(count - 1);
    else if (e.key === 'Enter' && onOpen && rowAt(active) !== undefined) onOpen(rowAt(active) as T);
    else return;
    e.preventDefault();
  };
  const onClick = (e: MouseEvent, row: T) => {
    if (onOpen && !isControl(e.target) && !getSelection()?.toString()) onOpen(row);
  };

  return (
    <div className={`rm-card ${style.frame}`}>
      <div
        ref={scroller}
        className={style.scroller}
        style={{ maxHeight: `max(240px, calc(100dvh - ${p.around ?? 210}px))` }}
        tabIndex={0}
        role="table"
        aria-label={p.label}
        aria-rowcount={p.total ?? count}
        onKeyDown={onKey}
      >
        <div role="rowgroup" className={style.head} style={{ minWidth }}>
          <div role="row" className={style.row} style={{ gridTemplateColumns: template }}>
            {table.getFlatHeaders().map((h) => (
              <div key={h.id} role="columnheader" className={`${style.cell} ${h.column.columnDef.meta?.right ? style.right : ''}`}>
                {flexRender(h.column.columnDef.header, h.getContext())}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative', minWidth }}>
          {items.map((item) => {
            const row = shown.get(item.index);
            if (!row)
              return (
                <div key={`waiting-${item.index}`} aria-hidden="true" className={`${style.row} ${style.body}`} style={{ height: rowHeight, transform: `translateY(${item.start}px)` }}>
                  <div className={style.cell}>
                    <Skeleton h={10} w="40%" animate={false} />
                  </div>
                </div>
              );
            const marked = item.index === active || (p.selected !== undefined && row.id === p.selected);
            return (
              <div
                key={row.id}
                role="row"
                aria-rowindex={item.index + 2}
                className={`${style.row} ${style.body} ${onOpen ? style.opens : ''} ${marked ? style.active : ''}`}
                style={{ gridTemplateColumns: template, height: rowHeight, transform: `translateY(${item.start}px)` }}
                onClick={(e) => onClick(e, row.original)}
              >
                {row.getVisibleCells().map((c) => (
                  <div key={c.id} role="cell" className={`${style.cell} ${c.column.columnDef.meta?.right ? style.right : ''}`}>
                    {flexRender(c.column.columnDef.cell, c.getContext())}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
        {p.loading && count === 0 && (
          <div className={style.waiting} aria-busy="true">
            {[1, 2, 3, 4, 5].map((n) => (
              <Skeleton key={n} h={16} />
            ))}
          </div>
        )}
      </div>
      {p.noun && count > 0 && (p.total !== null || !pages) && (
        <Text size="xs" c="dimmed" px="sm" py={5} className={style.foot}>
          {p.total !== undefined && p.total !== null ? many(p.total, ...p.noun) : many(count, ...p.noun)}
          {more ? `, ${count.toLocaleString('en')} loaded` : ''}
        </Text>
      )}
    </div>
  );
}
