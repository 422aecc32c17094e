import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { sessionQuery, signOut } from '~/session';
import { tellFailure } from '~/ui/notify';
import { HeaderMenu } from './header_menu';

/** Who is signed in, and the way out. */
export function UserMenu() {
  const session = useQuery(sessionQuery).data;
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = async () => {
    try {
      await signOut();
      client.clear();
      client.setQueryData(sessionQuery.queryKey, null);
      await navigate({ to: '/sign-in' });
    } catch (e) {
      tellFailure(e);
    }
  };
  return (
    <HeaderMenu
      label="Your account"
      icon="user"
      title={
        <>
          {session?.user.email}
          <br />
          {session?.user.role}, engine {session?.installation.version}
        </>
      }
      items={[
        { name: 'Settings', run: () => void navigate({ to: '/settings' }) },
        { name: 'Sign out', run: () => void leave() },
      ]}
    />
  );
}
