import { Alert, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { messagesByField, Problem } from '~/api/problem';
import { sessionQuery, welcome } from '~/session';
import { Link } from '~/ui/link';
import { Door } from './door';

/** The token stands behind #, which no server and no log ever sees. */
function tokenOf(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? '';
}

const shortest = 12;

export function WelcomePage() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [token] = useState(() => tokenOf(location.hash));
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const fields = error instanceof Problem ? messagesByField(error) : {};
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const session = await welcome(token, email.trim(), password);
      client.setQueryData(sessionQuery.queryKey, session);
      history.replaceState(null, '', location.pathname);
      await navigate({ to: '/' });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  if (!token)
    return (
      <Door title="Welcome">
        <Text size="sm">This link has no token. Copy the whole line that the engine printed, or sign in.</Text>
        <Link to="/sign-in">To the sign-in</Link>
      </Door>
    );
  return (
    <Door title="Welcome">
      <form onSubmit={(e) => void submit(e)}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            Choose how you sign in from now on. The link works once.
          </Text>
          {error !== undefined && (
            <Alert color="red" variant="outline" role="alert">
              {error instanceof Problem && (error.status === 401 || error.status === 404)
                ? 'This link was used already, or is too old. Restart the engine for a new one, or sign in.'
                : error instanceof Error
                  ? error.message
                  : 'Something went wrong. Try again.'}
            </Alert>
          )}
          <TextInput label="Email" type="email" size="sm" autoComplete="username" required value={email} error={fields.email} onChange={(e) => setEmail(e.currentTarget.value)} autoFocus />
          <PasswordInput
            label="Password"
            description={`At least ${shortest} characters. A few words in a row are good.`}
            size="sm"
            autoComplete="new-password"
            required
            minLength={shortest}
            value={password}
            error={fields.password}
            onChange={(e) => setPassword(e.currentTarget.value)}
          />
          <Button type="submit" size="sm" loading={busy}>
            Begin
          </Button>
          <Link to="/sign-in" size="xs">
            I have an account
          </Link>
        </Stack>
      </form>
    </Door>
  );
}
