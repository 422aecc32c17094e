import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Campaign } from '~/api/types';
import { instantOf, knownZone, typedIn } from '~/time/format';
import { When } from '~/ui/when';
import { useSteer } from './steer';

/** Has a campaign begin by itself at a moment. This click is the consent. */
export function ScheduleDialog({ campaign: c, onClose }: { campaign: Campaign; onClose: () => void }) {
  const zone = knownZone(c.timezone);
  const [typed, setTyped] = useState(() => typedIn(c.window.next_open_at ?? new Date(Date.now() + 3_600_000).toISOString(), zone));
  const steer = useSteer(c.id);
  const at = instantOf(typed, zone);
  return (
    <Modal opened onClose={onClose} title="Schedule the start">
      <Stack gap="sm">
        <Text size="sm">The campaign begins by itself then. If its window is closed at that time, it waits for it to open.</Text>
        <TextInput type="datetime-local" label={`Start, by the clocks of ${zone}`} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} />
        {at && (
          <Text size="xs" c="dimmed">
            That is <When at={at} zone={c.timezone} distance />.
          </Text>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" size="sm" onClick={onClose}>
            Not now
          </Button>
          <Button size="sm" disabled={!at} loading={steer.isPending} onClick={() => steer.mutate({ action: 'schedule', start_at: at }, { onSuccess: onClose })}>
            Schedule
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
