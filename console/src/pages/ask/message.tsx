import { Text } from '@mantine/core';
import type { components } from '~/api/schema';
import { Sources } from '~/pages/knowledge/sources';
import { PathLink } from '~/ui/path_link';
import style from './ask.module.css';

type ChatMessage = components['schemas']['chat_message'];

/** One message, with what it rests on and what it led to. */
export function Message({ message: m, agent }: { message: ChatMessage; agent: string }) {
  if (m.from === 'user') return <div className={style.mine}>{m.text}</div>;
  return (
    <div className={style.theirs}>
      <Text size="xs" c="dimmed">
        {agent}
        {m.by ? `, by ${m.by}` : ''}
      </Text>
      <div className="rm-wrap">{m.text}</div>
      <Sources sources={m.sources} />
      {m.knowledge_gap_id && (
        <Text size="xs">
          Not known. <PathLink path={`/gaps?gap=${m.knowledge_gap_id}`}>Answer it</PathLink>
        </Text>
      )}
      {m.calendar_proposal_id && (
        <Text size="xs">
          Proposed for the calendar. <PathLink path="/calendar">Decide</PathLink>
        </Text>
      )}
    </div>
  );
}
