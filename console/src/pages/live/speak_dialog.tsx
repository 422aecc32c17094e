import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, newKey, take } from '~/api/client';
import { CurlButton } from '~/ui/curl_button';
import { Failure } from '~/ui/failure';
import { tellDone } from '~/ui/notify';

interface Props {
  call: string;
  mode: 'say' | 'whisper';
  onClose: () => void;
}
const words = {
  say: {
    title: 'Say something in the call',
    text: 'The callee hears these words as they stand, in the voice of the assistant.',
    yes: 'Say it',
    done: 'It will be said.',
  },
  whisper: {
    title: 'Whisper to the assistant',
    text: 'An instruction for what it says from now on. The callee does not hear it. It lifts no limit: prices and fields stay as they are.',
    yes: 'Whisper',
    done: 'The assistant has it.',
  },
} as const;

/** Words for the callee, or for the assistant alone. */
export function SpeakDialog({ call, mode, onClose }: Props) {
  const [text, setText] = useState('');
  const w = words[mode];
  const send = useMutation({
    mutationFn: () => {
      const wish = { params: { path: { id: call }, header: { 'Idempotency-Key': newKey() } }, body: { text: text.trim() } };
      return take(mode === 'say' ? api.POST('/api/call-sessions/{id}/say', wish) : api.POST('/api/call-sessions/{id}/whisper', wish));
    },
    onSuccess: () => {
      tellDone(w.done);
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={w.title}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          send.mutate();
        }}
      >
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {w.text}
          </Text>
          <Textarea
            aria-label={w.title}
            autosize
            minRows={2}
            maxLength={1000}
            data-autofocus
            value={text}
            onChange={(e) => setText(e.currentTarget.value)}
            onKeyDown={(e) => {
              if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && text.trim()) send.mutate();
            }}
          />
          {send.error && <Failure error={send.error} />}
          <Group justify="flex-end" gap="xs">
            <CurlButton method="POST" path={`/api/call-sessions/${call}/${mode}`} body={{ text: text.trim() }} />
            <Button variant="default" size="sm" onClick={onClose}>
              Not now
            </Button>
            <Button type="submit" size="sm" disabled={!text.trim()} loading={send.isPending}>
              {w.yes}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
