import { Button, Text } from '@mantine/core';
import type { OneCall } from '~/api/types';
import { Section } from '~/ui/section';
import { wordsOf } from '~/ui/status';
import { When } from '~/ui/when';
import { type Evidence, showValue } from './evidence';
import style from './extracted_list.module.css';

interface Props {
  call: OneCall;
  evidence: Evidence;
  lit: number[];
  selected: number | null;
  onSelect: (i: number | null) => void;
}

/** What was found out, each value with the words that it rests on. */
export function ExtractedList({ call, evidence, lit, selected, onSelect }: Props) {
  const processed = call.conversation?.processed_at;
  return (
    <Section
      title="Extracted data"
      aside={
        processed && (
          <Text size="xs" c="dimmed">
            by {call.conversation?.processed_by ?? 'rules'}, <When at={processed} />
          </Text>
        )
      }
      flush
    >
      {call.extracted_data.length === 0 && (
        <Text size="sm" c="dimmed" p="md">
          {call.conversation === null
            ? 'There was no conversation, so there is nothing to find.'
            : processed
              ? 'Nothing was found in what was said.'
              : 'The call is read through when it is over.'}
        </Text>
      )}
      {call.extracted_data.map((v, i) => {
        const words = evidence.segmentsOf[i] ?? [];
        return (
          <div key={`${v.key}-${i}`} className={`${style.row} ${lit.includes(i) ? style.lit : ''} ${selected === i ? style.selected : ''}`}>
            <div className="rm-grow">
              <div className={style.key}>
                {wordsOf(v.key)} <span>{v.type}</span>
              </div>
              <div className={`rm-wrap ${v.value === null ? 'rm-dim' : ''}`}>{showValue(v)}</div>
              {v.fragment && <div className={style.fragment}>{v.fragment}</div>}
              {v.contradiction && (
                <Text size="xs" c="var(--rm-warn)">
                  Take care: {v.contradiction}
                </Text>
              )}
            </div>
            {words.length > 0 && (
              <Button variant="default" size="compact-xs" aria-pressed={selected === i} onClick={() => onSelect(selected === i ? null : i)}>
                Show words
              </Button>
            )}
          </div>
        );
      })}
    </Section>
  );
}
