import { Skeleton, Stack, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { campaignQuery } from '~/api/queries';
import { campaignTabs } from '~/router';
import { Failure } from '~/ui/failure';
import { lazily } from '~/ui/lazily';
import { Link } from '~/ui/link';
import { Page } from '~/ui/page';
import { StatusBadge } from '~/ui/status_badge';
import { CampaignActions } from './campaign_actions';
import { CampaignCalls } from './campaign_calls';
import { CampaignRules } from './campaign_rules';
import { ProgressPanel } from './progress_panel';
import { TargetsTab } from './targets_tab';
import { WhyPanel } from './why_panel';

const ActivityTab = lazily<{ campaign: string }>(() => import('./activity_tab').then((m) => m.ActivityTab), 200);
const route = getRouteApi('/inside/campaigns/$id');
const names = { targets: 'Targets', calls: 'Calls', rules: 'Rules and script', activity: 'Activity' } as const;

/** One campaign: how far it is, why it does or does not dial, and what came of each number. */
export function CampaignPage() {
  const { id } = route.useParams();
  const { tab = 'targets' } = route.useSearch();
  const navigate = useNavigate({ from: '/campaigns/$id' });
  const { data: c, error, refetch } = useQuery(campaignQuery(id));
  if (error) return <Page title="Campaign"><Failure error={error} retry={() => void refetch()} /></Page>;
  if (!c) return <Page title="Campaign"><Skeleton h={300} /></Page>;
  return (
    <Page
      title={c.name}
      above={<Link to="/campaigns">Campaigns</Link>}
      beside={<StatusBadge status={c.status} />}
      note={c.description || undefined}
      actions={<CampaignActions campaign={c} />}
    >
      <WhyPanel campaign={c} />
      <ProgressPanel campaign={c} />
      <Tabs value={tab} onChange={(t) => void navigate({ search: { tab: campaignTabs.find((x) => x === t) }, replace: true })} keepMounted={false}>
        <Tabs.List>
          {campaignTabs.map((t) => (
            <Tabs.Tab key={t} value={t}>
              {names[t]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Stack pt="sm">
          <Tabs.Panel value="targets">
            <TargetsTab campaign={c} />
          </Tabs.Panel>
          <Tabs.Panel value="calls">
            <CampaignCalls campaign={c} />
          </Tabs.Panel>
          <Tabs.Panel value="rules">
            <CampaignRules campaign={c} />
          </Tabs.Panel>
          <Tabs.Panel value="activity">
            <ActivityTab campaign={c.id} />
          </Tabs.Panel>
        </Stack>
      </Tabs>
    </Page>
  );
}
