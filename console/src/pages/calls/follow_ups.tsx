import { Group } from '@mantine/core';
import type { OneCall } from '~/api/types';
import { Link } from '~/ui/link';
import { Section } from '~/ui/section';
import { StatusBadge } from '~/ui/status_badge';

/** The tasks that the call led to. They wait for the user like any other. */
export function FollowUps({ tasks }: { tasks: OneCall['follow_up_tasks'] }) {
  if (tasks.length === 0) return null;
  return (
    <Section title="Follow-up tasks">
      {tasks.map((t) => (
        <Group key={t.id} gap="sm" py={3} wrap="nowrap">
          <div className="rm-grow">
            <Link to="/tasks/$id" params={{ id: t.id }}>
              {t.title}
            </Link>
          </div>
          <StatusBadge status={t.status} plain />
        </Group>
      ))}
    </Section>
  );
}
