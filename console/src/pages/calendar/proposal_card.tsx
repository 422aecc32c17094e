import { Button, Group, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import type { Proposal } from '~/api/types';
import { Link } from '~/ui/link';
import { tellDone, tellFailure } from '~/ui/notify';
import { StatusBadge } from '~/ui/status_badge';
import { When } from '~/ui/when';
import { ConflictList } from './conflict_list';
import { EditProposalDialog } from './edit_proposal_dialog';
import style from './proposal_card.module.css';

const changes = { create: 'New entry', move: 'Moves an entry', cancel: 'Cancels an entry' } as const;

/** One proposal: by whom, from where, what it would change, and the user's decision. */
export function ProposalCard({ proposal: p }: { proposal: Proposal }) {
  const client = useQueryClient();
  const [editing, edit] = useDisclosure(false);
  const refresh = () => {
    for (const key of [['proposals'], ['calendar'], ['overview']]) void client.invalidateQueries({ queryKey: key });
  };
  const decide = useMutation({
    mutationFn: (act: 'approve' | 'reject') =>
      take(
        act === 'approve'
          ? api.POST('/api/calendar/proposals/{id}/approve', { params: { path: { id: p.id } }, body: {} })
          : api.POST('/api/calendar/proposals/{id}/reject', { params: { path: { id: p.id } }, body: {} }),
      ),
    onSuccess: (_, act) => {
      tellDone(act === 'approve' ? 'It stands in the calendar.' : 'Rejected. Nothing has changed.');
      refresh();
    },
    onError: tellFailure,
  });
  const can = (act: string) => p.allowed_actions.includes(act);
  return (
    <article className={`rm-card ${style.card}`}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="xs" c="dimmed">
          {changes[p.change]}, proposed by <b>{p.agent}</b> <When at={p.created_at} /> in a {p.source}
          {p.call_session_id && (
            <>
              {' '}
              (<Link to="/calls/$id" params={{ id: p.call_session_id }}>the call</Link>)
            </>
          )}
        </Text>
        <StatusBadge status={p.status} />
      </Group>
      <Title order={2}>{p.entry.title}</Title>
      <div>{p.entry.when}</div>
      {p.original && p.original.when !== p.entry.when && (
        <Text size="xs" c="dimmed">
          proposed as {p.original.when}
        </Text>
      )}
      {p.entry.location && <Text size="sm">{p.entry.location}</Text>}
      {p.reason && (
        <Text size="sm" c="dimmed">
          {p.reason}
        </Text>
      )}
      {p.entry.notes && <div className="rm-wrap">{p.entry.notes}</div>}
      <ConflictList conflicts={p.conflicts} />
      {p.decided_at && (
        <Text size="xs" c="dimmed">
          {p.status} by {p.decided_by} <When at={p.decided_at} />
          {p.note ? `: ${p.note}` : ''}
        </Text>
      )}
      {p.status === 'pending' && (
        <Group gap="xs">
          {can('approve') && (
            <Button loading={decide.isPending} onClick={() => decide.mutate('approve')}>
              {p.conflicts.length > 0 ? 'Approve all the same' : 'Approve'}
            </Button>
          )}
          {can('reject') && (
            <Button variant="default" loading={decide.isPending} onClick={() => decide.mutate('reject')}>
              Reject
            </Button>
          )}
          {can('edit') && (
            <Button variant="default" onClick={edit.open}>
              Edit first
            </Button>
          )}
        </Group>
      )}
      {editing && <EditProposalDialog proposal={p} onClose={edit.close} onDone={refresh} />}
    </article>
  );
}
