import type { ColumnDef } from '@tanstack/react-table';
import type { CallSession } from '~/api/types';
import { showClock } from '~/time/format';
import { Link } from '~/ui/link';
import { PhoneNumber } from '~/ui/number_cell';
import { wordsOf } from '~/ui/status';
import { StatusBadge } from '~/ui/status_badge';
import { When } from '~/ui/when';

/** The columns of lists of calls. `of`: with the campaign or task that a call belongs to. */
export function callColumns({ zone, of }: { zone?: string | undefined; of: boolean }): ColumnDef<CallSession, unknown>[] {
  return [
    {
      header: 'Number',
      meta: { width: '150px' },
      cell: ({ row: { original: c } }) => (
        <Link to="/calls/$id" params={{ id: c.id }}>
          <PhoneNumber number={c.phone_number} />
        </Link>
      ),
    },
    { header: 'Status', meta: { width: '120px' }, cell: ({ row: { original: c } }) => <StatusBadge status={c.status ?? c.attempt_status} plain /> },
    { header: 'Outcome', meta: { width: 'minmax(90px, 140px)' }, cell: ({ row: { original: c } }) => (c.outcome ? wordsOf(c.outcome) : <span className="rm-dim">–</span>) },
    ...(of
      ? ([
          {
            header: 'Of',
            meta: { width: '110px', wide: true },
            cell: ({ row: { original: c } }) =>
              c.campaign_id ? (
                <Link to="/campaigns/$id" params={{ id: c.campaign_id }}>campaign</Link>
              ) : c.call_task_id ? (
                <Link to="/tasks/$id" params={{ id: c.call_task_id }}>task</Link>
              ) : (
                <span className="rm-dim">–</span>
              ),
          },
        ] satisfies ColumnDef<CallSession, unknown>[])
      : []),
    { header: 'Answered by', meta: { width: '110px', wide: true }, cell: ({ row: { original: c } }) => (c.answered_by ? wordsOf(c.answered_by) : <span className="rm-dim">–</span>) },
    { header: 'Length', meta: { width: '80px', right: true, wide: true }, cell: ({ row: { original: c } }) => (c.duration_seconds === null ? <span className="rm-dim">–</span> : showClock(c.duration_seconds)) },
    { header: 'Try', meta: { width: '50px', right: true, wide: true }, cell: ({ row: { original: c } }) => c.attempt_number },
    { header: 'When', meta: { width: '120px', wide: true }, cell: ({ row: { original: c } }) => <When at={c.created_at} zone={zone} /> },
    { header: 'Why', meta: { width: 'minmax(120px, 2fr)', wide: true }, cell: ({ row: { original: c } }) => <span title={c.reason ?? ''}>{(c.status === 'completed' ? null : c.reason) ?? <span className="rm-dim">–</span>}</span> },
  ];
}
