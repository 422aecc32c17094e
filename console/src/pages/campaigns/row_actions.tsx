import { Button, Group } from '@mantine/core';
import type { Campaign } from '~/api/types';
import { LinkButton } from '~/ui/link';
import { askToStart } from './ask_to_start';
import { useSteer } from './steer';

/** The one step that a campaign's row offers. */
export function RowActions({ campaign }: { campaign: Campaign }) {
  const steer = useSteer(campaign.id);
  const can = (action: string) => campaign.allowed_actions.includes(action);
  if (campaign.status === 'running' && can('pause'))
    return (
      <Button variant="default" size="compact-xs" loading={steer.isPending} onClick={() => steer.mutate({ action: 'pause' })}>
        Pause
      </Button>
    );
  if (can('start') || can('resume'))
    return (
      <Group gap={4} justify="flex-end" wrap="nowrap">
        <Button variant="default" size="compact-xs" onClick={() => askToStart(campaign)}>
          {campaign.status === 'paused' ? 'Resume' : 'Start'}
        </Button>
      </Group>
    );
  return (
    <LinkButton to="/campaigns/$id" params={{ id: campaign.id }} variant="subtle" size="compact-xs">
      View
    </LinkButton>
  );
}
