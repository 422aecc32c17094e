import { Button, Drawer, Group, Stack, Switch, Text } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '~/api/client';
import { notificationsQuery } from '~/api/queries';
import { Empty } from '~/ui/empty';
import { Failure } from '~/ui/failure';
import { flat } from '~/ui/flat';
import { tellFailure } from '~/ui/notify';
import { NotificationItem } from './notification_item';

/** What the engine told the user, newest first. */
export function NotificationsDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [unreadOnly, setUnreadOnly] = useState(false);
  const client = useQueryClient();
  const list = useInfiniteQuery({ ...notificationsQuery(unreadOnly), enabled: opened });
  const items = flat(list.data, (p) => p.notifications);
  const unread = list.data?.pages[0]?.unread ?? 0;
  const refresh = () => client.invalidateQueries({ queryKey: ['notifications'] });
  const readAll = useMutation({
    mutationFn: () => take(api.POST('/api/notifications/read-all')),
    onSuccess: refresh,
    onError: tellFailure,
  });
  const read = useMutation({
    mutationFn: (id: string) => take(api.POST('/api/notifications/{id}/read', { params: { path: { id } } })),
    onSuccess: refresh,
    onError: tellFailure,
  });
  return (
    <Drawer opened={opened} onClose={onClose} position="right" title="Notifications" size="md">
      <Stack gap="sm">
        <Group justify="space-between">
          <Switch label="Only unread" checked={unreadOnly} onChange={(e) => setUnreadOnly(e.currentTarget.checked)} />
          <Button variant="default" onClick={() => readAll.mutate()} disabled={unread === 0} loading={readAll.isPending}>
            Mark all as read
          </Button>
        </Group>
        {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
        {!list.isPending && items.length === 0 && (
          <Empty title={unreadOnly ? 'Nothing unread' : 'Nothing yet'}>
            Here you are told when a task needs an answer or your approval, when a call is over, and when a question had no
            answer.
          </Empty>
        )}
        <div>
          {items.map((n) => (
            <NotificationItem
              key={n.id}
              notification={n}
              onOpen={() => {
                if (!n.read) read.mutate(n.id);
                onClose();
              }}
              onRead={() => read.mutate(n.id)}
            />
          ))}
        </div>
        {list.hasNextPage && (
          <Button variant="subtle" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
            Older ones
          </Button>
        )}
        <Text size="xs" c="dimmed">
          They come live, while this window is open.
        </Text>
      </Stack>
    </Drawer>
  );
}
