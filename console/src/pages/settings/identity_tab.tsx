import { Button, Group, Skeleton, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '~/api/client';
import { identityQuery, settingsQuery } from '~/api/queries';
import { Failure } from '~/ui/failure';
import { tellDone, tellFailure } from '~/ui/notify';
import { Section } from '~/ui/section';
import { wordsOf } from '~/ui/status';
import style from './settings.module.css';

/** Facts that prove who calls: which are kept, and which may be spoken. */
export function IdentityTab() {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(identityQuery);
  const settings = useQuery(settingsQuery).data?.assistant_settings;
  const [typed, setTyped] = useState<Record<string, string>>({});
  const refresh = () => {
    void client.invalidateQueries({ queryKey: ['identity'] });
    void client.invalidateQueries({ queryKey: ['settings'] });
  };
  const keep = useMutation({
    mutationFn: (fields: Record<string, string | null>) => take(api.PUT('/api/identity-fields', { body: { fields } })),
    onSuccess: () => {
      tellDone('Done.');
      setTyped({});
      refresh();
    },
    onError: tellFailure,
  });
  const allow = useMutation({
    mutationFn: (names: string[]) =>
      take(api.PUT('/api/assistant-settings', { body: { allowed_auth_fields: names as NonNullable<typeof settings>['allowed_auth_fields'] } })),
    onSuccess: refresh,
    onError: tellFailure,
  });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton h={300} />;
  const allowed = settings?.allowed_auth_fields ?? [];
  return (
    <Section title="What may prove that you are you">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          These are kept sealed and shown to nobody, not even to you. A call may say those that you allow; the others are filtered
          out of everything it says.
        </Text>
        {data.map((f) => (
          <div key={f.name} className={style.identity}>
            <TextInput
              label={wordsOf(f.name)}
              placeholder={f.set ? 'kept; type to replace it' : 'not kept'}
              autoComplete="off"
              value={typed[f.name] ?? ''}
              maxLength={200}
              onChange={(e) => {
                const value = e.currentTarget.value;
                setTyped((was) => ({ ...was, [f.name]: value }));
              }}
            />
            <Switch
              label="may be spoken"
              checked={f.allowed}
              disabled={allow.isPending}
              onChange={(e) => allow.mutate(e.currentTarget.checked ? [...allowed, f.name] : allowed.filter((n) => n !== f.name))}
            />
            <Button variant="subtle" disabled={!f.set} onClick={() => keep.mutate({ [f.name]: null })}>
              Forget
            </Button>
          </div>
        ))}
        <Group justify="flex-end">
          <Button
            size="sm"
            loading={keep.isPending}
            disabled={!Object.values(typed).some((v) => v.trim())}
            onClick={() => keep.mutate(Object.fromEntries(Object.entries(typed).filter(([, v]) => v.trim())))}
          >
            Keep
          </Button>
        </Group>
      </Stack>
    </Section>
  );
}
