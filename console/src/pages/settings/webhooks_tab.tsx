import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { removeWebhook, rotateWebhook, testWebhook, type Webhook, webhooksQuery } from '~/api/webhooks';
import { confirmAct } from '~/ui/confirm';
import { tellDone, tellFailure } from '~/ui/notify';
import { StatusBadge } from '~/ui/status_badge';
import { When } from '~/ui/when';
import { Deliveries } from './deliveries';
import { ListSection } from './list_section';
import { ShownOnce } from './shown_once';
import { WebhookForm } from './webhook_form';

function stateOf(w: Webhook): [status: string, label: string] {
  if (!w.active) return w.disabled_reason ? ['failed', 'switched off'] : ['off', 'off'];
  if (w.failing_since) return ['degraded', 'failing'];
  return ['ok', 'on'];
}

/** Addresses that are told what happens. */
export function WebhooksTab() {
  const client = useQueryClient();
  const list = useQuery(webhooksQuery);
  const [open, setOpen] = useState<string | null>(null);
  const [editing, setEditing] = useState<string | null>(null);
  const [secret, setSecret] = useState<string | null>();
  const refresh = () => void client.invalidateQueries({ queryKey: ['webhooks'] });
  const remove = useMutation({ mutationFn: removeWebhook, onSuccess: refresh, onError: tellFailure });
  const rotate = useMutation({
    mutationFn: rotateWebhook,
    onSuccess: (done) => {
      setSecret(done.secret);
      refresh();
    },
    onError: tellFailure,
  });
  const test = useMutation({
    mutationFn: testWebhook,
    onSuccess: (_, id) => {
      tellDone('A message is on its way. What came of it stands in the log.');
      setOpen(id);
      refresh();
    },
    onError: tellFailure,
  });
  // A test goes whatever the topics are.
  const topics = (list.data?.topics ?? []).filter((t) => t !== 'webhook.test');
  return (
    <Stack gap="md">
      {secret && <ShownOnce text="Copy the secret now. Deliveries are signed with it, and it is not shown again." secret={secret} label="Copy the secret" />}
      <ListSection
        title="Webhooks"
        items={list.data?.webhooks}
        idOf={(w) => w.id}
        error={list.error}
        feature="The list of webhooks"
        retry={() => void list.refetch()}
        empty="None yet. A webhook tells another program what happens here, signed, and again until it is taken."
        row={(w) => (
          <>
            <div className="rm-grow" style={{ minWidth: 220 }}>
              <div className="rm-mono rm-clip" title={w.url}>
                {w.url}
              </div>
              <Text size="xs" c="dimmed">
                {w.description ? `${w.description}; ` : ''}
                {w.topics.length > 0 ? w.topics.join(', ') : 'every topic'}
                {w.disabled_reason && `; ${w.disabled_reason}`}
                {w.failing_since && w.active && (
                  <>
                    ; takes nothing since <When at={w.failing_since} />
                  </>
                )}
                {w.previous_secret_until && (
                  <>
                    ; the old secret signs, too, until <When at={w.previous_secret_until} />
                  </>
                )}
              </Text>
            </div>
            <StatusBadge status={stateOf(w)[0]} label={stateOf(w)[1]} plain />
            <Group gap={6}>
              <Button variant="default" aria-expanded={open === w.id} onClick={() => setOpen(open === w.id ? null : w.id)}>
                Deliveries
              </Button>
              <Button variant="default" loading={test.isPending && test.variables === w.id} disabled={!w.active} onClick={() => test.mutate(w.id)}>
                Test
              </Button>
              <Button variant="subtle" aria-expanded={editing === w.id} onClick={() => setEditing(editing === w.id ? null : w.id)}>
                Edit
              </Button>
              <Button
                variant="subtle"
                onClick={() => confirmAct({ title: 'Make a new secret', text: 'It is shown once. For a day deliveries are signed with the old one, too, so that you can change over.', yes: 'Make a new secret', onYes: () => rotate.mutate(w.id) })}
              >
                New secret
              </Button>
              <Button variant="subtle" onClick={() => confirmAct({ title: 'Remove the webhook', text: 'What waits to be delivered is dropped.', yes: 'Remove it', danger: true, onYes: () => remove.mutate(w.id) })}>
                Remove
              </Button>
            </Group>
          </>
        )}
        more={(w) => (
          <>
            {editing === w.id && (
              <div style={{ padding: '0 16px 12px' }}>
                <WebhookForm webhook={w} topics={topics} onDone={() => setEditing(null)} />
              </div>
            )}
            {open === w.id && <Deliveries webhook={w.id} />}
          </>
        )}
      />
      {list.data && <WebhookForm topics={topics} onDone={setSecret} />}
    </Stack>
  );
}
