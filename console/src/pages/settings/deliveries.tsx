import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { deliveriesQuery, replayDelivery } from '~/session';
import { Failure } from '~/ui/failure';
import { tellDone, tellFailure } from '~/ui/notify';
import { StatusBadge } from '~/ui/status_badge';
import { When } from '~/ui/when';

/** What was sent to a webhook, and what came of it. */
export function Deliveries({ webhook }: { webhook: string }) {
  const client = useQueryClient();
  const { data, error } = useQuery(deliveriesQuery(webhook));
  const again = useMutation({
    mutationFn: (id: string) => replayDelivery(webhook, id),
    onSuccess: () => {
      tellDone('It is sent again.');
      void client.invalidateQueries({ queryKey: ['webhooks', webhook] });
    },
    onError: tellFailure,
  });
  return (
    <div style={{ padding: '6px 16px 12px' }}>
      {error && <Failure error={error} feature="The log of deliveries" />}
      {data?.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing was sent yet.
        </Text>
      )}
      {data?.map((d) => (
        <Group key={d.id} gap="sm" py={3}>
          <span className="rm-grow">{d.type}</span>
          <StatusBadge status={d.status} plain />
          {d.response_code && <span className="rm-mono">{d.response_code}</span>}
          <When at={d.at ?? d.created_at} />
          <Button variant="subtle" size="compact-xs" onClick={() => again.mutate(d.id)}>
            Send again
          </Button>
        </Group>
      ))}
    </div>
  );
}
