import { lazily } from './lazily';

/** The trail of one thing, at the end of its page. */
export const AuditTrail = lazily<{ subject?: string | undefined }>(() => import('./audit_list').then((m) => m.AuditList), 160);
