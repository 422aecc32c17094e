import { ActionIcon, Button, Group, Kbd } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { notificationsQuery } from '~/api/queries';
import { Icon } from '~/ui/icon';
import style from './header_tools.module.css';
import { SchemeMenu } from './scheme_menu';
import { StopButton } from './stop_button';
import { StreamLight } from './stream_light';
import { TimeMenu } from './time_menu';
import { UserMenu } from './user_menu';

interface Props {
  onPalette: () => void;
  onHelp: () => void;
  onNews: () => void;
}

/** The right side of the header. */
export function HeaderTools({ onPalette, onHelp, onNews }: Props) {
  const unread = useInfiniteQuery(notificationsQuery(false)).data?.pages[0]?.unread ?? 0;
  return (
    <Group gap={4} wrap="nowrap">
      <StreamLight />
      <Button
        variant="default"
        className={`${style.search} rm-wide`}
        onClick={onPalette}
        leftSection={<Icon name="search" size={14} />}
        rightSection={<Kbd size="xs">Ctrl K</Kbd>}
      >
        Go to
      </Button>
      <StopButton />
      <TimeMenu />
      <SchemeMenu />
      <ActionIcon onClick={onHelp} aria-label="Keyboard help" title="Keyboard (?)" className="rm-wide" size="md">
        <Icon name="help" />
      </ActionIcon>
        <ActionIcon onClick={onNews} title="Notifications (n)" aria-label={unread > 0 ? `Notifications, ${unread} unread` : 'Notifications'} size="md" className={style.bell}>
          <Icon name="bell" />
          {unread > 0 && <span className={style.unread}>{unread > 99 ? '99' : unread}</span>}
        </ActionIcon>
      <UserMenu />
    </Group>
  );
}
