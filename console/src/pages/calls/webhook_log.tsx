import { Button, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { callWebhooksQuery } from '~/api/queries';
import { Failure } from '~/ui/failure';
import { Section } from '~/ui/section';
import { StatusBadge } from '~/ui/status_badge';
import type { Tint } from '~/ui/status';
import { wordsOf } from '~/ui/status';
import { When } from '~/ui/when';
import style from './webhook_log.module.css';

const verdicts: Record<string, [Tint, string]> = {
  accepted: ['good', 'taken'],
  bad_signature: ['bad', 'signature does not fit'],
  malformed: ['bad', 'could not be read'],
  not_stored: ['warn', 'could not be stored'],
};

/** Every request of the carrier for a call, and what it was answered. */
export function WebhookLog({ call }: { call: string }) {
  const { data, error, refetch } = useQuery(callWebhooksQuery(call));
  const [shown, setShown] = useState<number | null>(null);
  return (
    <Section title="What the carrier told" flush>
      {error && <Failure error={error} feature="The log of the carrier's requests" retry={() => void refetch()} />}
      {!data && !error && <Skeleton h={80} m="md" />}
      {data?.length === 0 && (
        <Text size="sm" c="dimmed" p="md">
          Nothing yet.
        </Text>
      )}
      {data && data.length > 0 && (
        <ul className={style.list} aria-label="Requests of the carrier">
          {data.map((w, n) => {
            const [tint, text] = verdicts[w.verdict] ?? ['quiet', wordsOf(w.verdict)];
            return (
              <li key={n}>
                <div className={style.row}>
                  <When at={w.at} seconds />
                  <span>
                    <b>{wordsOf(w.kind)}</b> {w.status && wordsOf(w.status)}
                  </span>
                  <StatusBadge status={w.verdict} tint={tint} label={text} plain />
                  <Text size="xs" c="dimmed">
                    {w.answer_status === null ? '' : `answered ${w.answer_status}`}
                    {w.took_ms === null ? '' : ` in ${w.took_ms < 10 ? w.took_ms.toFixed(1) : Math.round(w.took_ms)} ms`}
                    {w.answer_bytes ? `, ${w.answer_bytes} bytes` : ''}
                  </Text>
                  {w.body ? (
                    <Button variant="subtle" size="compact-xs" aria-expanded={shown === n} onClick={() => setShown(shown === n ? null : n)}>
                      Show it
                    </Button>
                  ) : (
                    <span />
                  )}
                </div>
                {shown === n && (
                  <pre className={`rm-mono rm-wrap rm-card ${style.body}`} tabIndex={0} aria-label="As it came">
                    {w.body}
                  </pre>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}
