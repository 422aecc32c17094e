import { Button, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '~/api/client';
import { type ModelTest, modelsQuery } from '~/api/trials';
import { tellFailure } from '~/ui/notify';
import { StatusBadge } from '~/ui/status_badge';
import type { Tint } from '~/ui/status';
import { showCount, showMoney } from '~/ui/values';
import { ListSection } from './list_section';
import style from './settings.module.css';

const doors: Record<string, [Tint, string]> = {
  ready: ['good', 'is asked'],
  throttled: ['warn', 'asked for a pause'],
  left_alone: ['bad', 'left alone after failures'],
  trying: ['warn', 'is tried again'],
  paused: ['bad', 'paused'],
};
const keys: Record<string, string> = { own: 'your own key', installation: 'the key of the installation', none: 'no key' };

/** Who is asked when the engine has to think, in order; and a trial of each. */
export function ModelsTab() {
  const client = useQueryClient();
  const list = useQuery(modelsQuery);
  const [results, setResults] = useState<Record<string, ModelTest>>({});
  const test = useMutation({
    mutationFn: async (name: string) => (await take(api.POST('/api/models/{name}/test', { params: { path: { name } } }))).test,
    onSuccess: (result, name) => {
      setResults((was) => ({ ...was, [name]: result }));
      void client.invalidateQueries({ queryKey: ['models'] });
    },
    onError: tellFailure,
  });
  return (
    <Stack gap="md">
      <ListSection
        title="Models, in the order in which they are asked"
        items={list.data}
        idOf={(m) => m.name}
        error={list.error}
        feature="The page of the models"
        retry={() => void list.refetch()}
        empty="None. The built-in rules plan and talk."
        row={(m) => {
          const [tint, label] = doors[m.state] ?? ['quiet', m.state];
          return (
            <>
              <div className="rm-grow" style={{ minWidth: 200 }}>
                <b>{m.name}</b> <span className="rm-dim">{m.kind === 'rules' ? 'built in, needs nothing' : m.model}</span>
                <Text size="xs" c="dimmed">
                  {[m.base_url, m.key ? keys[m.key] : undefined, m.detail].filter(Boolean).join('; ')}
                </Text>
              </div>
              <StatusBadge status={m.state} tint={tint} label={label} plain />
              <Button variant="default" loading={test.isPending && test.variables === m.name} disabled={test.isPending && test.variables !== m.name} onClick={() => test.mutate(m.name)}>
                Test
              </Button>
            </>
          );
        }}
        more={(m) => {
          const r = results[m.name];
          return (
            r && (
              <div className={style.deliveries} role="status">
                <StatusBadge status={r.ok ? 'ok' : 'failed'} label={r.ok ? 'it answered' : r.detail} plain />{' '}
                <Text span size="xs" c="dimmed">
                  {showCount(r.took_ms)} ms, {showCount(r.prompt_tokens)} tokens in, {showCount(r.completion_tokens)} out, {showMoney(r.cost)}
                </Text>
              </div>
            )
          );
        }}
      />
      <Text size="xs" c="dimmed">
        A test asks one tiny question and costs some tokens. Providers are set up in the settings of the installation; keys of
        your own are kept under own keys.
      </Text>
    </Stack>
  );
}
