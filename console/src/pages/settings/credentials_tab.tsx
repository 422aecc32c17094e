import { Button, Group, PasswordInput, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '~/api/client';
import { credentialsQuery } from '~/api/queries';
import { confirmAct } from '~/ui/confirm';
import { Failure } from '~/ui/failure';
import { tellDone, tellFailure } from '~/ui/notify';
import { Section } from '~/ui/section';
import { When } from '~/ui/when';
import { ListSection } from './list_section';

/** The user's own secrets for the carrier and the models. */
export function CredentialsTab() {
  const client = useQueryClient();
  const list = useQuery(credentialsQuery);
  const [kind, setKind] = useState<'carrier' | 'model'>('model');
  const [name, setName] = useState('openai');
  const [account, setAccount] = useState('');
  const [secret, setSecret] = useState('');
  const refresh = () => void client.invalidateQueries({ queryKey: ['credentials'] });
  const save = useMutation({
    mutationFn: () =>
      take(
        api.PUT('/api/credentials/{name}', {
          params: { path: { name: kind === 'carrier' ? 'carrier' : name.trim() } },
          body: kind === 'carrier' ? { account_sid: account.trim(), auth_token: secret } : { api_key: secret },
        }),
      ),
    onSuccess: () => {
      tellDone('Kept, sealed.');
      setSecret('');
      refresh();
    },
  });
  const forget = useMutation({
    mutationFn: (which: string) => take(api.DELETE('/api/credentials/{name}', { params: { path: { name: which } } })),
    onSuccess: refresh,
    onError: tellFailure,
  });
  return (
    <Stack gap="md">
      <ListSection
        title="Kept"
        items={list.data}
        idOf={(c) => c.name}
        error={list.error}
        empty="None of your own: the installation's are used, and without any the built-in rules."
        row={(c) => (
          <>
            <b>{c.name}</b>
            <span className="rm-mono rm-grow">{c.label}</span>
            <When at={c.updated_at} />
            <Button
              variant="subtle"
              onClick={() => confirmAct({ title: `Forget ${c.name}`, text: "The installation's own is used again.", yes: 'Forget it', danger: true, onYes: () => forget.mutate(c.name) })}
            >
              Forget
            </Button>
          </>
        )}
      />
      <Section title="Add or replace">
        <form
          onSubmit={(e) => {
            e.preventDefault();
            save.mutate();
          }}
        >
          <Stack gap="sm">
            <SegmentedControl
              aria-label="Of what"
              value={kind}
              onChange={(v) => setKind(v as typeof kind)}
              data={[
                { value: 'model', label: 'a provider of models' },
                { value: 'carrier', label: 'the carrier' },
              ]}
              style={{ alignSelf: 'flex-start', maxWidth: '100%' }}
            />
            {kind === 'model' ? (
              <TextInput label="Provider" description="as it is named in the settings of the installation" w={240} value={name} onChange={(e) => setName(e.currentTarget.value)} />
            ) : (
              <TextInput label="Account SID" w={340} maw="100%" value={account} onChange={(e) => setAccount(e.currentTarget.value)} autoComplete="off" />
            )}
            <PasswordInput label={kind === 'model' ? 'API key' : 'Auth token'} w={340} maw="100%" value={secret} onChange={(e) => setSecret(e.currentTarget.value)} autoComplete="off" />
            <Text size="xs" c="dimmed">
              It is sealed before it is stored, used by the engine alone, and never shown again.
            </Text>
            {save.error && <Failure error={save.error} />}
            <Group justify="flex-end">
              <Button type="submit" size="sm" disabled={!secret || (kind === 'carrier' && !account.trim())} loading={save.isPending}>
                Keep it
              </Button>
            </Group>
          </Stack>
        </form>
      </Section>
    </Stack>
  );
}
