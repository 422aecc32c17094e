import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, newKey, take } from '~/api/client';
import type { Campaign, Target } from '~/api/types';
import { confirmAct } from '~/ui/confirm';
import { tellDone, tellFailure } from '~/ui/notify';
import { showNumber } from '~/ui/values';

type Act = 'retry' | 'skip';

/** The one step that a number of a campaign offers: another try, or none. */
export function TargetActions({ target: t, campaign: c }: { target: Target; campaign: Pick<Campaign, 'id' | 'status'> }) {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: (what: Act) => {
      const wish = { params: { path: { id: c.id, target_id: t.id }, header: { 'Idempotency-Key': newKey() } } };
      return take(what === 'retry' ? api.POST('/api/campaigns/{id}/targets/{target_id}/retry', wish) : api.POST('/api/campaigns/{id}/targets/{target_id}/skip', wish));
    },
    onSuccess: (_, what) => {
      tellDone(what === 'retry' ? 'It waits for another try.' : 'It is not called.');
      void client.invalidateQueries({ queryKey: ['campaign', c.id] });
    },
    onError: tellFailure,
  });
  const over = c.status === 'completed' || c.status === 'canceled';
  if (over) return null;
  const number = showNumber(t.phone_number);
  if (t.status === 'failed' || t.status === 'skipped')
    return (
      <Button
        variant="default"
        size="compact-xs"
        loading={act.isPending}
        onClick={() =>
          confirmAct({
            title: `Try ${number} once more`,
            text: c.status === 'running' ? 'The campaign is running: the telephone rings when its turn comes, inside of the window.' : 'It is dialed when the campaign dials.',
            yes: 'Try it again',
            onYes: () => act.mutate('retry'),
          })
        }
      >
        Retry
      </Button>
    );
  if (t.status === 'pending')
    return (
      <Button variant="subtle" size="compact-xs" loading={act.isPending} onClick={() => act.mutate('skip')}>
        Skip
      </Button>
    );
  return null;
}
