import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { callQuery, transcriptQuery } from '~/api/queries';
import type { CallSession } from '~/api/types';
import { useLastWords } from '~/live/provider';
import { Link } from '~/ui/link';
import { PhoneNumber } from '~/ui/number_cell';
import { StatusBadge } from '~/ui/status_badge';
import { CallControls } from './call_controls';
import style from './live_card.module.css';
import { OwnerQuestions } from './owner_questions';
import { RunningClock } from './running_clock';

const who = { assistant: 'Assistant', human: 'Callee', system: 'System' } as const;

/** One call that goes on. */
export function LiveCard({ call: c }: { call: CallSession }) {
  const last = useLastWords(c.id);
  // The carrier may tell of the pick-up later than the words come.
  const talking = c.answered_at !== null || last !== undefined;
  const transcript = useQuery({ ...transcriptQuery(c.id, true), enabled: talking });
  const detail = useQuery({ ...callQuery(c.id), enabled: talking }).data;
  const segments = transcript.data?.segments ?? [];
  const box = useRef<HTMLDivElement>(null);
  const end = segments[segments.length - 1];
  useEffect(() => {
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [end?.n, end?.text]);
  const mood = [...segments].reverse().find((s) => s.speaker === 'human')?.sentiment;
  return (
    <article className={`rm-card ${style.card}`} aria-label={`Call to ${c.phone_number}`}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <div className="rm-grow">
          <Link to="/calls/$id" params={{ id: c.id }} fw={600} className="rm-target">
            <PhoneNumber number={c.phone_number} />
          </Link>
          <Text size="xs" c="dimmed">
            {c.campaign_id ? (
              <Link to="/campaigns/$id" params={{ id: c.campaign_id }} className="rm-target">campaign</Link>
            ) : c.call_task_id ? (
              <Link to="/tasks/$id" params={{ id: c.call_task_id }} className="rm-target">task</Link>
            ) : null}
            {detail?.conversation && detail.conversation.listener !== 'unknown' ? `, ${detail.conversation.listener}` : ''}
          </Text>
        </div>
        <StatusBadge status={c.status ?? c.attempt_status} />
        <RunningClock from={c.answered_at} />
      </Group>
      <OwnerQuestions call={c.id} questions={detail?.conversation?.questions ?? []} />
      <div ref={box} className={style.words} tabIndex={0} role="log" aria-label="What is said">
        {segments.length === 0 && <Text size="sm" c="dimmed">{talking ? 'Nothing was said yet.' : c.status === 'ringing' ? 'It rings.' : 'It is being dialed.'}</Text>}
        {segments.slice(-30).map((s) => (
          <p key={s.n} className={style[s.speaker]}>
            <span className={style.who}>{who[s.speaker]}</span> {s.text}
          </p>
        ))}
      </div>
      <Group justify="space-between" gap="xs">
        <CallControls call={c} talking={talking} />
        {mood && mood !== 'neutral' && <StatusBadge status={mood} plain />}
      </Group>
    </article>
  );
}
