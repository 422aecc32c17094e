import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, newKey, take } from '~/api/client';
import type { Campaign } from '~/api/types';
import { CurlButton } from '~/ui/curl_button';
import { Failure } from '~/ui/failure';
import { tellDone } from '~/ui/notify';
import { many } from '~/ui/values';
import { missed } from './missed';

/** Gives all ended numbers of one kind another try. */
export function RetryDialog({ campaign: c, onClose }: { campaign: Campaign; onClose: () => void }) {
  const client = useQueryClient();
  const [status, setStatus] = useState<'failed' | 'skipped'>(c.progress.failed > 0 ? 'failed' : 'skipped');
  const [outcome, setOutcome] = useState<string | null>(null);
  const retry = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/campaigns/{id}/targets/retry', {
          params: { path: { id: c.id }, header: { 'Idempotency-Key': newKey() } },
          body: { status, ...(outcome ? { outcome } : {}) },
        }),
      ),
    onSuccess: (done) => {
      tellDone(`${many(done.retried, 'number waits', 'numbers wait')} again.${done.left_out > 0 ? ` ${done.left_out} were left out: never to be called, or perhaps still ringing.` : ''}`);
      void client.invalidateQueries({ queryKey: ['campaign', c.id] });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title="Try numbers once more">
      <Stack gap="sm">
        <Text size="sm">
          {c.status === 'running'
            ? 'Each gets one try more. The campaign is running: their telephones ring when their turn comes, inside of the window.'
            : 'Each gets one try more, when the campaign dials.'}
        </Text>
        <Group gap="sm" align="flex-start">
          <Select
            label="Which"
            w={170}
            data={[{ value: 'failed', label: `failed (${c.progress.failed})` }, { value: 'skipped', label: `skipped (${c.progress.skipped})` }]}
            value={status}
            onChange={(v) => setStatus(v === 'skipped' ? 'skipped' : 'failed')}
            allowDeselect={false}
          />
          <Select label="Last outcome" placeholder="any" clearable w={210} data={missed.map(([value, label]) => ({ value, label }))} value={outcome} onChange={setOutcome} />
        </Group>
        {retry.error && <Failure error={retry.error} />}
        <Group justify="flex-end" gap="xs">
          <CurlButton method="POST" path={`/api/campaigns/${c.id}/targets/retry`} body={{ status, ...(outcome ? { outcome } : {}) }} />
          <Button variant="default" size="sm" onClick={onClose}>
            Not now
          </Button>
          <Button size="sm" loading={retry.isPending} onClick={() => retry.mutate()}>
            Try them again
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
