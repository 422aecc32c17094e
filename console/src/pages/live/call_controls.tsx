import { Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '~/api/client';
import type { CallSession } from '~/api/types';
import { confirmAct } from '~/ui/confirm';
import { tellDone, tellFailure } from '~/ui/notify';
import { OffButton } from '~/ui/off_button';
import { SpeakDialog } from './speak_dialog';
import { TransferDialog } from './transfer_dialog';

/** Takes part in a live call. */
export function CallControls({ call: c, talking = c.answered_at !== null }: { call: CallSession; talking?: boolean }) {
  const [mode, setMode] = useState<'say' | 'whisper' | null>(null);
  const [transferring, transfer] = useDisclosure(false);
  const hangUp = useMutation({
    mutationFn: () => take(api.POST('/api/call-sessions/{id}/hangup', { params: { path: { id: c.id } } })),
    onSuccess: () => tellDone('The call is being ended.'),
    onError: tellFailure,
  });
  const off = c.ended_at ? 'The call is over.' : talking ? undefined : 'Nobody has picked up yet.';
  return (
    <Group gap={6} wrap="wrap">
      <OffButton variant="default" off={off} onClick={() => setMode('say')}>
        Say
      </OffButton>
      <OffButton variant="default" off={off} onClick={() => setMode('whisper')}>
        Whisper
      </OffButton>
      <OffButton variant="default" off={off} onClick={transfer.open}>
        Transfer
      </OffButton>
      <OffButton
        variant="default"
        off={off}
        loading={hangUp.isPending}
        onClick={() =>
          confirmAct({
            title: 'Hang up',
            text: 'The call is ended at once, in the middle of whatever is being said.',
            yes: 'Hang up',
            danger: true,
            onYes: () => hangUp.mutate(),
          })
        }
      >
        Hang up
      </OffButton>
      {mode && <SpeakDialog call={c.id} mode={mode} onClose={() => setMode(null)} />}
      {transferring && <TransferDialog call={c.id} onClose={transfer.close} />}
    </Group>
  );
}
