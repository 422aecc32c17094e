import { ActionIcon, CopyButton, Menu } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, newKey, take } from '~/api/client';
import type { OneCall } from '~/api/types';
import { isLive } from '~/pages/live/is_live';
import { CurlItem } from '~/ui/curl_button';
import { downloadText } from '~/ui/download';
import { Icon } from '~/ui/icon';
import { tellDone, tellFailure } from '~/ui/notify';
import { OffButton } from '~/ui/off_button';
import { many } from '~/ui/values';

/** What one may do with a call that is over. */
export function CallMenu({ data }: { data: OneCall }) {
  const client = useQueryClient();
  const c = data.call_session;
  const process = useMutation({
    mutationFn: () =>
      take(api.POST('/api/call-sessions/{id}/process', { params: { path: { id: c.id }, header: { 'Idempotency-Key': newKey() } } })),
    onSuccess: (p) => {
      tellDone(`${many(p.extracted_data_count, 'value')} found.`);
      void client.invalidateQueries({ queryKey: ['call', c.id] });
    },
    onError: tellFailure,
  });
  const off = isLive(c) ? 'The call still goes on.' : data.conversation === null ? 'There was no conversation.' : undefined;
  return (
    <>
      <OffButton variant="default" off={off} loading={process.isPending} onClick={() => process.mutate()}>
        Read it through again
      </OffButton>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size="md" aria-label="More actions">
            <Icon name="down" size={14} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <CopyButton value={JSON.stringify(data, null, 2)}>
            {({ copy, copied }) => (
              <Menu.Item leftSection={<Icon name="copy" size={14} />} onClick={copy} closeMenuOnClick={false}>
                {copied ? 'Copied' : 'Copy as JSON'}
              </Menu.Item>
            )}
          </CopyButton>
          <Menu.Item
            leftSection={<Icon name="download" size={14} />}
            onClick={() => downloadText(`call-${c.id}.txt`, data.transcript, 'text/plain;charset=utf-8')}
          >
            Download the transcript
          </Menu.Item>
          <CurlItem method="GET" path={`/api/call-sessions/${c.id}`} />
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
