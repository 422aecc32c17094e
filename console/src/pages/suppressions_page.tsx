import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import type { ColumnDef } from '@tanstack/react-table';
import { useState } from 'react';
import { api, newKey, take } from '~/api/client';
import { suppressionsQuery } from '~/api/queries';
import type { Suppression } from '~/api/types';
import { confirmAct } from '~/ui/confirm';
import { DataTable } from '~/ui/data_table';
import { Empty } from '~/ui/empty';
import { Failure } from '~/ui/failure';
import { flat, totalOf } from '~/ui/flat';
import { tellDone, tellFailure } from '~/ui/notify';
import { PhoneNumber } from '~/ui/number_cell';
import { Page } from '~/ui/page';
import { Section } from '~/ui/section';
import { wordsOf } from '~/ui/status';
import { many, showNumber } from '~/ui/values';
import { When } from '~/ui/when';

/** Numbers that are never called, whatever asks for it. */
export function SuppressionsPage() {
  const client = useQueryClient();
  const list = useInfiniteQuery(suppressionsQuery);
  const rows = flat(list.data, (p) => p.suppressions);
  const [numbers, setNumbers] = useState('');
  const [reason, setReason] = useState('');
  const wished = numbers.split(/[\n,;]+/).map((n) => n.trim()).filter(Boolean);
  const refresh = () => void client.invalidateQueries({ queryKey: ['suppressions'] });
  const add = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/suppressions', {
          params: { header: { 'Idempotency-Key': newKey() } },
          body: { suppressions: wished.map((phone_number) => ({ phone_number, ...(reason.trim() ? { reason: reason.trim() } : {}) })) },
        }),
      ),
    onSuccess: () => {
      tellDone(`${many(wished.length, 'number is', 'numbers are')} never called.`);
      setNumbers('');
      setReason('');
      refresh();
    },
  });
  const remove = useMutation({
    mutationFn: (id: string) => take(api.DELETE('/api/suppressions/{id}', { params: { path: { id } } })),
    onSuccess: refresh,
    onError: tellFailure,
  });
  const columns: ColumnDef<Suppression, unknown>[] = [
    { header: 'Number', meta: { width: '160px' }, cell: ({ row: { original: s } }) => <PhoneNumber number={s.phone_number} /> },
    { header: 'Why', meta: { width: 'minmax(140px, 2fr)', wide: true }, cell: ({ row: { original: s } }) => s.reason || <span className="rm-dim">–</span> },
    { header: 'From', meta: { width: 'minmax(90px, 1fr)' }, cell: ({ row: { original: s } }) => wordsOf(s.source) },
    { header: 'Since', meta: { width: '120px', wide: true }, cell: ({ row: { original: s } }) => <When at={s.created_at} /> },
    {
      id: 'act',
      header: '',
      meta: { width: '80px', right: true },
      cell: ({ row: { original: s } }) => (
        <Button
          variant="subtle"
          size="compact-xs"
          onClick={() =>
            confirmAct({
              title: `Allow calls to ${showNumber(s.phone_number)} again`,
              text: 'If this person asked not to be called, calling them may be against the law.',
              yes: 'Allow calls again',
              danger: true,
              onYes: () => remove.mutate(s.id),
            })
          }
        >
          Allow
        </Button>
      ),
    },
  ];
  return (
    <Page title="Never call" note="No campaign and no task ever dials these numbers. Whoever asks in a call not to be called again is put here by itself.">
      <Section title="Add numbers">
        <form
          onSubmit={(e) => {
            e.preventDefault();
            add.mutate();
          }}
        >
          <Stack gap="sm">
            <Group gap="sm" align="flex-start" wrap="wrap">
              <Textarea label="Numbers" description="one in a line" autosize minRows={2} maxRows={8} w={240} value={numbers} onChange={(e) => setNumbers(e.currentTarget.value)} />
              <TextInput label="Why" description="for your own record" className="rm-grow" maxLength={500} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
            </Group>
            {add.error && <Failure error={add.error} />}
            <Group justify="flex-end">
              <Button type="submit" disabled={wished.length === 0} loading={add.isPending}>
                Never call {wished.length > 1 ? many(wished.length, 'number') : 'it'}
              </Button>
            </Group>
          </Stack>
        </form>
      </Section>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && rows.length === 0 ? (
        <Empty title="No number yet">
          <Text span>Everybody in your lists may be called, inside of the windows.</Text>
        </Empty>
      ) : (
        <DataTable
          label="Numbers that are never called"
          columns={columns}
          rows={rows}
          idOf={(s) => s.id}
          loading={list.isPending}
          total={totalOf(list.data) ?? null}
          more={list.hasNextPage}
          onMore={() => !list.isFetchingNextPage && void list.fetchNextPage()}
          around={400}
          noun={['number', 'numbers']}
        />
      )}
    </Page>
  );
}
