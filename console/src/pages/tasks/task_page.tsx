import { getRouteApi } from '@tanstack/react-router';
import { TaskPanel } from './task_panel';
import { useQuery } from '@tanstack/react-query';
import { taskQuery } from '~/api/queries';
import { Link } from '~/ui/link';
import { Page } from '~/ui/page';
import { StatusBadge } from '~/ui/status_badge';
import { TaskActions } from './task_actions';

const route = getRouteApi('/inside/tasks/$id');

export function TaskPage() {
  const { id } = route.useParams();
  const { data: task } = useQuery(taskQuery(id));
  return (
    <Page
      title={task?.title ?? 'Task'}
      above={<Link to="/tasks">Tasks</Link>}
      beside={task && <StatusBadge status={task.status} />}
      actions={task && <TaskActions task={task} />}
    >
      <TaskPanel id={id} />
    </Page>
  );
}
