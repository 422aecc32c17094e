import { UnstyledButton } from '@mantine/core';
import type { ColumnDef } from '@tanstack/react-table';
import { showSpan } from '~/time/format';
import { Icon } from '~/ui/icon';
import { wordsOf } from '~/ui/status';
import { showCount } from '~/ui/values';
import { When } from '~/ui/when';
import { type Row, showMicros } from './actor_tree';

/** More than this waits only where something is slow. */
const longMailbox = 100;

export function actorColumns(onToggle: (id: string) => void): ColumnDef<Row, unknown>[] {
  return [
    {
      header: 'Actor',
      meta: { width: 'minmax(190px, 2fr)' },
      cell: ({ row: { original: r } }) => (
        <span style={{ display: 'flex', alignItems: 'center', gap: 5, paddingLeft: r.depth * 16 }}>
          {r.below > 0 ? (
            <UnstyledButton onClick={() => onToggle(r.actor.id)} aria-expanded={r.open} aria-label={`${r.open ? 'Close' : 'Open'} ${r.actor.name}`} style={{ lineHeight: 0 }}>
              <Icon name={r.open ? 'down' : 'right'} size={12} />
            </UnstyledButton>
          ) : (
            <span style={{ width: 12 }} />
          )}
          <span className="rm-clip" title={r.actor.id}>
            {r.actor.name}
          </span>
          {r.below > 0 && <span className="rm-dim">{r.below}</span>}
        </span>
      ),
    },
    { header: 'Kind', meta: { width: '100px', wide: true }, cell: ({ row: { original: r } }) => r.actor.kind },
    { header: 'State', meta: { width: 'minmax(90px, 1fr)' }, cell: ({ row: { original: r } }) => wordsOf(r.actor.state) },
    {
      header: 'Mailbox',
      meta: { width: '75px', right: true },
      cell: ({ row: { original: r } }) => (
        <span style={r.actor.mailbox > longMailbox ? { color: 'var(--rm-bad)', fontWeight: 600 } : undefined}>{showCount(r.actor.mailbox)}</span>
      ),
    },
    { header: 'Per s', meta: { width: '70px', right: true, wide: true }, cell: ({ row: { original: r } }) => r.actor.messages_per_second.toFixed(1) },
    { header: 'p50', meta: { width: '75px', right: true, wide: true }, cell: ({ row: { original: r } }) => showMicros(r.actor.handler_p50_us) },
    { header: 'p99', meta: { width: '75px', right: true, wide: true }, cell: ({ row: { original: r } }) => showMicros(r.actor.handler_p99_us) },
    {
      header: 'Restarts',
      meta: { width: '75px', right: true, wide: true },
      cell: ({ row: { original: r } }) => <span style={r.actor.restarts > 0 ? { color: 'var(--rm-warn)' } : undefined}>{r.actor.restarts}</span>,
    },
    { header: 'Age', meta: { width: '70px', right: true, wide: true }, cell: ({ row: { original: r } }) => showSpan(r.actor.age_seconds) },
    { header: 'Next timer', meta: { width: '90px', wide: true }, cell: ({ row: { original: r } }) => <When at={r.actor.next_timer_at} seconds /> },
    { header: 'Last error', meta: { width: 'minmax(100px, 1.5fr)', wide: true }, cell: ({ row: { original: r } }) => <span title={r.actor.last_error ?? ''}>{r.actor.last_error ?? <span className="rm-dim">–</span>}</span> },
  ];
}
