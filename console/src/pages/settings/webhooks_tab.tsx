import { Button, Code, Group, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { addWebhook, removeWebhook, webhooksQuery } from '~/session';
import { confirmAct } from '~/ui/confirm';
import { Copy } from '~/ui/copy';
import { Failure } from '~/ui/failure';
import { tellFailure } from '~/ui/notify';
import { Section } from '~/ui/section';
import { Deliveries } from './deliveries';
import style from './settings.module.css';

/** Addresses that are told what happens. */
export function WebhooksTab() {
  const client = useQueryClient();
  const list = useQuery(webhooksQuery);
  const [url, setUrl] = useState('');
  const [open, setOpen] = useState<string | null>(null);
  const refresh = () => void client.invalidateQueries({ queryKey: ['webhooks'] });
  const add = useMutation({
    mutationFn: () => addWebhook(url.trim()),
    onSuccess: () => {
      setUrl('');
      refresh();
    },
  });
  const remove = useMutation({ mutationFn: removeWebhook, onSuccess: refresh, onError: tellFailure });
  if (list.error) return <Failure error={list.error} feature="The list of webhooks" retry={() => void list.refetch()} />;
  if (!list.data) return <Skeleton h={200} />;
  return (
    <Stack gap="md">
      {add.data?.secret && (
        <div className={style.secret} role="status">
          <Text size="sm" fw={600}>
            Copy the secret now. Deliveries are signed with it, and it is not shown again.
          </Text>
          <Group gap="xs" wrap="nowrap">
            <Code>{add.data.secret}</Code>
            <Copy text={add.data.secret} label="Copy the secret" />
          </Group>
        </div>
      )}
      <Section title="Webhooks" flush>
        {list.data.length === 0 && (
          <Text size="sm" c="dimmed" p="md">
            None yet. A webhook tells another program what happens here, signed, and again until it is taken.
          </Text>
        )}
        {list.data.map((w) => (
          <div key={w.id}>
            <div className={style.row}>
              <span className="rm-mono rm-grow rm-clip">{w.url}</span>
              <Button variant="default" aria-expanded={open === w.id} onClick={() => setOpen(open === w.id ? null : w.id)}>
                Deliveries
              </Button>
              <Button variant="subtle" onClick={() => confirmAct({ title: 'Remove the webhook', text: 'What waits to be delivered is dropped.', yes: 'Remove it', danger: true, onYes: () => remove.mutate(w.id) })}>
                Remove
              </Button>
            </div>
            {open === w.id && <Deliveries webhook={w.id} />}
          </div>
        ))}
      </Section>
      <Section title="Add a webhook">
        <form
          onSubmit={(e) => {
            e.preventDefault();
            add.mutate();
          }}
        >
          <Group gap="sm" align="flex-end">
            <TextInput label="Address" type="url" placeholder="https://example.com/hooks/ringmaster" className="rm-grow" required value={url} onChange={(e) => setUrl(e.currentTarget.value)} />
            <Button type="submit" loading={add.isPending} disabled={!url.trim()}>
              Add it
            </Button>
          </Group>
          {add.error && <Failure error={add.error} />}
        </form>
      </Section>
    </Stack>
  );
}
