import { Button, Group, MultiSelect, Stack, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { messagesByField, Problem } from '~/api/problem';
import { addWebhook, changeWebhook, type Webhook, type WebhookTopic } from '~/api/webhooks';
import { Failure } from '~/ui/failure';
import { Section } from '~/ui/section';

interface Props {
  /** The one that is changed; without it, one is added. */
  webhook?: Webhook;
  topics: WebhookTopic[];
  /** With the secret of a new one. */
  onDone: (secret?: string | null) => void;
}

/** Where to, and about what. */
export function WebhookForm({ webhook, topics, onDone }: Props) {
  const client = useQueryClient();
  const [url, setUrl] = useState(webhook?.url ?? '');
  const [description, setDescription] = useState(webhook?.description ?? '');
  const [chosen, setChosen] = useState<WebhookTopic[]>(webhook?.topics ?? []);
  const [active, setActive] = useState(webhook?.active ?? true);
  const save = useMutation({
    mutationFn: async (): Promise<string | null | undefined> => {
      const draft = { url: url.trim(), description: description.trim(), topics: chosen, active };
      if (webhook) await changeWebhook(webhook.id, draft);
      else return (await addWebhook(draft)).secret;
      return undefined;
    },
    onSuccess: (secret) => {
      if (!webhook) {
        setUrl('');
        setDescription('');
        setChosen([]);
      }
      void client.invalidateQueries({ queryKey: ['webhooks'] });
      onDone(secret);
    },
  });
  const fields = save.error instanceof Problem ? messagesByField(save.error) : {};
  return (
    <Section {...(webhook ? {} : { title: 'Add a webhook' })}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Address"
            type="url"
            placeholder="https://example.com/hooks/ringmaster"
            description="https, at a public address. Redirects are not followed."
            required
            maxLength={2000}
            value={url}
            error={fields.url}
            onChange={(e) => setUrl(e.currentTarget.value)}
          />
          <MultiSelect label="Topics" placeholder={chosen.length === 0 ? 'all of them' : ''} data={topics} value={chosen} onChange={(all) => setChosen(topics.filter((t) => all.includes(t)))} error={fields.topics} clearable searchable />
          <TextInput label="What for" placeholder="for your own record" maxLength={200} value={description} error={fields.description} onChange={(e) => setDescription(e.currentTarget.value)} />
          {webhook && <Switch label="Deliver to it" checked={active} onChange={(e) => setActive(e.currentTarget.checked)} />}
          {save.error && Object.keys(fields).length === 0 && <Failure error={save.error} />}
          <Group justify="flex-end">
            <Button type="submit" size="sm" loading={save.isPending} disabled={!url.trim()}>
              {webhook ? 'Save' : 'Add it'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
