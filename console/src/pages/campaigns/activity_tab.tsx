import { useInfiniteQuery } from '@tanstack/react-query';
import { activityQuery } from '~/api/queries';
import { auditColumns } from '~/ui/audit_list';
import { DataTable } from '~/ui/data_table';
import { Empty } from '~/ui/empty';
import { Failure } from '~/ui/failure';
import { flat } from '~/ui/flat';

/** Who did what to a campaign and to its numbers, the engine among them. */
export function ActivityTab({ campaign }: { campaign: string }) {
  const list = useInfiniteQuery(activityQuery(campaign));
  const rows = flat(list.data, (p) => p.activity);
  if (list.error) return <Failure error={list.error} feature="The activity of a campaign" retry={() => void list.refetch()} />;
  if (list.isSuccess && rows.length === 0)
    return <Empty title="Nothing happened yet">Every step is written down here: who took it, when, and from where.</Empty>;
  return (
    <DataTable
      label="Activity"
      columns={auditColumns}
      rows={rows}
      idOf={(r) => String(r.seq)}
      loading={list.isPending}
      more={list.hasNextPage}
      onMore={() => !list.isFetchingNextPage && void list.fetchNextPage()}
      around={330}
      noun={['entry', 'entries']}
    />
  );
}
