import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Actor, steerActor } from '~/session';
import { Failure } from '~/ui/failure';
import { tellDone } from '~/ui/notify';

interface Props {
  actor: Actor;
  act: 'restart' | 'stop';
  onClose: () => void;
}
const words = {
  restart: { title: 'Restart', text: 'It is ended and made anew from what is stored. A call that it holds goes on at the carrier and is taken up again.', done: 'It is restarted.' },
  stop: { title: 'Stop', text: 'It is ended. Whatever watches over it may make it anew; what it held in memory is gone.', done: 'It is stopped.' },
} as const;

/** What an operator does to an actor, with its name typed. It stands in the audit trail. */
export function ActDialog({ actor, act, onClose }: Props) {
  const client = useQueryClient();
  const [typed, setTyped] = useState('');
  const w = words[act];
  const run = useMutation({
    mutationFn: () => steerActor(actor.id, act, typed),
    onSuccess: () => {
      tellDone(w.done);
      void client.invalidateQueries({ queryKey: ['actors'] });
      void client.invalidateQueries({ queryKey: ['actor', actor.id] });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={`${w.title} ${actor.name}`}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          if (typed === actor.name) run.mutate();
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{w.text}</Text>
          <TextInput label={`Type ${actor.name} to confirm`} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} autoComplete="off" data-autofocus />
          {run.error && <Failure error={run.error} feature="Steering actors" />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" size="sm" onClick={onClose}>
              Not now
            </Button>
            <Button type="submit" size="sm" color="red.8" disabled={typed !== actor.name} loading={run.isPending}>
              {w.title}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
