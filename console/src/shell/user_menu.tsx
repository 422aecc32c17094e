import { ActionIcon, Menu } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { sessionQuery, signOut } from '~/session';
import { Icon } from '~/ui/icon';
import { tellFailure } from '~/ui/notify';

/** Who is signed in, and the way out. */
export function UserMenu() {
  const session = useQuery(sessionQuery).data;
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = async () => {
    try {
      await signOut();
      client.clear();
      await navigate({ to: '/sign-in' });
    } catch (e) {
      tellFailure(e);
    }
  };
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon aria-label="Your account" size="md">
          <Icon name="user" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session?.user.email}
          <br />
          {session?.user.role}, engine {session?.installation.version}
        </Menu.Label>
        <Menu.Item onClick={() => void navigate({ to: '/settings' })}>Settings</Menu.Item>
        <Menu.Item onClick={() => void leave()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
