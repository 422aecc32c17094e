import { Stack } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { campaignsQuery, liveQuery, readyQuery, tasksQuery } from '~/api/queries';
import { isLive } from '~/pages/live/is_live';
import { flat, totalOf } from '~/ui/flat';
import { Link } from '~/ui/link';
import { PathLink } from '~/ui/path_link';
import { Section } from '~/ui/section';
import { StatusBadge } from '~/ui/status_badge';
import { many } from '~/ui/values';
import style from './overview.module.css';
import { RunningCampaigns } from './running_campaigns';

/** The overview of an engine that has no route for it: from what it does have. */
export function PlainOverview() {
  const running = useInfiniteQuery(campaignsQuery({ status: 'running' }));
  const waiting = useInfiniteQuery(tasksQuery({ status: 'waiting_for_user' }));
  const live = (useQuery(liveQuery).data ?? []).filter(isLive).length;
  const checks = useQuery(readyQuery).data;
  const tasks = totalOf(waiting.data) ?? flat(waiting.data, (p) => p.tasks).length;
  return (
    <Stack gap="md">
      <Section title="Now" flush>
        <div className={style.rows}>
          <div className={style.row}>
            <span className="rm-grow">{many(live, 'call is live', 'calls are live')}</span>
            <Link to="/live">Watch</Link>
          </div>
          <div className={style.row}>
            <span className="rm-grow">{many(tasks, 'task waits for you', 'tasks wait for you')}</span>
            <PathLink path="/tasks?status=waiting_for_user">Look at them</PathLink>
          </div>
          <div className={style.row}>
            <span className="rm-grow">Engine</span>
            <StatusBadge status={checks ? (checks.database && checks.clock_trusted ? 'ok' : 'down') : 'unknown'} plain />
          </div>
        </div>
      </Section>
      <RunningCampaigns campaigns={flat(running.data, (p) => p.campaigns)} />
    </Stack>
  );
}
