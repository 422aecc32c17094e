import { wordsOf } from '~/ui/status';
import { Progress, Text, Title } from '@mantine/core';
import type { ActorDetail } from '~/session';
import { showSpan } from '~/time/format';

/** Token buckets, as full as they are. */
export function Buckets({ buckets }: { buckets: ActorDetail['buckets'] }) {
  if (buckets.length === 0) return null;
  return (
    <div>
      <Title order={3} mb={4}>
        Limits
      </Title>
      {buckets.map((b) => {
        const share = b.limit > 0 ? (b.used / b.limit) * 100 : 0;
        return (
          <div key={b.name} style={{ marginBottom: 8 }}>
            <Text size="xs">
              {wordsOf(b.name)}: {b.used} of {b.limit} used{b.window_seconds > 0 ? ` in ${showSpan(b.window_seconds)}` : ''}
            </Text>
            <Progress value={Math.min(100, share)} color={share >= 100 ? 'red' : 'iris'} aria-label={b.name} />
          </div>
        );
      })}
    </div>
  );
}
