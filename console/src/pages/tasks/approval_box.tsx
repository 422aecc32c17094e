import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import type { Task } from '~/api/types';
import { tellDone, tellFailure } from '~/ui/notify';
import { Section } from '~/ui/section';
import { showMoney, showNumber } from '~/ui/values';
import { When } from '~/ui/when';
import { needsApproval } from './task_words';

/** The user's yes, where a rule asks for one. */
export function ApprovalBox({ task: t }: { task: Task }) {
  const client = useQueryClient();
  const approve = useMutation({
    mutationFn: () => take(api.POST('/api/call-tasks/{id}/approve', { params: { path: { id: t.id } } })),
    onSuccess: () => {
      tellDone('Approved.');
      void client.invalidateQueries({ queryKey: ['task', t.id] });
      void client.invalidateQueries({ queryKey: ['tasks'] });
    },
    onError: tellFailure,
  });
  if (t.approval.approved_at)
    return (
      <Text size="sm" c="dimmed">
        Approved <When at={t.approval.approved_at} />
        {t.approval.approved_price && <> for at most {showMoney(t.approval.approved_price)}</>}
        {t.approval.approved_phone_number && <>, to {showNumber(t.approval.approved_phone_number)}</>}.
      </Text>
    );
  if (!needsApproval(t) || t.status === 'cancelled' || t.status === 'completed') return null;
  return (
    <Section title="Your approval">
      <Group justify="space-between" gap="sm" wrap="wrap">
        <Text size="sm" className="rm-grow">
          It asks for your yes because {t.approval.reason}. The yes covers the price and the number that stand now; another number
          or a higher price asks again. It does not start the call.
        </Text>
        <Button size="sm" loading={approve.isPending} onClick={() => approve.mutate()}>
          Approve
        </Button>
      </Group>
    </Section>
  );
}
