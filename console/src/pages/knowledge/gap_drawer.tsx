import { Drawer, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { gapQuery } from '~/api/queries';
import type { ResolvedGap } from '~/api/types';
import { Facts } from '~/ui/facts';
import { Failure } from '~/ui/failure';
import { Link } from '~/ui/link';
import { wordsOf } from '~/ui/status';
import { StatusBadge } from '~/ui/status_badge';
import { many } from '~/ui/values';
import { When } from '~/ui/when';
import { BeforeAfter } from './before_after';
import { Section } from '~/ui/section';
import { GapActions } from './gap_actions';
import { ResolveForm } from './resolve_form';

/** One gap: what was asked, by whom, and the way to answer it. */
export function GapDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { data, error, refetch } = useQuery(gapQuery(id));
  // What the answer has changed stays on the screen, also when the gap is read again as resolved.
  const [settled, setSettled] = useState<ResolvedGap | null>(null);
  const g = data?.knowledge_gap;
  return (
    <Drawer opened onClose={onClose} position="right" size="lg" title="Question without an answer">
      {error && <Failure error={error} feature="Knowledge gaps" retry={() => void refetch()} />}
      {!g && !error && <Skeleton h={200} />}
      {g && data && (
        <Stack gap="md">
          <Group gap="sm" wrap="nowrap" align="flex-start">
            <Title order={2} className="rm-grow rm-wrap">
              {g.question}
            </Title>
            <StatusBadge status={g.status} />
          </Group>
          {settled ? (
            <Section title="Resolved">
              <BeforeAfter result={settled} />
            </Section>
          ) : (
            g.status === 'open' && <ResolveForm gap={g} onResolved={setSettled} />
          )}
          <GapActions gap={g} />
          <Facts
            rows={[
              ['What is missing', g.requested_info],
              ['Category', g.suggested_category],
              ['Agent', g.agent],
              ['Asked', `${many(g.times_asked, 'time')}, in ${many(g.calls_affected, 'call')}`],
              ['First', <When key="c" at={g.created_at} />],
              ['Last', <When key="l" at={g.last_asked_at} />],
              ['Said instead', g.last_answer ?? undefined],
              ['Reopened', g.times_reopened > 0 ? `${g.times_reopened} times` : undefined],
              ['Settled', g.resolved_at ? <span key="r"><When at={g.resolved_at} /> by {g.resolved_by ?? 'somebody'}</span> : undefined],
              ['As', g.resolution_action ? wordsOf(g.resolution_action) : undefined],
              ['Notes', g.resolution_notes ?? undefined],
              ['In the knowledge base', g.chunk_id ? <Link key="k" to="/knowledge" search={{ chunk: g.chunk_id }}>the answer</Link> : undefined],
            ]}
          />
          {data.askings.length > 0 && (
            <div>
              <Title order={3} mb={4}>
                When it was asked
              </Title>
              {data.askings.map((a) => (
                <div key={a.n} style={{ padding: '6px 0', borderTop: '1px solid var(--rm-line)' }}>
                  <Group justify="space-between" gap="xs" wrap="nowrap">
                    <span className="rm-grow">{a.question}</span>
                    <When at={a.at} />
                  </Group>
                  <Text size="xs" c="dimmed">
                    in a {a.source}
                    {a.source === 'call' && a.context_id && (
                      <>
                        , <Link to="/calls/$id" params={{ id: a.context_id }}>listen to it</Link>
                      </>
                    )}
                    {a.answered && `, said: ${a.answered}`}
                  </Text>
                </div>
              ))}
            </div>
          )}
        </Stack>
      )}
    </Drawer>
  );
}
