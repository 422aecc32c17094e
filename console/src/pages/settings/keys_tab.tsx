import { Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, newKey, take } from '~/api/client';
import { keysQuery } from '~/api/queries';
import { confirmAct } from '~/ui/confirm';
import { Failure } from '~/ui/failure';
import { tellFailure } from '~/ui/notify';
import { Section } from '~/ui/section';
import { When } from '~/ui/when';
import { ListSection } from './list_section';
import { ShownOnce } from './shown_once';

const scopes = [
  ['read', 'reads everything of yours'],
  ['write', 'makes, changes and deletes; pauses, cancels and stops'],
  ['dial', 'starts campaigns and calls, approves, takes part in live calls'],
  ['admin', 'makes and ends keys, keeps secrets'],
] as const;
type Scope = (typeof scopes)[number][0];

/** Keys for programs. */
export function KeysTab() {
  const client = useQueryClient();
  const list = useQuery(keysQuery);
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string[]>(['read']);
  const [until, setUntil] = useState('');
  const refresh = () => void client.invalidateQueries({ queryKey: ['keys'] });
  const make = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/api-keys', {
          params: { header: { 'Idempotency-Key': newKey() } },
          body: {
            name: name.trim(),
            scopes: chosen as Scope[],
            ...(until ? { expires_at: new Date(`${until}T23:59:59`).toISOString() } : {}),
          },
        }),
      ),
    onSuccess: () => {
      setName('');
      refresh();
    },
  });
  const end = useMutation({
    mutationFn: (id: string) => take(api.DELETE('/api/api-keys/{id}', { params: { path: { id } } })),
    onSuccess: refresh,
    onError: tellFailure,
  });
  return (
    <Stack gap="md">
      {make.data?.key && <ShownOnce text="Copy the key now. It is not shown again." secret={make.data.key} label="Copy the key" />}
      <ListSection
        title="Keys"
        items={list.data}
        idOf={(k) => k.id}
        error={list.error}
        empty="None yet. A key lets a program use the API as you."
        row={(k) => (
          <>
            <b>{k.name}</b>
            <span className="rm-mono rm-dim">…{k.last_four}</span>
            <span className="rm-grow">{k.scopes.join(', ')}</span>
            <Text size="xs" c="dimmed">
              used <When at={k.last_used_at} none="never" />
              {k.expires_at && (
                <>
                  , ends <When at={k.expires_at} />
                </>
              )}
            </Text>
            <Button variant="subtle" onClick={() => confirmAct({ title: `End the key ${k.name}`, text: 'Programs that use it are refused at once.', yes: 'End it', danger: true, onYes: () => end.mutate(k.id) })}>
              End it
            </Button>
          </>
        )}
      />
      <Section title="Make a key">
        <form
          onSubmit={(e) => {
            e.preventDefault();
            make.mutate();
          }}
        >
          <Stack gap="sm">
            <Group gap="sm" align="flex-start" wrap="wrap">
              <TextInput label="Name" description="of the program that uses it" w={240} required maxLength={100} value={name} onChange={(e) => setName(e.currentTarget.value)} />
              <TextInput type="date" label="Ends" description="empty: it does not" w={160} value={until} onChange={(e) => setUntil(e.currentTarget.value)} />
            </Group>
            <Checkbox.Group label="It may" description="One does not include another." value={chosen} onChange={setChosen}>
              <Stack gap={10} mt={6}>
                {scopes.map(([scope, text]) => (
                  <Checkbox key={scope} value={scope} label={`${scope}: ${text}`} />
                ))}
              </Stack>
            </Checkbox.Group>
            {make.error && <Failure error={make.error} />}
            <Group justify="flex-end">
              <Button type="submit" size="sm" disabled={!name.trim() || chosen.length === 0} loading={make.isPending}>
                Make the key
              </Button>
            </Group>
          </Stack>
        </form>
      </Section>
    </Stack>
  );
}
