import { Group, Text } from '@mantine/core';
import type { CallSession } from '~/api/types';
import { isLive } from '~/pages/live/is_live';
import { tintOf, wordsOf } from '~/ui/status';
import { StatusBadge } from '~/ui/status_badge';
import { many } from '~/ui/values';

/** How many calls ended in which way. */
export function Outcomes({ calls, complete }: { calls: CallSession[]; complete: boolean }) {
  const counts = new Map<string, number>();
  for (const c of calls) {
    const outcome = c.outcome ?? (isLive(c) ? 'live' : (c.status ?? c.attempt_status));
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  const rows = [...counts].sort((a, b) => b[1] - a[1]);
  return (
    <Group gap="md" wrap="wrap">
      {rows.map(([outcome, n]) => (
        <StatusBadge key={outcome} status={outcome} tint={outcome === 'live' ? 'live' : tintOf(outcome)} label={`${wordsOf(outcome)} ${n}`} plain />
      ))}
      {!complete && (
        <Text size="xs" c="dimmed">
          of the newest {many(calls.length, 'call')}
        </Text>
      )}
    </Group>
  );
}
