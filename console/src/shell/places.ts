import type { IconName } from '~/ui/icon';

export interface Place {
  to: string;
  name: string;
  icon: IconName;
  /** Only operators see it. */
  operator?: boolean;
  /** Which of the counts of what waits is shown here. */
  count?: 'gaps' | 'proposals' | 'tasks' | 'live';
  keys?: string;
}

/** The navigation, group by group. */
export const places: { title: string; places: Place[] }[] = [
  {
    title: '',
    places: [
      { to: '/', name: 'Overview', icon: 'home', keys: 'g o' },
      { to: '/live', name: 'Live calls', icon: 'live', count: 'live', keys: 'g l' },
    ],
  },
  {
    title: 'Calling',
    places: [
      { to: '/campaigns', name: 'Campaigns', icon: 'campaign', keys: 'g c' },
      { to: '/tasks', name: 'Tasks', icon: 'task', count: 'tasks', keys: 'g t' },
      { to: '/calls', name: 'Call history', icon: 'call', keys: 'g h' },
    ],
  },
  {
    title: 'Knowledge',
    places: [
      { to: '/gaps', name: 'Gaps', icon: 'gap', count: 'gaps', keys: 'g k' },
      { to: '/knowledge', name: 'Knowledge base', icon: 'book', keys: 'g b' },
      { to: '/profile', name: 'Business profile', icon: 'profile' },
      { to: '/ask', name: 'Ask an agent', icon: 'chat' },
    ],
  },
  {
    title: 'People',
    places: [
      { to: '/calendar', name: 'Calendar', icon: 'calendar', count: 'proposals', keys: 'g a' },
      { to: '/contacts', name: 'Contacts', icon: 'people', keys: 'g p' },
      { to: '/suppressions', name: 'Never call', icon: 'block' },
    ],
  },
  {
    title: 'Engine',
    places: [
      { to: '/settings', name: 'Settings', icon: 'settings', keys: 'g s' },
      { to: '/audit', name: 'Audit trail', icon: 'audit' },
      { to: '/actors', name: 'Actors', icon: 'actors', operator: true },
      { to: '/docs', name: 'API reference', icon: 'docs' },
    ],
  },
];
