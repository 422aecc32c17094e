import { Drawer, Group, Skeleton, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { showSpan } from '~/time/format';
import { actorQuery } from '~/session';
import { Facts } from '~/ui/facts';
import { Failure } from '~/ui/failure';
import { OffButton } from '~/ui/off_button';
import { wordsOf } from '~/ui/status';
import { When } from '~/ui/when';
import { ActDialog } from './act_dialog';
import { showMicros, showState } from './actor_tree';
import { Buckets } from './buckets';

const restartable = ['call', 'campaign', 'planner'];
const stoppable = ['call', 'campaign'];

/** The engine refuses the same. */
function whyNot(act: 'restart' | 'stop', kind: string): string | undefined {
  if (act === 'restart') return restartable.includes(kind) ? undefined : 'Nobody would make this actor again. Restart the engine instead.';
  return stoppable.includes(kind) ? undefined : 'Only a call or a campaign can be stopped.';
}

/** One actor: what it holds, what it did last, and what an operator may do with it. */
export function ActorDrawer({ id, pace, onClose }: { id: string; pace: number; onClose: () => void }) {
  const { data: a, error, refetch } = useQuery(actorQuery(id, pace));
  const [act, setAct] = useState<'restart' | 'stop' | null>(null);
  return (
    <Drawer opened onClose={onClose} position="right" size="lg" title={a?.name ?? 'Actor'}>
      {error && <Failure error={error} feature="The actor console" retry={() => void refetch()} />}
      {!a && !error && <Skeleton h={300} />}
      {a && (
        <Stack gap="md">
          <Group gap="xs">
            <OffButton variant="default" off={whyNot('restart', a.kind)} onClick={() => setAct('restart')}>
              Restart
            </OffButton>
            <OffButton variant="default" off={whyNot('stop', a.kind)} onClick={() => setAct('stop')}>
              Stop
            </OffButton>
          </Group>
          <Facts
            rows={[
              ['Kind', a.kind],
              ['State', wordsOf(a.state)],
              ['Mailbox', String(a.mailbox)],
              ['Messages per second', a.messages_per_second.toFixed(1)],
              ['Handler time', `p50 ${showMicros(a.handler_p50_us)}, p99 ${showMicros(a.handler_p99_us)}`],
              ['Restarts', String(a.restarts)],
              ['Last error', a.last_error ?? undefined],
              ['Age', showSpan(a.age_seconds)],
              ['Next timer', a.next_timer_at ? <When key="t" at={a.next_timer_at} distance seconds /> : 'none'],
              ['Children', String(a.children)],
              ['Id', <span key="i" className="rm-mono">{a.id}</span>],
            ]}
          />
          <Buckets buckets={a.buckets} />
          {a.recent_messages.length > 0 && (
            <div>
              <Title order={3} mb={4}>
                Last messages
              </Title>
              <Facts
                rows={a.recent_messages.map((m, n): [string, React.ReactNode] => [
                  `${m.type}${'\u200b'.repeat(n)}`,
                  <span key={n}>
                    <When at={m.at} seconds />, {showMicros(m.took_us)}
                  </span>,
                ])}
              />
            </div>
          )}
          <div>
            <Title order={3} mb={4}>
              State
            </Title>
            <pre className="rm-mono rm-wrap rm-card" style={{ margin: 0, padding: 10, maxHeight: 360, overflow: 'auto' }} tabIndex={0}>
              {showState(a.state_json)}
            </pre>
          </div>
        </Stack>
      )}
      {a && act && <ActDialog actor={a} act={act} onClose={() => setAct(null)} />}
    </Drawer>
  );
}
