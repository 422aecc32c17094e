import { Button, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { Segment } from '~/api/types';
import { showClock } from '~/time/format';
import { Section } from '~/ui/section';
import { many } from '~/ui/values';
import { type Evidence, markFragment, replyDelays } from './evidence';
import { TalkBar } from './talk_bar';
import style from './transcript.module.css';

interface Props {
  segments: Segment[];
  live: boolean;
  /** The segments that the chosen value rests on. */
  lit: number[];
  fragment: string | null;
  evidence: Evidence;
  selected: number | null;
  onSelect: (n: number | null) => void;
}
const who = { assistant: 'Assistant', human: 'Callee', system: 'System' } as const;

/** What was said, on its timeline. A piece that a value rests on leads to it, and the other way round. */
export function Transcript({ segments, live, lit, fragment, evidence, selected, onSelect }: Props) {
  const rows = useRef(new Map<number, HTMLElement>());
  const delays = replyDelays(segments);
  const first = lit[0];
  useEffect(() => {
    if (first !== undefined) rows.current.get(first)?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  }, [first]);
  return (
    <Section title="Transcript" aside={<Text size="xs" c="dimmed">{live ? 'as it is spoken' : many(segments.length, 'piece')}</Text>} flush>
      {segments.length === 0 && (
        <Text size="sm" c="dimmed" p="md">
          {live ? 'Nothing was said yet.' : 'Nothing was said in this call.'}
        </Text>
      )}
      {segments.length > 0 && <TalkBar segments={segments} lit={lit} onPick={(n) => rows.current.get(n)?.scrollIntoView({ block: 'center', behavior: 'smooth' })} />}
      <div className={style.list} role="log" aria-label="Transcript" tabIndex={0}>
        {segments.map((s) => {
          const values = evidence.valuesOf.get(s.n) ?? [];
          const isLit = lit.includes(s.n);
          const delay = delays.get(s.n);
          return (
            <div
              key={s.n}
              ref={(el) => {
                if (el) rows.current.set(s.n, el);
                else rows.current.delete(s.n);
              }}
              className={`${style.row} ${isLit ? style.lit : ''} ${selected === s.n ? style.selected : ''}`}
            >
              <span className={style.time}>{showClock(s.start_ms / 1000)}</span>
              <div className="rm-grow">
                <span className={`${style.who} ${style[s.speaker]}`}>{who[s.speaker]}</span>
                {delay !== undefined && delay > 0 && <span className={style.delay}> after {(delay / 1000).toFixed(1)} s</span>}
                {s.sentiment !== 'neutral' && <span className={style.delay}> {s.sentiment}</span>}
                <div className="rm-wrap">
                  {markFragment(s.text, isLit ? fragment : null).map((part, n) =>
                    part.marked ? <mark key={n} className={style.mark}>{part.text}</mark> : <span key={n}>{part.text}</span>,
                  )}
                </div>
              </div>
              {values.length > 0 && (
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-pressed={selected === s.n}
                  onClick={() => onSelect(selected === s.n ? null : s.n)}
                >
                  {many(values.length, 'value')}
                </Button>
              )}
            </div>
          );
        })}
      </div>
    </Section>
  );
}
