import { Group, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ColumnDef } from '@tanstack/react-table';
import { campaignsQuery } from '~/api/queries';
import type { Campaign } from '~/api/types';
import { campaignStatuses } from '~/router';
import { windowSummary } from '~/time/window';
import { Choice } from '~/ui/choice';
import { DataTable } from '~/ui/data_table';
import { Empty } from '~/ui/empty';
import { Failure } from '~/ui/failure';
import { flat, totalOf } from '~/ui/flat';
import { Link, LinkButton } from '~/ui/link';
import { Page } from '~/ui/page';
import { ProgressBar } from '~/ui/progress_bar';
import { SearchField } from '~/ui/search_field';
import { StatusBadge } from '~/ui/status_badge';
import { showCount } from '~/ui/values';
import { When } from '~/ui/when';
import { RowActions } from './row_actions';

const route = getRouteApi('/inside/campaigns');

const columns: ColumnDef<Campaign, unknown>[] = [
  {
    header: 'Campaign',
    meta: { width: 'minmax(150px, 2fr)' },
    cell: ({ row: { original: c } }) => (
      <Link to="/campaigns/$id" params={{ id: c.id }} fw={500}>
        {c.name}
      </Link>
    ),
  },
  { header: 'Status', meta: { width: '118px' }, cell: ({ row: { original: c } }) => <StatusBadge status={c.status} /> },
  {
    header: 'Progress',
    meta: { width: 'minmax(110px, 1fr)' },
    cell: ({ row: { original: c } }) => {
      const done = c.progress.completed + c.progress.failed + c.progress.skipped;
      return (
        <div>
          <ProgressBar progress={c.progress} />
          <Text size="xs" c="dimmed" lh={1.3}>
            {showCount(done)} of {showCount(c.progress.total)}
          </Text>
        </div>
      );
    },
  },
  {
    header: 'Window',
    meta: { width: 'minmax(190px, 1.3fr)', wide: true },
    cell: ({ row: { original: c } }) => (
      <span title={c.timezone}>
        {windowSummary(c)} <span className="rm-dim">{c.timezone}</span>
      </span>
    ),
  },
  {
    header: 'Now',
    meta: { width: 'minmax(170px, 1fr)', wide: true },
    cell: ({ row: { original: c } }) =>
      c.window.allowed ? (
        <StatusBadge status="inside" tint="good" label="inside the window" plain />
      ) : (
        <span>
          <StatusBadge status="outside" tint="quiet" label="outside, opens" plain /> <When at={c.window.next_open_at} zone={c.timezone} />
        </span>
      ),
  },
  {
    header: 'Created',
    meta: { width: '110px', wide: true },
    cell: ({ row: { original: c } }) => <When at={c.created_at} zone={c.timezone} />,
  },
  { id: 'actions', header: '', meta: { width: '150px', wide: true, right: true }, cell: ({ row: { original: c } }) => <RowActions campaign={c} /> },
];

/** All campaigns. */
export function CampaignsPage() {
  const filter = route.useSearch();
  const navigate = useNavigate({ from: '/campaigns' });
  const list = useInfiniteQuery(campaignsQuery(filter));
  const rows = flat(list.data, (p) => p.campaigns);
  const filtered = filter.q !== undefined || filter.status !== undefined;
  return (
    <Page
      title="Campaigns"
      note="A campaign dials only after you have started it. Outside of its window it waits."
      actions={<LinkButton to="/campaigns/new">New campaign</LinkButton>}
    >
      <Group gap="sm" wrap="wrap">
        <SearchField label="Search by name" value={filter.q} onChange={(q) => void navigate({ search: (s) => ({ ...s, q }), replace: true })} />
        <Choice label="Status" values={campaignStatuses} value={filter.status} onChange={(status) => void navigate({ search: (s) => ({ ...s, status }), replace: true })} />
      </Group>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && rows.length === 0 ? (
        filtered ? (
          <Empty title="No campaign fits" action={<LinkButton to="/campaigns" search={{}} variant="default">Show all</LinkButton>}>
            Nothing has this name and this status.
          </Empty>
        ) : (
          <Empty title="No campaign yet" action={<LinkButton to="/campaigns/new">New campaign</LinkButton>}>
            A campaign calls a list of numbers with one script, at a pace and in the hours that you set. Making one dials
            nothing: it stays a draft until you start it.
          </Empty>
        )
      ) : (
        <DataTable
          label="Campaigns"
          columns={columns}
          rows={rows}
          idOf={(c) => c.id}
          onOpen={(c) => void navigate({ to: '/campaigns/$id', params: { id: c.id } })}
          loading={list.isPending}
          total={totalOf(list.data) ?? null}
          more={list.hasNextPage}
          onMore={() => !list.isFetchingNextPage && void list.fetchNextPage()}
          rowHeight={46}
          noun={['campaign', 'campaigns']}
        />
      )}
    </Page>
  );
}
