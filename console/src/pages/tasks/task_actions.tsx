import { ActionIcon, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, newKey, take } from '~/api/client';
import type { Task, TaskPatch } from '~/api/types';
import { confirmAct } from '~/ui/confirm';
import { CurlItem } from '~/ui/curl_button';
import { Icon } from '~/ui/icon';
import { tellDone, tellFailure } from '~/ui/notify';
import { OffButton } from '~/ui/off_button';
import { showNumber } from '~/ui/values';
import { lazily } from '~/ui/lazily';
import { whyNoCancel, whyNoEdit, whyNoStart } from './task_words';

const EditTaskDialog = lazily<{ task: Task; onClose: () => void }>(() => import('./edit_task_dialog').then((m) => m.EditTaskDialog));

/** What one may do with a task; what is not possible says why. */
export function TaskActions({ task: t }: { task: Task }) {
  const client = useQueryClient();
  const [editing, edit] = useDisclosure(false);
  const refresh = () => {
    void client.invalidateQueries({ queryKey: ['task', t.id] });
    void client.invalidateQueries({ queryKey: ['tasks'] });
    void client.invalidateQueries({ queryKey: ['overview'] });
  };
  const start = useMutation({
    mutationFn: () =>
      take(api.POST('/api/call-tasks/{id}/start-call', { params: { path: { id: t.id }, header: { 'Idempotency-Key': newKey() } } })),
    onSuccess: (s) => {
      tellDone(s.dialed > 0 ? 'The call is begun.' : `Not dialed yet: ${s.reason || s.why}. The call follows by itself.`);
      refresh();
    },
    onError: tellFailure,
  });
  const change = useMutation({
    mutationFn: (body: TaskPatch) => take(api.PATCH('/api/call-tasks/{id}', { params: { path: { id: t.id } }, body })),
    onSuccess: refresh,
    onError: tellFailure,
  });
  const number = t.target_phone_number ?? t.contact?.phone_number;
  const path = `/api/call-tasks/${t.id}`;
  return (
    <>
      {t.status === 'failed' && t.allowed_transitions.includes('ready_to_call') ? (
        <OffButton variant="default" loading={change.isPending} onClick={() => change.mutate({ status: 'ready_to_call' })}>
          Take it up again
        </OffButton>
      ) : (
        <OffButton
          off={whyNoStart(t)}
          loading={start.isPending}
          leftSection={<Icon name="call" size={14} />}
          onClick={() =>
            confirmAct({
              title: 'Start the call',
              text: `This dials ${number ? showNumber(number) : 'the number'} now, inside of your calling window. The call says first that it is automated.`,
              yes: 'Start the call',
              onYes: () => start.mutate(),
            })
          }
        >
          Start the call
        </OffButton>
      )}
      <OffButton variant="default" off={whyNoEdit(t)} onClick={edit.open}>
        Edit
      </OffButton>
      <OffButton
        variant="default"
        off={whyNoCancel(t)}
        onClick={() =>
          confirmAct({
            title: 'Cancel the task',
            text: t.status === 'in_progress' ? 'The call that is under way is ended now.' : 'It stays to be read, and is never called.',
            yes: 'Cancel the task',
            danger: true,
            onYes: () => change.mutate({ status: 'cancelled' }),
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
          <CurlItem method="GET" path={path} label="Copy the read as curl" />
          <CurlItem method="POST" path={`${path}/start-call`} label="Copy the start as curl" />
        </Menu.Dropdown>
      </Menu>
      {editing && <EditTaskDialog task={t} onClose={edit.close} />}
    </>
  );
}
