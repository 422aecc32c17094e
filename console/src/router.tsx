import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect,
} from '@tanstack/react-router';
import { basePath } from './base';
import { choices, readText } from './search_params';
import { rememberSession, sessionQuery } from './session';
import { Broken } from './shell/broken';
import { EngineMissing } from './shell/engine_missing';
import { Frame } from './shell/frame';
import { NotFound } from './shell/not_found';
import { Root } from './shell/root';
import { patiently } from './ui/patient';

interface RouterContext {
  client: QueryClient;
}

const root = createRootRouteWithContext<RouterContext>()({ component: Root, notFoundComponent: NotFound });

/** Everything but the doors: only for somebody who is signed in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Frame,
  errorComponent: EngineMissing,
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    rememberSession(session);
    if (!session) throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href } });
  },
});
const under = () => inside;

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (s: Record<string, unknown>): { next?: string } => readText(s, 'next'),
  component: lazyRouteComponent(() => patiently(() => import('./pages/sign_in_page')), 'SignInPage'),
});
const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  component: lazyRouteComponent(() => patiently(() => import('./pages/welcome_page')), 'WelcomePage'),
});
const overview = createRoute({
  getParentRoute: under,
  path: '/',
  component: lazyRouteComponent(() => patiently(() => import('./pages/overview/overview_page')), 'OverviewPage'),
});
const live = createRoute({
  getParentRoute: under,
  path: '/live',
  component: lazyRouteComponent(() => patiently(() => import('./pages/live/live_page')), 'LivePage'),
});
const campaigns = createRoute({
  getParentRoute: under,
  path: '/campaigns',
  validateSearch: (s: Record<string, unknown>) => ({ ...readText(s, 'q'), ...choices(s, 'status', campaignStatuses) }),
  component: lazyRouteComponent(() => patiently(() => import('./pages/campaigns/campaigns_page')), 'CampaignsPage'),
});
const newCampaign = createRoute({
  getParentRoute: under,
  path: '/campaigns/new',
  validateSearch: (s: Record<string, unknown>): { from?: string } => readText(s, 'from'),
  component: lazyRouteComponent(() => patiently(() => import('./pages/campaigns/new_campaign_page')), 'NewCampaignPage'),
});
const campaign = createRoute({
  getParentRoute: under,
  path: '/campaigns/$id',
  validateSearch: (s: Record<string, unknown>) => ({
    ...choices(s, 'tab', campaignTabs),
    ...choices(s, 'status', targetStatuses),
  }),
  component: lazyRouteComponent(() => patiently(() => import('./pages/campaigns/campaign_page')), 'CampaignPage'),
});
const tasks = createRoute({
  getParentRoute: under,
  path: '/tasks',
  validateSearch: (s: Record<string, unknown>) => ({
    ...readText(s, 'q'),
    ...choices(s, 'status', taskStatuses),
    ...choices(s, 'priority', priorities),
  }),
  component: lazyRouteComponent(() => patiently(() => import('./pages/tasks/tasks_page')), 'TasksPage'),
});
const newTask = createRoute({
  getParentRoute: under,
  path: '/tasks/new',
  validateSearch: (s: Record<string, unknown>): { contact?: string } => readText(s, 'contact'),
  component: lazyRouteComponent(() => patiently(() => import('./pages/tasks/new_task_page')), 'NewTaskPage'),
});
const task = createRoute({
  getParentRoute: under,
  path: '/tasks/$id',
  component: lazyRouteComponent(() => patiently(() => import('./pages/tasks/task_page')), 'TaskPage'),
});
const calls = createRoute({
  getParentRoute: under,
  path: '/calls',
  validateSearch: (s: Record<string, unknown>): { q?: string } => readText(s, 'q'),
  component: lazyRouteComponent(() => patiently(() => import('./pages/calls/calls_page')), 'CallsPage'),
});
const call = createRoute({
  getParentRoute: under,
  path: '/calls/$id',
  component: lazyRouteComponent(() => patiently(() => import('./pages/calls/call_page')), 'CallPage'),
});
const gaps = createRoute({
  getParentRoute: under,
  path: '/gaps',
  validateSearch: (s: Record<string, unknown>) => ({
    ...readText(s, 'q'),
    ...readText(s, 'gap'),
    ...choices(s, 'status', gapFilters),
    ...choices(s, 'category', knowledgeCategories),
    ...choices(s, 'agent', agents),
  }),
  component: lazyRouteComponent(() => patiently(() => import('./pages/knowledge/gaps_page')), 'GapsPage'),
});
const knowledge = createRoute({
  getParentRoute: under,
  path: '/knowledge',
  validateSearch: (s: Record<string, unknown>) => ({
    ...readText(s, 'q'),
    ...readText(s, 'chunk'),
    ...choices(s, 'category', knowledgeCategories),
  }),
  component: lazyRouteComponent(() => patiently(() => import('./pages/knowledge/knowledge_page')), 'KnowledgePage'),
});
const ask = createRoute({
  getParentRoute: under,
  path: '/ask',
  validateSearch: (s: Record<string, unknown>): { chat?: string } => readText(s, 'chat'),
  component: lazyRouteComponent(() => patiently(() => import('./pages/ask/ask_page')), 'AskPage'),
});
const profile = createRoute({
  getParentRoute: under,
  path: '/profile',
  component: lazyRouteComponent(() => patiently(() => import('./pages/knowledge/profile_page')), 'ProfilePage'),
});
const calendar = createRoute({
  getParentRoute: under,
  path: '/calendar',
  validateSearch: (s: Record<string, unknown>) => choices(s, 'status', proposalFilters),
  component: lazyRouteComponent(() => patiently(() => import('./pages/calendar/calendar_page')), 'CalendarPage'),
});
const contacts = createRoute({
  getParentRoute: under,
  path: '/contacts',
  validateSearch: (s: Record<string, unknown>): { q?: string } => readText(s, 'q'),
  component: lazyRouteComponent(() => patiently(() => import('./pages/contacts/contacts_page')), 'ContactsPage'),
});
const suppressions = createRoute({
  getParentRoute: under,
  path: '/suppressions',
  component: lazyRouteComponent(() => patiently(() => import('./pages/suppressions_page')), 'SuppressionsPage'),
});
const settings = createRoute({
  getParentRoute: under,
  path: '/settings',
  validateSearch: (s: Record<string, unknown>) => choices(s, 'tab', settingsTabs),
  component: lazyRouteComponent(() => patiently(() => import('./pages/settings/settings_page')), 'SettingsPage'),
});
const audit = createRoute({
  getParentRoute: under,
  path: '/audit',
  validateSearch: (s: Record<string, unknown>): { subject?: string } => readText(s, 'subject'),
  component: lazyRouteComponent(() => patiently(() => import('./pages/audit_page')), 'AuditPage'),
});
const actors = createRoute({
  getParentRoute: under,
  path: '/actors',
  validateSearch: (s: Record<string, unknown>) => ({
    ...readText(s, 'q'),
    ...readText(s, 'actor'),
    ...choices(s, 'sort', actorSorts),
  }),
  component: lazyRouteComponent(() => patiently(() => import('./pages/actors/actors_page')), 'ActorsPage'),
});
const docs = createRoute({
  getParentRoute: under,
  path: '/docs',
  component: lazyRouteComponent(() => patiently(() => import('./pages/docs_page')), 'DocsPage'),
});

export const campaignStatuses = ['draft', 'scheduled', 'running', 'paused', 'completed', 'canceled'] as const;
export const campaignTabs = ['targets', 'calls', 'rules', 'activity'] as const;
export const targetStatuses = ['pending', 'calling', 'completed', 'failed', 'skipped'] as const;
export const taskStatuses = [
  'waiting_for_user', 'ready_to_call', 'in_progress', 'pending', 'preparing', 'completed', 'failed', 'cancelled',
] as const;
export const priorities = ['low', 'normal', 'high', 'urgent'] as const;
export const gapFilters = ['open', 'resolved', 'ignored', 'all'] as const;
export const agents = ['aloha', 'sync', 'studio', 'insight'] as const;
export const knowledgeCategories = [
  'hours', 'location', 'prices', 'payment', 'services', 'booking', 'policies', 'contact', 'people', 'other',
] as const;
export const proposalFilters = ['pending', 'approved', 'rejected', 'all'] as const;
export const settingsTabs = ['assistant', 'identity', 'carrier', 'models', 'credentials', 'usage', 'keys', 'webhooks', 'users'] as const;
export const actorSorts = ['tree', 'mailbox', 'messages_per_second', 'handler_p99_us', 'restarts', 'age_seconds'] as const;

const tree = root.addChildren([
  signIn,
  welcome,
  inside.addChildren([
    overview, live, campaigns, newCampaign, campaign, tasks, newTask, task, calls, call, gaps, knowledge, ask, profile,
    calendar, contacts, suppressions, settings, audit, actors, docs,
  ]),
]);

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: basePath || '/',
    context: { client },
    defaultPreload: 'intent',
    defaultNotFoundComponent: NotFound,
    defaultErrorComponent: Broken,
    scrollRestoration: true,
  });
}
export type AppRouter = ReturnType<typeof makeRouter>;

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter;
  }
}
