import type { Notification } from '~/api/types';

/** Where a notification leads. */
export function placeOf(n: Pick<Notification, 'subject_kind' | 'subject_id'>): string | undefined {
  if (!n.subject_id) return undefined;
  switch (n.subject_kind) {
    case 'call_task':
    case 'task':
      return `/tasks/${n.subject_id}`;
    case 'call_session':
    case 'call':
      return `/calls/${n.subject_id}`;
    case 'campaign':
      return `/campaigns/${n.subject_id}`;
    case 'knowledge_gap':
      return `/gaps?gap=${n.subject_id}`;
    case 'calendar_proposal':
      return '/calendar';
    default:
      return undefined;
  }
}
