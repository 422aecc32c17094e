import { Button } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import type { Overview } from '~/session';
import { Icon } from '~/ui/icon';
import { PathLink } from '~/ui/path_link';
import { Section } from '~/ui/section';
import style from './overview.module.css';

/** What each step is called, and where it is done. An engine may name others; they are shown by their id. */
const known: Record<string, { name: string; to: string }> = {
  campaign: { name: 'Open the demo campaign, or make one', to: '/campaigns' },
  campaign_created: { name: 'Make a campaign', to: '/campaigns/new' },
  campaign_started: { name: 'Start a campaign', to: '/campaigns' },
  live: { name: 'Watch a call live', to: '/live' },
  call_watched: { name: 'Watch a call live', to: '/live' },
  transcript: { name: 'Read a transcript', to: '/calls' },
  transcript_read: { name: 'Read a transcript', to: '/calls' },
  gap: { name: 'Answer a question that had no answer', to: '/gaps' },
  gap_resolved: { name: 'Answer a question that had no answer', to: '/gaps' },
  proposal: { name: 'Approve a calendar entry', to: '/calendar' },
  proposal_approved: { name: 'Approve a calendar entry', to: '/calendar' },
  profile: { name: 'Say what your agents shall know of your business', to: '/profile' },
  settings: { name: 'Settle how your assistant calls', to: '/settings' },
  carrier: { name: 'Connect a carrier', to: '/settings?tab=credentials' },
  task: { name: 'Have a call made in your own words', to: '/tasks/new' },
  actor: { name: 'End an actor and see it come back', to: '/actors' },
};

export function GettingStarted({ steps }: { steps: Overview['getting_started'] }) {
  const [hidden, hide] = useLocalStorage({ key: 'ringmaster-started', defaultValue: false });
  if (hidden || steps.length === 0 || steps.every((s) => s.done)) return null;
  return (
    <Section
      title="Getting started"
      aside={
        <Button variant="subtle" size="compact-xs" onClick={() => hide(true)}>
          Hide this
        </Button>
      }
      flush
    >
      <div className={style.rows}>
        {steps.map((s) => {
          const step = known[s.id] ?? { name: s.id.replaceAll('_', ' '), to: '/' };
          return (
            <div key={s.id} className={style.row}>
              <span className={style.step}>{s.done && <Icon name="check" size={12} />}</span>
              <span className={s.done ? style.done : ''}>{s.done ? step.name : <PathLink path={step.to}>{step.name}</PathLink>}</span>
            </div>
          );
        })}
      </div>
    </Section>
  );
}
