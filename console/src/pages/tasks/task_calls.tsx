import { Group, Text } from '@mantine/core';
import type { CallSession } from '~/api/types';
import { showClock } from '~/time/format';
import { Link } from '~/ui/link';
import { Section } from '~/ui/section';
import { wordsOf } from '~/ui/status';
import { StatusBadge } from '~/ui/status_badge';
import { When } from '~/ui/when';

/** The calls of one task. */
export function TaskCalls({ calls }: { calls: CallSession[] }) {
  return (
    <Section title="Calls">
      {calls.length === 0 && (
        <Text size="sm" c="dimmed">
          None yet.
        </Text>
      )}
      {calls.map((c) => (
        <Group key={c.id} gap="sm" py={4} wrap="wrap">
          <Link to="/calls/$id" params={{ id: c.id }}>
            Call {c.attempt_number}
          </Link>
          <StatusBadge status={c.status ?? c.attempt_status} plain />
          {c.outcome && <span>{wordsOf(c.outcome)}</span>}
          {c.duration_seconds !== null && <span className="rm-dim">{showClock(c.duration_seconds)}</span>}
          <When at={c.created_at} />
        </Group>
      ))}
    </Section>
  );
}
