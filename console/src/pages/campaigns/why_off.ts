import type { Campaign } from '~/api/types';

const needs: Record<string, string> = {
  start: 'Only a draft can be started; a paused campaign is resumed.',
  resume: 'Only a paused campaign can be resumed.',
  pause: 'Only a running campaign can be paused.',
  update: 'Rules and script can be changed in a draft or while it is paused. Pause it first.',
  cancel: 'It has ended already.',
  schedule: 'Only a draft can be scheduled.',
};

/** Why an action is off; undefined: it is not. */
export function whyOff(c: Pick<Campaign, 'allowed_actions' | 'status'>, action: string): string | undefined {
  if (c.allowed_actions.includes(action)) return undefined;
  if (c.status === 'completed') return 'The campaign is completed: every number has been dealt with.';
  if (c.status === 'canceled') return 'The campaign is canceled. Make another like it to call again.';
  return needs[action] ?? `Not possible while it is ${c.status}.`;
}
