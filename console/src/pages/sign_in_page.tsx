import { Alert, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Problem } from '~/api/problem';
import { sessionQuery, signIn } from '~/session';
import { Door } from './door';

const route = getRouteApi('/sign-in');

/** Why it did not work, for people. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Problem)) return 'Something went wrong. Try again.';
  if (error.status === 401) return 'This address and password do not belong together.';
  if (error.status === 429)
    return `Too many tries. Wait ${error.retryAfter ?? 60} seconds, then try again.`;
  if (error.status === 404) return 'This engine has no sign-in. Its API takes keys only.';
  return error.message;
}

export function SignInPage() {
  const { next } = route.useSearch();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    setBusy(true);
    setFailure(undefined);
    try {
      const session = await signIn(email.trim(), password);
      client.setQueryData(sessionQuery.queryKey, session);
      // Only a path of this console: another origin is never gone to from here.
      await navigate({ href: next && /^\/(?![/\\])/.test(next) ? next : '/' });
    } catch (error) {
      setFailure(sentenceOf(error));
      setPassword('');
    } finally {
      setBusy(false);
    }
  };
  return (
    <Door title="Sign in">
      <form onSubmit={(e) => void submit(e)}>
        <Stack gap="sm">
          {failure && (
            <Alert color="red" variant="outline" role="alert">
              {failure}
            </Alert>
          )}
          <TextInput label="Email" type="email" size="sm" autoComplete="username" required value={email} onChange={(e) => setEmail(e.currentTarget.value)} data-autofocus autoFocus />
          <PasswordInput label="Password" size="sm" autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
          <Button type="submit" size="sm" loading={busy}>
            Sign in
          </Button>
          <Text size="xs" c="dimmed">
            No account yet? The engine prints a one-time link when it starts for the first time. Operators add further people
            under settings.
          </Text>
        </Stack>
      </form>
    </Door>
  );
}
