import { Text } from '@mantine/core';
import type { Overview } from '~/session';
import { PathLink } from '~/ui/path_link';
import { Section } from '~/ui/section';
import { many } from '~/ui/values';
import style from './overview.module.css';

/** What goes on only when the user has decided. */
export function WaitingPanel({ waiting }: { waiting: Overview['waiting_for_you'] }) {
  const rows = [
    { n: waiting.clarifications, text: many(waiting.clarifications, 'task needs an answer', 'tasks need an answer'), to: '/tasks?status=waiting_for_user' },
    { n: waiting.approvals, text: many(waiting.approvals, 'approval is asked for', 'approvals are asked for'), to: '/tasks?status=waiting_for_user' },
    { n: waiting.proposals, text: many(waiting.proposals, 'calendar entry is proposed', 'calendar entries are proposed'), to: '/calendar' },
    { n: waiting.gaps, text: many(waiting.gaps, 'question had no answer', 'questions had no answer'), to: '/gaps' },
  ].filter((r) => r.n > 0);
  return (
    <Section title="Waiting for you" flush>
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed" p="md">
          Nothing. What needs your decision is listed here.
        </Text>
      ) : (
        <div className={style.rows}>
          {rows.map((r) => (
            <div key={r.text} className={style.row}>
              <span className="rm-grow">{r.text}</span>
              <PathLink path={r.to}>Look at it</PathLink>
            </div>
          ))}
        </div>
      )}
    </Section>
  );
}
