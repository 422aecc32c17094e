import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ifMatch, take } from '~/api/client';
import { messagesByField, Problem } from '~/api/problem';
import type { Proposal } from '~/api/types';
import { knownZone, typedIn } from '~/time/format';
import { Failure } from '~/ui/failure';

interface Props {
  proposal: Proposal;
  onClose: () => void;
  onDone: () => void;
}

/** Changes a proposal before it is approved. */
export function EditProposalDialog({ proposal: p, onClose, onDone }: Props) {
  const zone = knownZone(p.entry.timezone);
  const day = p.entry.all_day;
  const typed = (iso: string) => (day ? typedIn(iso, zone).slice(0, 10) : typedIn(iso, zone));
  const [title, setTitle] = useState(p.entry.title);
  const [location, setLocation] = useState(p.entry.location ?? '');
  const [starts, setStarts] = useState(typed(p.entry.starts_at));
  const [ends, setEnds] = useState(typed(p.entry.ends_at));
  const [notes, setNotes] = useState(p.entry.notes ?? '');
  const save = useMutation({
    mutationFn: () =>
      take(
        api.PATCH('/api/calendar/proposals/{id}', {
          params: { path: { id: p.id } },
          headers: ifMatch(p.version),
          body: { title, location: location || null, starts_at: starts, ends_at: ends, notes: notes || null },
        }),
      ),
    onSuccess: () => {
      onDone();
      onClose();
    },
  });
  const fields = save.error instanceof Problem ? messagesByField(save.error) : {};
  const type = day ? 'date' : 'datetime-local';
  return (
    <Modal opened onClose={onClose} title="Edit the proposal">
      <Stack gap="sm">
        <TextInput label="Title" value={title} error={fields.title} onChange={(e) => setTitle(e.currentTarget.value)} maxLength={200} />
        <Group grow>
          <TextInput type={type} label="Begins" value={starts} error={fields.starts_at} onChange={(e) => setStarts(e.currentTarget.value)} />
          <TextInput type={type} label={day ? 'Ends before' : 'Ends'} value={ends} error={fields.ends_at} onChange={(e) => setEnds(e.currentTarget.value)} />
        </Group>
        <Text size="xs" c="dimmed">
          By the clocks of {p.entry.timezone}.
        </Text>
        <TextInput label="Where" value={location} error={fields.location} onChange={(e) => setLocation(e.currentTarget.value)} />
        <Textarea label="Notes" autosize minRows={2} value={notes} error={fields.notes} onChange={(e) => setNotes(e.currentTarget.value)} />
        {save.error && Object.keys(fields).length === 0 && <Failure error={save.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" size="sm" onClick={onClose}>
            Leave as it is
          </Button>
          <Button size="sm" loading={save.isPending} onClick={() => save.mutate()}>
            Save
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
