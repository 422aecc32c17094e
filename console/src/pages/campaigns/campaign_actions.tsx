import { ActionIcon, Menu } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useDisclosure } from '@mantine/hooks';
import { api, newKey, take } from '~/api/client';
import type { Campaign } from '~/api/types';
import { basePath } from '~/base';
import { confirmAct } from '~/ui/confirm';
import { CurlItem } from '~/ui/curl_button';
import { Icon } from '~/ui/icon';
import { tellDone, tellFailure } from '~/ui/notify';
import { OffButton } from '~/ui/off_button';
import { many } from '~/ui/values';
import { lazily } from '~/ui/lazily';
import { askToStart } from './ask_to_start';
import { useSteer } from './steer';
import { whyOff } from './why_off';

const EditDialog = lazily<{ campaign: Campaign; onClose: () => void }>(() => import('./edit_dialog').then((m) => m.EditDialog));
const ScheduleDialog = lazily<{ campaign: Campaign; onClose: () => void }>(() => import('./schedule_dialog').then((m) => m.ScheduleDialog));

/** What a user may do with a campaign; what is not possible says why. */
export function CampaignActions({ campaign: c }: { campaign: Campaign }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const steer = useSteer(c.id);
  const [editing, edit] = useDisclosure(false);
  const [scheduling, schedule] = useDisclosure(false);
  const execute = useMutation({
    mutationFn: () =>
      take(api.POST('/api/campaigns/{id}/execute', { params: { path: { id: c.id }, header: { 'Idempotency-Key': newKey() } } })),
    onSuccess: (e) => tellDone(e.dialed > 0 ? `${many(e.dialed, 'call')} started.` : `Nothing was dialed: ${e.reason || e.why}.`),
    onError: tellFailure,
  });
  const remove = useMutation({
    mutationFn: () => take(api.DELETE('/api/campaigns/{id}', { params: { path: { id: c.id } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['campaigns'] });
      await navigate({ to: '/campaigns' });
    },
    onError: tellFailure,
  });
  const off = (action: string) => whyOff(c, action);
  const path = `/api/campaigns/${c.id}`;
  const deletable = ['draft', 'completed', 'canceled'].includes(c.status);
  return (
    <>
      {c.status === 'running' ? (
        <OffButton variant="default" off={off('pause')} loading={steer.isPending} leftSection={<Icon name="pause" size={14} />} onClick={() => steer.mutate({ action: 'pause' })}>
          Pause
        </OffButton>
      ) : (
        <OffButton off={off(c.status === 'paused' ? 'resume' : 'start')} leftSection={<Icon name="play" size={14} />} onClick={() => askToStart(c)}>
          {c.status === 'paused' ? 'Resume' : 'Start'}
        </OffButton>
      )}
      <OffButton variant="default" off={off('update')} onClick={edit.open}>
        Edit
      </OffButton>
      <OffButton
        variant="default"
        off={off('cancel')}
        onClick={() =>
          confirmAct({
            title: 'Cancel the campaign',
            text: 'No number of it is dialed any more. Calls that are being talked on go on. A canceled campaign cannot be started again.',
            yes: 'Cancel the campaign',
            danger: true,
            onYes: () => steer.mutate({ action: 'cancel' }),
          })
        }
      >
        Cancel
      </OffButton>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size="md" aria-label="More actions">
            <Icon name="down" size={14} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {c.allowed_actions.includes('schedule') && <Menu.Item onClick={schedule.open}>Schedule the start</Menu.Item>}
          {c.status === 'running' && <Menu.Item onClick={() => execute.mutate()}>Make a dispatch pass now</Menu.Item>}
          <Menu.Item leftSection={<Icon name="download" size={14} />} component="a" href={`${basePath}${path}/results.csv`} download>
            Export results as CSV
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="copy" size={14} />} onClick={() => void navigate({ to: '/campaigns/new', search: { from: c.id } })}>
            Make another like it
          </Menu.Item>
          <CurlItem method="PATCH" path={path} body={{ action: c.status === 'paused' ? 'resume' : 'start' }} label="Copy the start as curl" />
          <CurlItem method="GET" path={path} label="Copy the read as curl" />
          {deletable && (
            <Menu.Item
              color="red"
              leftSection={<Icon name="trash" size={14} />}
              onClick={() =>
                confirmAct({
                  title: 'Delete the campaign',
                  text: 'Its numbers and what came of them go with it. Export the results first if you need them.',
                  yes: 'Delete the campaign',
                  danger: true,
                  onYes: () => remove.mutate(),
                })
              }
            >
              Delete
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {editing && <EditDialog campaign={c} onClose={edit.close} />}
      {scheduling && <ScheduleDialog campaign={c} onClose={schedule.close} />}
    </>
  );
}
