import { Button, Group, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '~/api/client';
import type { OwnerQuestion as Asked } from '~/api/types';
import { tellDone, tellFailure } from '~/ui/notify';
import { showMoney } from '~/ui/values';
import style from './owner_questions.module.css';

/** One question of the assistant; the first answer counts. */
export function OwnerQuestion({ call, question: q }: { call: string; question: Asked }) {
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const answer = useMutation({
    mutationFn: (approve: boolean) =>
      take(
        api.POST('/api/call-sessions/{id}/answer', {
          params: { path: { id: call } },
          body: { question: q.question, approve, ...(note.trim() ? { note: note.trim() } : {}) },
        }),
      ),
    onSuccess: (done) => {
      tellDone(done.delivered ? 'The call has heard your answer.' : 'Your answer is kept; the call could not be told in time.');
      void client.invalidateQueries({ queryKey: ['call', call] });
    },
    onError: tellFailure,
  });
  return (
    <div className={style.box} role="alert">
      <Text size="sm" fw={600}>
        {q.text}
        {q.amount ? ` (${showMoney(q.amount)})` : ''}
      </Text>
      <Group gap="xs" mt={6} wrap="wrap">
        <TextInput
          aria-label="A note for the assistant"
          placeholder="A note for the assistant"
          className="rm-grow"
          value={note}
          onChange={(e) => setNote(e.currentTarget.value)}
          maxLength={500}
        />
        <Button loading={answer.isPending} onClick={() => answer.mutate(true)}>
          Yes
        </Button>
        <Button variant="default" loading={answer.isPending} onClick={() => answer.mutate(false)}>
          No
        </Button>
      </Group>
    </div>
  );
}
