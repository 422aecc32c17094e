import { ActionIcon, Group, Text, Tooltip } from '@mantine/core';
import type { Notification } from '~/api/types';
import { Icon } from '~/ui/icon';
import { PathLink } from '~/ui/path_link';
import { wordsOf } from '~/ui/status';
import { When } from '~/ui/when';
import style from './notification_item.module.css';
import { placeOf } from './notification_place';

interface Props {
  notification: Notification;
  onOpen: () => void;
  onRead: () => void;
}

export function NotificationItem({ notification: n, onOpen, onRead }: Props) {
  const to = placeOf(n);
  // What the text says already need not be said twice.
  const highlights = n.highlights.filter((h) => !n.text.includes(h.value));
  return (
    <article className={`${style.item} ${n.read ? '' : style.unread}`}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
        <div className="rm-grow">
          {to ? (
            <PathLink path={to} onGo={onOpen} fw={n.read ? 400 : 600}>
              {n.title}
            </PathLink>
          ) : (
            <Text fw={n.read ? 400 : 600}>{n.title}</Text>
          )}
        </div>
        <Text size="xs" c="dimmed">
          <When at={n.created_at} />
        </Text>
        {!n.read && (
          <Tooltip label="Mark as read">
            <ActionIcon size="sm" onClick={onRead} aria-label={`Mark as read: ${n.title}`}>
              <Icon name="check" size={14} />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
      <Text size="xs" className="rm-wrap">
        {n.text}
      </Text>
      {highlights.length > 0 && (
        <div className={style.highlights}>
          {highlights.map((h) => (
            <span key={h.label}>
              <span className="rm-dim">{wordsOf(h.label)}</span> {h.value}
            </span>
          ))}
        </div>
      )}
    </article>
  );
}
