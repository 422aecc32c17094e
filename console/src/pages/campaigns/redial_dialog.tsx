import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, newKey, take } from '~/api/client';
import { messagesByField, Problem } from '~/api/problem';
import type { Campaign } from '~/api/types';
import { CurlButton } from '~/ui/curl_button';
import { Failure } from '~/ui/failure';
import { tellDone } from '~/ui/notify';
import { many } from '~/ui/values';
import { missed, type Missed } from './missed';

/** Makes a draft of those numbers whose last call ended in a way worth another one. */
export function RedialDialog({ campaign: c, onClose }: { campaign: Campaign; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<string[]>(['busy', 'no_answer', 'voicemail', 'failed']);
  const [name, setName] = useState(`${c.name} (again)`.slice(0, 200));
  const redial = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/campaigns/{id}/redial', {
          params: { path: { id: c.id }, header: { 'Idempotency-Key': newKey() } },
          body: { outcomes: chosen as Missed[], name: name.trim() },
        }),
      ),
    onSuccess: async (made) => {
      tellDone(`A draft of ${many(made.targets, 'number')}. Nothing is dialed until you start it.`);
      await client.invalidateQueries({ queryKey: ['campaigns'] });
      onClose();
      await navigate({ to: '/campaigns/$id', params: { id: made.campaign.id } });
    },
  });
  const fields = redial.error instanceof Problem ? messagesByField(redial.error) : {};
  return (
    <Modal opened onClose={onClose} title="Redial by outcome">
      <Stack gap="sm">
        <Text size="sm">
          Makes another draft with the same rules, of the numbers whose last call came to one of these. Who was reached, who is
          never to be called, and whom this campaign still calls by itself is left out.
        </Text>
        <TextInput label="Name of the draft" maxLength={200} value={name} error={fields.name} onChange={(e) => setName(e.currentTarget.value)} />
        <Checkbox.Group label="Last outcome" value={chosen} onChange={setChosen} error={fields.outcomes}>
          <Stack gap={10} mt={6}>
            {missed.map(([outcome, text]) => (
              <Checkbox key={outcome} value={outcome} label={text} />
            ))}
          </Stack>
        </Checkbox.Group>
        {redial.error && Object.keys(fields).length === 0 && <Failure error={redial.error} />}
        <Group justify="flex-end" gap="xs">
          <CurlButton method="POST" path={`/api/campaigns/${c.id}/redial`} body={{ outcomes: chosen, name: name.trim() }} />
          <Button variant="default" size="sm" onClick={onClose}>
            Not now
          </Button>
          <Button size="sm" disabled={chosen.length === 0} loading={redial.isPending} onClick={() => redial.mutate()}>
            Make the draft
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
