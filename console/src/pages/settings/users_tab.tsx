import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { addUser, changeUser, makePasswordLink, sessionQuery, type User, usersQuery } from '~/session';
import { confirmAct } from '~/ui/confirm';
import { Failure } from '~/ui/failure';
import { tellFailure } from '~/ui/notify';
import { OffButton } from '~/ui/off_button';
import { Section } from '~/ui/section';
import { When } from '~/ui/when';
import { ListSection } from './list_section';
import { ShownOnce } from './shown_once';

const roles = ['user', 'operator'] as const;
const roleOf = (v: string | null): User['role'] => (v === 'operator' ? 'operator' : 'user');

/** Who may sign in, for operators. */
export function UsersTab() {
  const client = useQueryClient();
  const list = useQuery(usersQuery);
  const me = useQuery(sessionQuery).data?.user.id;
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<User['role']>('user');
  const refresh = () => void client.invalidateQueries({ queryKey: ['users'] });
  const add = useMutation({
    mutationFn: () => addUser({ email: email.trim(), role }),
    onSuccess: () => {
      setEmail('');
      refresh();
    },
  });
  const change = useMutation({
    mutationFn: (wish: { id: string; change: Partial<Pick<User, 'role' | 'disabled'>> }) => changeUser(wish.id, wish.change),
    onSuccess: refresh,
    onError: tellFailure,
  });
  const link = useMutation({ mutationFn: makePasswordLink, onError: tellFailure });
  return (
    <Stack gap="md">
      {add.data?.welcome_url && <ShownOnce text="Give them this link. It works once." secret={add.data.welcome_url} label="Copy the link" />}
      {link.data && <ShownOnce text="Give them this link. It works once, and sets a new password." secret={link.data.welcome_url} label="Copy the link" />}
      <ListSection
        title="Users"
        items={list.data}
        idOf={(u) => u.id}
        error={list.error}
        feature="The list of users"
        retry={() => void list.refetch()}
        empty="Nobody yet."
        row={(u) => (
          <>
            <b className="rm-grow">{u.email}</b>
            {u.last_seen_at && (
              <Text size="xs" c="dimmed">
                seen <When at={u.last_seen_at} />
              </Text>
            )}
            <Select aria-label={`Role of ${u.email}`} w={120} data={[...roles]} value={u.role} disabled={u.id === me} onChange={(v) => change.mutate({ id: u.id, change: { role: roleOf(v) } })} allowDeselect={false} />
            <Button
              variant="subtle"
              onClick={() => confirmAct({ title: `A new password for ${u.email}`, text: 'Makes a link with which they set one. The password of now works until the link is used.', yes: 'Make the link', onYes: () => link.mutate(u.id) })}
            >
              Password link
            </Button>
            <OffButton
              variant="subtle"
              off={u.id === me ? 'You cannot lock yourself out.' : undefined}
              onClick={() =>
                u.disabled
                  ? change.mutate({ id: u.id, change: { disabled: false } })
                  : confirmAct({ title: `Lock ${u.email} out`, text: 'Their sessions end. Their campaigns go on until somebody pauses them.', yes: 'Lock them out', danger: true, onYes: () => change.mutate({ id: u.id, change: { disabled: true } }) })
              }
            >
              {u.disabled ? 'Let in' : 'Lock out'}
            </OffButton>
          </>
        )}
      />
      <Section title="Add a user">
        <form
          onSubmit={(e) => {
            e.preventDefault();
            add.mutate();
          }}
        >
          <Group gap="sm" align="flex-end" wrap="wrap">
            <TextInput label="Email" type="email" className="rm-grow" required value={email} onChange={(e) => setEmail(e.currentTarget.value)} />
            <Select label="Role" w={130} data={[...roles]} value={role} onChange={(v) => setRole(roleOf(v))} allowDeselect={false} />
            <Button type="submit" loading={add.isPending} disabled={!email.trim()}>
              Add them
            </Button>
          </Group>
          {add.error && <Failure error={add.error} />}
        </form>
      </Section>
    </Stack>
  );
}
