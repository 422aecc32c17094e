import type { CallSession } from '~/api/types';

/** Attempts of which a call may still come, or is one. */
const open = ['intent', 'accepted', 'ambiguous'];

/** True as long as a call is being made, rings or is talked on. */
export function isLive(c: Pick<CallSession, 'ended_at' | 'attempt_status'>): boolean {
  return c.ended_at === null && open.includes(c.attempt_status);
}
