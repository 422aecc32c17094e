import { Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { settingsTabs } from '~/router';
import { sessionQuery } from '~/session';
import { Page } from '~/ui/page';
import { AssistantTab } from './assistant_tab';
import { CarrierTab } from './carrier_tab';
import { CredentialsTab } from './credentials_tab';
import { IdentityTab } from './identity_tab';
import { KeysTab } from './keys_tab';
import { ModelsTab } from './models_tab';
import { UsageTab } from './usage_tab';
import { UsersTab } from './users_tab';
import { WebhooksTab } from './webhooks_tab';

const route = getRouteApi('/inside/settings');
const tabs = {
  assistant: ['Assistant', AssistantTab],
  identity: ['About you', IdentityTab],
  carrier: ['Carrier', CarrierTab],
  models: ['Models', ModelsTab],
  credentials: ['Own keys', CredentialsTab],
  usage: ['Costs', UsageTab],
  keys: ['API keys', KeysTab],
  webhooks: ['Webhooks', WebhooksTab],
  users: ['Users', UsersTab],
} as const;

/** Everything that is settled once. */
export function SettingsPage() {
  const { tab = 'assistant' } = route.useSearch();
  const navigate = useNavigate({ from: '/settings' });
  const operator = useQuery(sessionQuery).data?.user.role === 'operator';
  const shown = settingsTabs.filter((t) => t !== 'users' || operator);
  const [, Panel] = tabs[shown.includes(tab) ? tab : 'assistant'];
  return (
    <Page title="Settings" narrow>
      <Tabs value={tab} onChange={(t) => void navigate({ search: { tab: settingsTabs.find((x) => x === t) }, replace: true })}>
        <Tabs.List>
          {shown.map((t) => (
            <Tabs.Tab key={t} value={t}>
              {tabs[t][0]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} pt="md">
          <Panel />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
