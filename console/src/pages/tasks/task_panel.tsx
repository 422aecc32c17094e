import { Group, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { taskQuery } from '~/api/queries';
import { AuditTrail } from '~/ui/audit_trail';
import { Failure } from '~/ui/failure';
import { Link } from '~/ui/link';
import { Section } from '~/ui/section';
import { StatusBadge } from '~/ui/status_badge';
import { When } from '~/ui/when';
import { ApprovalBox } from './approval_box';
import { CallScript } from './call_script';
import { PlanView } from './plan_view';
import { QuestionsForm } from './questions_form';
import { TaskActions } from './task_actions';
import { TaskCalls } from './task_calls';
import { TaskFacts } from './task_facts';
import { waitsFor } from './task_words';

/** A task with its plan, its questions and its calls. `fresh`: just made, in the composer. */
export function TaskPanel({ id, fresh = false }: { id: string; fresh?: boolean }) {
  const { data: t, error, refetch } = useQuery(taskQuery(id));
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!t) return <Skeleton h={300} />;
  const planning = t.status === 'pending' || t.status === 'preparing';
  return (
    <Stack gap="md">
      {fresh && (
        <Group justify="space-between" align="flex-start" wrap="wrap">
          <div className="rm-grow">
            <Group gap="sm">
              <Title order={2}>
                <Link to="/tasks/$id" params={{ id }}>
                  {t.title}
                </Link>
              </Title>
              <StatusBadge status={t.status} />
            </Group>
            <Text size="sm" c="dimmed" className="rm-wrap">
              {t.raw_instruction}
            </Text>
          </div>
          <Group gap="xs">
            <TaskActions task={t} />
          </Group>
        </Group>
      )}
      {waitsFor(t) && (
        <div className="rm-sentence" role="status">
          Waits for {waitsFor(t)}.
          {t.retry_at && (
            <>
              {' '}
              By your standing permission it calls again at <When at={t.retry_at} distance />.
            </>
          )}
        </div>
      )}
      {t.status === 'failed' && t.reason && (
        <div className="rm-sentence" role="status">
          Failed: {t.reason}
        </div>
      )}
      {t.summary && (
        <Section title="What it came to">
          <div className="rm-wrap">{t.summary}</div>
        </Section>
      )}
      <QuestionsForm task={t} />
      <ApprovalBox task={t} />
      <SimpleGrid cols={{ base: 1, md: fresh ? 1 : 2 }} spacing="md">
        <Stack gap="md">
          <Section title="Plan" aside={t.planned_by && <Text size="xs" c="dimmed">by {t.planned_by}</Text>}>
            {planning ? <Skeleton h={90} /> : <PlanView task={t} />}
          </Section>
          {t.call_script && (
            <Section title="Script of the call">
              <CallScript script={t.call_script} />
            </Section>
          )}
        </Stack>
        {!fresh && (
          <Stack gap="md">
            <Section title="Task">
              <TaskFacts task={t} />
            </Section>
            <TaskCalls calls={t.call_sessions ?? []} />
          </Stack>
        )}
      </SimpleGrid>
      {!fresh && (
        <Stack gap="xs">
          <Title order={2}>What happened</Title>
          <AuditTrail subject={t.id} />
        </Stack>
      )}
    </Stack>
  );
}
