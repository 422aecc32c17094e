import { Text } from '@mantine/core';
import type { Citation } from '~/api/types';
import { PathLink } from '~/ui/path_link';

function pathOf(reference: string): string {
  return reference.startsWith('chunk:') ? `/knowledge?chunk=${reference.slice(6)}` : '/profile';
}

/** What an answer rests on. */
export function Sources({ sources }: { sources: Citation[] }) {
  if (sources.length === 0) return null;
  return (
    <div style={{ marginTop: 6 }}>
      {sources.map((s) => (
        <Text key={s.reference} size="xs" c="dimmed">
          <PathLink path={pathOf(s.reference)}>{s.title}</PathLink>: {s.quote}
        </Text>
      ))}
    </div>
  );
}
