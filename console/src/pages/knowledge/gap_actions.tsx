import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import type { Gap } from '~/api/types';
import { CopyButton } from '@mantine/core';
import { tellFailure } from '~/ui/notify';
import { OffButton } from '~/ui/off_button';

/** To ignore a gap, or to open it again. */
export function GapActions({ gap: g }: { gap: Gap }) {
  const client = useQueryClient();
  const refresh = () => {
    for (const key of [['gap', g.id], ['gaps'], ['overview']]) void client.invalidateQueries({ queryKey: key });
  };
  const path = { params: { path: { id: g.id } } };
  const ignore = useMutation({
    mutationFn: () => take(api.POST('/api/knowledge-gaps/{id}/ignore', { ...path, body: {} })),
    onSuccess: refresh,
    onError: tellFailure,
  });
  const reopen = useMutation({
    mutationFn: () => take(api.POST('/api/knowledge-gaps/{id}/reopen', { ...path, body: {} })),
    onSuccess: refresh,
    onError: tellFailure,
  });
  return (
    <Group gap="xs">
      {g.allowed_actions.includes('reopen') ? (
        <OffButton variant="default" loading={reopen.isPending} onClick={() => reopen.mutate()}>
          Open it again
        </OffButton>
      ) : (
        <OffButton
          variant="default"
          loading={ignore.isPending}
          off={g.allowed_actions.includes('ignore') ? undefined : 'It is settled already.'}
          onClick={() => ignore.mutate()}
        >
          Ignore it
        </OffButton>
      )}
      <CopyButton value={g.question}>
        {({ copy, copied }) => (
          <Button variant="subtle" onClick={copy}>
            {copied ? 'Copied' : 'Copy the question'}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
