import { Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Problem } from '~/api/problem';
import { overviewQuery } from '~/session';
import { Failure } from '~/ui/failure';
import { LinkButton } from '~/ui/link';
import { Page } from '~/ui/page';
import { GettingStarted } from './getting_started';
import { HealthPanel } from './health_panel';
import { PlainOverview } from './plain_overview';
import { RunningCampaigns } from './running_campaigns';
import { TodayPanel } from './today_panel';
import style from './overview.module.css';
import { WaitingPanel } from './waiting_panel';

/** What is going on, and what waits for the user. */
export function OverviewPage() {
  const overview = useQuery(overviewQuery);
  const actions = (
    <>
      <LinkButton to="/tasks/new" variant="default">
        New task
      </LinkButton>
      <LinkButton to="/campaigns/new">New campaign</LinkButton>
    </>
  );
  if (overview.error instanceof Problem && overview.error.status === 404)
    return (
      <Page title="Overview" actions={actions}>
        <PlainOverview />
      </Page>
    );
  const data = overview.data;
  return (
    <Page title="Overview" actions={actions}>
      {overview.error && <Failure error={overview.error} retry={() => void overview.refetch()} />}
      {!data && !overview.error && <Skeleton h={220} />}
      {data && (
        <Stack gap="md">
          <TodayPanel overview={data} />
          <div className={style.pair}>
            <WaitingPanel waiting={data.waiting_for_you} />
            <HealthPanel health={data.health} />
          </div>
          <RunningCampaigns campaigns={data.running_campaigns} />
          <GettingStarted steps={data.getting_started} />
        </Stack>
      )}
    </Page>
  );
}
