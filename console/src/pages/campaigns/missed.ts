/** The outcomes of calls that reached nobody, and what they mean. */
export const missed = [
  ['busy', 'busy'],
  ['no_answer', 'nobody answered'],
  ['voicemail', 'a machine answered'],
  ['failed', 'the call failed'],
  ['canceled', 'canceled before it was answered'],
  ['rejected', 'the carrier refused it'],
  ['unknown', 'nobody knows how it ended'],
] as const;
export type Missed = (typeof missed)[number][0];
