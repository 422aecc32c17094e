import { Button, Group, Skeleton, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { deliveriesQuery, deliveryQuery, replayDelivery, replaySince } from '~/api/webhooks';
import { confirmAct } from '~/ui/confirm';
import { Failure } from '~/ui/failure';
import { tellDone, tellFailure } from '~/ui/notify';
import { StatusBadge } from '~/ui/status_badge';
import { When } from '~/ui/when';
import style from './settings.module.css';

const show = (payload: string): string => {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
};

function Payload({ webhook, id }: { webhook: string; id: string }) {
  const { data, error } = useQuery(deliveryQuery(webhook, id));
  if (error) return <Failure error={error} feature="Reading one delivery" />;
  if (!data) return <Skeleton h={60} />;
  return (
    <pre className={`rm-mono rm-wrap rm-card ${style.payload}`} tabIndex={0} aria-label="What is sent">
      {show(data.payload ?? '')}
    </pre>
  );
}

/** What was sent to a webhook, and what came of it. */
export function Deliveries({ webhook }: { webhook: string }) {
  const client = useQueryClient();
  const { data, error } = useQuery(deliveriesQuery(webhook));
  const [shown, setShown] = useState<string | null>(null);
  const refresh = () => void client.invalidateQueries({ queryKey: ['webhooks', webhook] });
  const done = (text: string) => () => {
    tellDone(text);
    refresh();
  };
  const again = useMutation({ mutationFn: (id: string) => replayDelivery(webhook, id), onSuccess: done('It is sent again.'), onError: tellFailure });
  const day = useMutation({
    mutationFn: () => replaySince(webhook, new Date(Date.now() - 86_400_000).toISOString()),
    onSuccess: done('All of the last day are sent again.'),
    onError: tellFailure,
  });
  return (
    <div className={style.deliveries}>
      {error && <Failure error={error} feature="The log of deliveries" />}
      {data?.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing was sent yet.
        </Text>
      )}
      {data?.map((d) => (
        <div key={d.id}>
          <Group gap="sm" py={3}>
            <span className="rm-mono" style={{ minWidth: 190 }}>
              {d.type}
            </span>
            <StatusBadge status={d.status} plain />
            <Text size="xs" c="dimmed" className="rm-grow">
              {d.response_code ? `answered ${d.response_code}` : ''}
              {d.took_ms ? ` in ${d.took_ms} ms` : ''}
              {d.last_error ? `${d.response_code ? ": " : ""}${d.last_error}` : ""}
              {d.attempts > 1 ? `, ${d.attempts} tries` : ''}
              {d.next_attempt_at && d.status === 'pending' && (
                <>
                  , next <When at={d.next_attempt_at} />
                </>
              )}
            </Text>
            <When at={d.created_at} />
            <Button variant="subtle" size="compact-xs" aria-expanded={shown === d.id} onClick={() => setShown(shown === d.id ? null : d.id)}>
              Show it
            </Button>
            <Button variant="subtle" size="compact-xs" onClick={() => again.mutate(d.id)}>
              Send again
            </Button>
          </Group>
          {shown === d.id && <Payload webhook={webhook} id={d.id} />}
        </div>
      ))}
      {data && data.length > 0 && (
        <Button
          variant="subtle"
          size="compact-xs"
          loading={day.isPending}
          onClick={() => confirmAct({ title: 'Send the last day again', text: 'Every message of the last 24 hours that was delivered or given up is sent once more, with the id that it had.', yes: 'Send them again', onYes: () => day.mutate() })}
        >
          Send all of the last day again
        </Button>
      )}
    </div>
  );
}
