import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '~/api/client';
import { settingsQuery } from '~/api/queries';
import { CurlButton } from '~/ui/curl_button';
import { Failure } from '~/ui/failure';
import { LinkButton } from '~/ui/link';
import { tellDone } from '~/ui/notify';
import { showNumber } from '~/ui/values';

/** Hands a call to a person, at one of the numbers that the user settled. */
export function TransferDialog({ call, onClose }: { call: string; onClose: () => void }) {
  const numbers = useQuery(settingsQuery).data?.assistant_settings.transfer_numbers ?? [];
  const [number, setNumber] = useState<string | null>(null);
  const send = useMutation({
    mutationFn: () =>
      take(api.POST('/api/call-sessions/{id}/transfer', { params: { path: { id: call } }, body: { phone_number: number ?? '' } })),
    onSuccess: () => {
      tellDone('The call is handed over.');
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title="Hand the call over">
      <Stack gap="sm">
        {numbers.length === 0 ? (
          <>
            <Text size="sm">
              A call is handed over only to numbers that you have settled before, and there are none yet.
            </Text>
            <LinkButton to="/settings" search={{ tab: 'assistant' }} variant="default">
              Settle numbers
            </LinkButton>
          </>
        ) : (
          <Select
            label="To whom"
            data={numbers.map((n) => ({ value: n, label: showNumber(n) }))}
            value={number}
            onChange={setNumber}
            data-autofocus
          />
        )}
        {send.error && <Failure error={send.error} />}
        <Group justify="flex-end" gap="xs">
          {number && <CurlButton method="POST" path={`/api/call-sessions/${call}/transfer`} body={{ phone_number: number }} />}
          <Button variant="default" size="sm" onClick={onClose}>
            Not now
          </Button>
          <Button size="sm" disabled={!number} loading={send.isPending} onClick={() => send.mutate()}>
            Hand over
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
