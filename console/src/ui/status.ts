/** What colour a status has; the word itself always stands beside it. */
export type Tint = 'good' | 'warn' | 'bad' | 'live' | 'quiet';

const tints: Record<string, Tint> = {
  // campaigns
  draft: 'quiet', scheduled: 'warn', running: 'live', paused: 'warn', completed: 'good', canceled: 'quiet',
  // targets
  pending: 'quiet', calling: 'live', failed: 'bad', skipped: 'quiet',
  // tasks
  preparing: 'live', waiting_for_user: 'warn', ready_to_call: 'good', in_progress: 'live', cancelled: 'quiet',
  // calls
  queued: 'quiet', initiated: 'live', ringing: 'live', 'in-progress': 'live', busy: 'warn', 'no-answer': 'warn',
  // gaps, proposals, events
  open: 'warn', resolved: 'good', ignored: 'quiet', approved: 'good', rejected: 'quiet', confirmed: 'good',
  // attempts
  intent: 'live', accepted: 'live', ambiguous: 'warn', ended: 'good', voided: 'quiet', not_placed: 'quiet', needs_review: 'warn', unknown_final: 'warn',
  // outcomes
  answered: 'good', human: 'good', voicemail: 'warn', machine: 'warn', no_answer: 'warn', opted_out: 'bad',
  yes: 'good', no: 'bad', unknown: 'quiet', positive: 'good', negative: 'bad', neutral: 'quiet', timeout: 'warn',
  // health
  delivered: 'good', sending: 'live',
  ok: 'good', degraded: 'warn', down: 'bad', off: 'quiet', stopped: 'bad',
};

export function tintOf(status: string): Tint {
  return tints[status] ?? 'quiet';
}

/** "waiting_for_user" reads "waiting for user". */
export function wordsOf(status: string): string {
  return status.replaceAll(/[_-]/g, ' ');
}
