import { useQuery } from '@tanstack/react-query';
import type { ColumnDef } from '@tanstack/react-table';
import { auditPages } from '~/api/queries';
import type { AuditRow } from '~/api/types';
import { sessionQuery } from '~/session';
import { DataTable } from './data_table';
import { Empty } from './empty';
import { Failure } from './failure';
import { PathLink } from './path_link';
import { wordsOf } from './status';
import { usePages } from './use_pages';
import { When } from './when';

const placeOf: Record<string, string> = { campaign: '/campaigns/', call_task: '/tasks/', task: '/tasks/', call_session: '/calls/', call: '/calls/' };

/** Whoever reads is "you"; the full name in the title. */
function Who({ actor }: { actor: string }) {
  const me = useQuery(sessionQuery).data?.user.id;
  const key = /^key:(.+)$/.exec(actor)?.[1];
  return <span title={actor}>{me && actor === `user:${me}` ? 'you' : key ? `key ${key.slice(-6)}` : actor}</span>;
}

export const auditColumns: ColumnDef<AuditRow, unknown>[] = [
  { header: 'When', meta: { width: '130px' }, cell: ({ row: { original: r } }) => <When at={r.at} seconds /> },
  { header: 'Who', meta: { width: 'minmax(110px, 1fr)' }, cell: ({ row: { original: r } }) => <Who actor={r.actor} /> },
  { header: 'What', meta: { width: 'minmax(120px, 1fr)' }, cell: ({ row: { original: r } }) => wordsOf(r.action) },
  {
    header: 'Of',
    meta: { width: 'minmax(130px, 1fr)', wide: true },
    cell: ({ row: { original: r } }) => {
      const place = placeOf[r.subject_kind];
      const text = `${wordsOf(r.subject_kind)} ${r.subject_id.slice(-6)}`;
      return place ? <PathLink path={place + r.subject_id}>{text}</PathLink> : <span title={r.subject_id}>{text}</span>;
    },
  },
  {
    header: 'Status',
    meta: { width: 'minmax(150px, 1fr)', wide: true },
    cell: ({ row: { original: r } }) => {
      if (!r.to_status) return <span className="rm-dim">–</span>;
      const text = r.from_status ? `${wordsOf(r.from_status)} to ${wordsOf(r.to_status)}` : wordsOf(r.to_status);
      return <span title={text}>{text}</span>;
    },
  },
  { header: 'Why', meta: { width: 'minmax(150px, 2fr)', wide: true }, cell: ({ row: { original: r } }) => <span title={r.reason ?? ''}>{r.reason ?? <span className="rm-dim">–</span>}</span> },
  { header: 'Request', meta: { width: '120px', wide: true }, cell: ({ row: { original: r } }) => <span className="rm-mono rm-dim" title={r.request_id ?? ''}>{r.request_id ?? ''}</span> },
];

/** Who did what, of one thing or of all. */
export function AuditList({ subject }: { subject?: string | undefined }) {
  const list = usePages(auditPages(subject));
  if (list.error) return <Failure error={list.error} retry={list.refetch} />;
  if (!list.isPending && list.count === 0)
    return <Empty title="Nothing happened yet">Every step is written down here: who took it, when, and from where.</Empty>;
  return (
    <DataTable
      label="Audit trail"
      columns={auditColumns}
      pages={list}
      idOf={(r) => String(r.seq)}
      loading={list.isPending}
      total={list.total}
      noun={['entry', 'entries']}
    />
  );
}
