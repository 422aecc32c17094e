import { Text } from '@mantine/core';
import type { Proposal } from '~/api/types';
import { When } from '~/ui/when';
import style from './proposal_card.module.css';

/** What else is at that time. */
export function ConflictList({ conflicts }: { conflicts: Proposal['conflicts'] }) {
  if (conflicts.length === 0) return null;
  return (
    <div className={style.conflict} role="status">
      <Text size="xs" fw={600}>
        At the same time
      </Text>
      {conflicts.map((c) => (
        <Text key={c.event_id ?? c.calendar_proposal_id ?? c.title} size="sm">
          {c.title}, <When at={c.starts_at} /> to <When at={c.ends_at} />
          {c.calendar_proposal_id ? ', proposed too' : ''}
        </Text>
      ))}
    </div>
  );
}
