import { Group } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ColumnDef } from '@tanstack/react-table';
import { tasksQuery } from '~/api/queries';
import type { Task } from '~/api/types';
import { priorities, taskStatuses } from '~/router';
import { Choice } from '~/ui/choice';
import { DataTable } from '~/ui/data_table';
import { Empty } from '~/ui/empty';
import { Failure } from '~/ui/failure';
import { flat, totalOf } from '~/ui/flat';
import { Link, LinkButton } from '~/ui/link';
import { PhoneNumber } from '~/ui/number_cell';
import { Page } from '~/ui/page';
import { SearchField } from '~/ui/search_field';
import { StatusBadge } from '~/ui/status_badge';
import { When } from '~/ui/when';
import { waitsFor } from './task_words';

const route = getRouteApi('/inside/tasks');

const columns: ColumnDef<Task, unknown>[] = [
  {
    header: 'Task',
    meta: { width: 'minmax(160px, 3fr)' },
    cell: ({ row: { original: t } }) => (
      <Link to="/tasks/$id" params={{ id: t.id }} fw={500}>
        {t.title}
      </Link>
    ),
  },
  { header: 'Status', meta: { width: '145px' }, cell: ({ row: { original: t } }) => <StatusBadge status={t.status} /> },
  { header: 'Waits for', meta: { width: 'minmax(130px, 2fr)', wide: true }, cell: ({ row: { original: t } }) => waitsFor(t) ?? <span className="rm-dim">–</span> },
  { header: 'Priority', meta: { width: '80px', wide: true }, cell: ({ row: { original: t } }) => t.priority },
  { header: 'Number', meta: { width: '145px', wide: true }, cell: ({ row: { original: t } }) => <PhoneNumber number={t.target_phone_number} /> },
  { header: 'Calls', meta: { width: '55px', right: true, wide: true }, cell: ({ row: { original: t } }) => t.calls_made },
  { header: 'Created', meta: { width: '110px', wide: true }, cell: ({ row: { original: t } }) => <When at={t.created_at} /> },
];

/** Those that wait for the user come first, as far as they are loaded. */
function waitingFirst(tasks: Task[]): Task[] {
  const rank = (t: Task) => (t.status === 'waiting_for_user' ? 0 : t.status === 'in_progress' ? 1 : 2);
  return tasks.map((t, n) => ({ t, n })).sort((a, b) => rank(a.t) - rank(b.t) || a.n - b.n).map((x) => x.t);
}

export function TasksPage() {
  const filter = route.useSearch();
  const navigate = useNavigate({ from: '/tasks' });
  const list = useInfiniteQuery(tasksQuery(filter));
  const all = flat(list.data, (p) => p.tasks);
  const rows = filter.status ? all : waitingFirst(all);
  const filtered = filter.q !== undefined || filter.status !== undefined || filter.priority !== undefined;
  return (
    <Page
      title="Tasks"
      note="A task is one thing to get done by phone. No call is made until you start it."
      actions={<LinkButton to="/tasks/new">New task</LinkButton>}
    >
      <Group gap="sm" wrap="wrap">
        <SearchField label="Search tasks" value={filter.q} onChange={(q) => void navigate({ search: (s) => ({ ...s, q }), replace: true })} />
        <Choice label="Status" values={taskStatuses.slice(0, 3).concat(['completed', 'failed', 'cancelled'])} value={filter.status} onChange={(status) => void navigate({ search: (s) => ({ ...s, status }), replace: true })} />
        <Choice label="Priority" all="any priority" values={priorities} value={filter.priority} onChange={(priority) => void navigate({ search: (s) => ({ ...s, priority }), replace: true })} />
      </Group>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && rows.length === 0 ? (
        filtered ? (
          <Empty title="No task fits" action={<LinkButton to="/tasks" search={{}} variant="default">Show all</LinkButton>} />
        ) : (
          <Empty title="No task yet" action={<LinkButton to="/tasks/new">New task</LinkButton>}>
            Say in your own words what you want done by phone. It is planned, you are asked what is missing, and you start the
            call.
          </Empty>
        )
      ) : (
        <DataTable
          label="Tasks"
          columns={columns}
          rows={rows}
          idOf={(t) => t.id}
          onOpen={(t) => void navigate({ to: '/tasks/$id', params: { id: t.id } })}
          loading={list.isPending}
          total={totalOf(list.data) ?? null}
          more={list.hasNextPage}
          onMore={() => !list.isFetchingNextPage && void list.fetchNextPage()}
          noun={['task', 'tasks']}
        />
      )}
    </Page>
  );
}
