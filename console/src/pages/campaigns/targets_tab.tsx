import { Button, Group, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ColumnDef } from '@tanstack/react-table';
import { useMemo } from 'react';
import { targetPages } from '~/api/queries';
import type { Campaign, Target } from '~/api/types';
import { targetStatuses } from '~/router';
import { Choice } from '~/ui/choice';
import { DataTable } from '~/ui/data_table';
import { Empty } from '~/ui/empty';
import { Failure } from '~/ui/failure';
import { Icon } from '~/ui/icon';
import { Link } from '~/ui/link';
import { OffButton } from '~/ui/off_button';
import { PhoneNumber } from '~/ui/number_cell';
import { wordsOf } from '~/ui/status';
import { StatusBadge } from '~/ui/status_badge';
import { usePages } from '~/ui/use_pages';
import { When } from '~/ui/when';
import { lazily } from '~/ui/lazily';
import { TargetActions } from './target_actions';

const AddTargetsDialog = lazily<{ campaign: Campaign; onClose: () => void }>(() => import('./add_targets_dialog').then((m) => m.AddTargetsDialog));
const RedialDialog = lazily<{ campaign: Campaign; onClose: () => void }>(() => import('./redial_dialog').then((m) => m.RedialDialog));
const RetryDialog = lazily<{ campaign: Campaign; onClose: () => void }>(() => import('./retry_dialog').then((m) => m.RetryDialog));
const route = getRouteApi('/inside/campaigns/$id');

function columnsOf(zone: string, campaign: Pick<Campaign, 'id' | 'status'>): ColumnDef<Target, unknown>[] {
  return [
    { header: 'Number', meta: { width: '150px' }, cell: ({ row: { original: t } }) => <PhoneNumber number={t.phone_number} /> },
    { header: 'Name', meta: { width: 'minmax(110px, 1fr)', wide: true }, cell: ({ row: { original: t } }) => t.contact_name ?? <span className="rm-dim">–</span> },
    { header: 'Status', meta: { width: '110px' }, cell: ({ row: { original: t } }) => <StatusBadge status={t.status} plain /> },
    { header: 'Tries', meta: { width: '70px', right: true, wide: true }, cell: ({ row: { original: t } }) => `${t.attempt_count} of ${t.max_attempts}` },
    { header: 'Outcome', meta: { width: 'minmax(100px, 150px)' }, cell: ({ row: { original: t } }) => (t.call_outcome ? wordsOf(t.call_outcome) : <span className="rm-dim">–</span>) },
    {
      header: 'What came of it',
      meta: { width: 'minmax(160px, 3fr)', wide: true },
      cell: ({ row: { original: t } }) => <span title={t.call_summary ?? t.reason ?? ''}>{t.call_summary ?? t.reason ?? <span className="rm-dim">–</span>}</span>,
    },
    {
      header: 'Last or next try',
      meta: { width: '140px', wide: true },
      cell: ({ row: { original: t } }) =>
        t.status !== 'pending' || !t.due_at || campaign.status === 'draft' ? (
          <When at={t.last_attempt_at} zone={t.timezone ?? zone} />
        ) : Date.parse(t.due_at) <= Date.now() ? (
          <span className="rm-dim">at its turn</span>
        ) : (
          <span>
            next <When at={t.due_at} zone={t.timezone ?? zone} />
          </span>
        ),
    },
    { id: 'act', header: '', meta: { width: '70px', right: true, wide: true }, cell: ({ row: { original: t } }) => <TargetActions target={t} campaign={campaign} /> },
    {
      id: 'call',
      header: '',
      meta: { width: '50px', right: true },
      cell: ({ row: { original: t } }) => (t.last_call_id ? <Link to="/calls/$id" params={{ id: t.last_call_id }}>call</Link> : null),
    },
  ];
}

/** The numbers of a campaign, and what became of each. */
export function TargetsTab({ campaign: c }: { campaign: Campaign }) {
  const { status } = route.useSearch();
  const navigate = useNavigate({ from: '/campaigns/$id' });
  const [adding, add] = useDisclosure(false);
  const [redialing, redial] = useDisclosure(false);
  const [retrying, retry] = useDisclosure(false);
  const list = usePages(targetPages(c.id, status ? { status } : {}));
  const columns = useMemo(() => columnsOf(c.timezone, { id: c.id, status: c.status }), [c.timezone, c.id, c.status]);
  const ended = c.status === 'completed' || c.status === 'canceled';
  const missedSome = c.progress.failed + c.progress.skipped > 0;
  const addOff = ended ? 'It has ended. Make another campaign for further numbers.' : undefined;
  return (
    <Stack gap="sm">
      <Group justify="space-between" wrap="wrap" gap="sm">
        <Choice label="Status" values={targetStatuses} value={status} onChange={(s) => void navigate({ search: (was) => ({ ...was, status: s }), replace: true })} />
        <Group gap="xs">
          {missedSome && !ended && (
            <Button variant="default" onClick={retry.open}>
              Try again
            </Button>
          )}
          {missedSome && (
            <Button variant="default" onClick={redial.open}>
              Redial by outcome
            </Button>
          )}
          <OffButton variant="default" off={addOff} leftSection={<Icon name="plus" size={14} />} onClick={add.open}>
            Add numbers
          </OffButton>
        </Group>
      </Group>
      {list.error && <Failure error={list.error} retry={list.refetch} />}
      {!list.isPending && !list.error && list.count === 0 ? (
        status ? (
          <Empty title={`No number is ${status}`} />
        ) : (
          <Empty title="No numbers yet" action={<OffButton off={addOff} onClick={add.open}>Add numbers</OffButton>}>
            Paste them or read a CSV file. Adding numbers dials nothing while the campaign is a draft.
          </Empty>
        )
      ) : (
        <DataTable
          label="Targets"
          columns={columns}
          pages={list}
          idOf={(t) => t.id}
          onOpen={(t) => t.last_call_id && void navigate({ to: '/calls/$id', params: { id: t.last_call_id } })}
          loading={list.isPending}
          total={list.total}
          around={300}
          rowHeight={34}
          noun={['number', 'numbers']}
        />
      )}
      {adding && <AddTargetsDialog campaign={c} onClose={add.close} />}
      {redialing && <RedialDialog campaign={c} onClose={redial.close} />}
      {retrying && <RetryDialog campaign={c} onClose={retry.close} />}
    </Stack>
  );
}
