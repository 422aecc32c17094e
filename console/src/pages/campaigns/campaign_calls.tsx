import { Stack } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { campaignCallPages } from '~/api/queries';
import type { CallSession, Campaign } from '~/api/types';
import { callColumns } from '~/pages/calls/call_columns';
import { DataTable } from '~/ui/data_table';
import { Empty } from '~/ui/empty';
import { Failure } from '~/ui/failure';
import { usePages } from '~/ui/use_pages';
import { lazily } from '~/ui/lazily';
import { Outcomes } from './outcomes';

const CallsChart = lazily<{ campaign: Campaign; calls: CallSession[]; complete: boolean }>(
  () => import('./calls_chart').then((m) => m.CallsChart),
  170,
);

/** The calls of a campaign: over time, by outcome, and each of them. */
export function CampaignCalls({ campaign: c }: { campaign: Campaign }) {
  const navigate = useNavigate();
  const list = usePages(campaignCallPages(c.id));
  const rows = list.head;
  const columns = useMemo(() => callColumns({ zone: c.timezone, of: false }), [c.timezone]);
  if (list.error) return <Failure error={list.error} retry={list.refetch} />;
  if (!list.isPending && list.count === 0)
    return <Empty title="No calls yet">When the campaign dials, each call stands here with what came of it.</Empty>;
  return (
    <Stack gap="sm">
      {rows.length > 0 && <CallsChart campaign={c} calls={rows} complete={list.short} />}
      <Outcomes calls={rows} complete={list.short} />
      <DataTable
        label="Calls"
        columns={columns}
        pages={list}
        idOf={(r) => r.id}
        onOpen={(r) => void navigate({ to: '/calls/$id', params: { id: r.id } })}
        loading={list.isPending}
        total={list.total}
        rowHeight={34}
        around={360}
        noun={['call', 'calls']}
      />
    </Stack>
  );
}
