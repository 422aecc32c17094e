import { Button, Group, Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ColumnDef } from '@tanstack/react-table';
import { chunksQuery } from '~/api/queries';
import type { Chunk } from '~/api/types';
import { knowledgeCategories } from '~/router';
import { DataTable } from '~/ui/data_table';
import { Empty } from '~/ui/empty';
import { Failure } from '~/ui/failure';
import { flat, totalOf } from '~/ui/flat';
import { Page } from '~/ui/page';
import { SearchField } from '~/ui/search_field';
import { When } from '~/ui/when';
import { CheckPanel } from './check_panel';
import { ChunkDrawer } from './chunk_drawer';
import { TestQuestion } from './test_question';

const route = getRouteApi('/inside/knowledge');

const columns: ColumnDef<Chunk, unknown>[] = [
  { header: 'Title', meta: { width: 'minmax(140px, 1.5fr)' }, cell: ({ row: { original: c } }) => <b style={{ fontWeight: 500 }}>{c.title}</b> },
  { header: 'Text', meta: { width: 'minmax(160px, 3fr)', wide: true }, cell: ({ row: { original: c } }) => <span title={c.text}>{c.text}</span> },
  { header: 'Category', meta: { width: '95px' }, cell: ({ row: { original: c } }) => c.category },
  { header: 'Source', meta: { width: 'minmax(100px, 150px)', wide: true }, cell: ({ row: { original: c } }) => c.source },
  { header: 'Changed', meta: { width: '110px', wide: true }, cell: ({ row: { original: c } }) => <When at={c.updated_at} /> },
];

/** What agents know beyond the business profile. Only people write it. */
export function KnowledgePage() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/knowledge' });
  const list = useInfiniteQuery(chunksQuery({ ...(search.q ? { q: search.q } : {}), ...(search.category ? { category: search.category } : {}) }));
  const rows = flat(list.data, (p) => p.chunks);
  const filtered = search.q !== undefined || search.category !== undefined;
  const open = (chunk: string) => void navigate({ search: (s) => ({ ...s, chunk }) });
  const add = <Button onClick={() => open('new')}>Add knowledge</Button>;
  return (
    <Page title="Knowledge base" note="Agents answer only from this and from the business profile. They cannot write either." actions={!list.error && add}>
      {list.error ? (
        <Failure error={list.error} feature="The knowledge base" retry={() => void list.refetch()} />
      ) : (
        <>
          <TestQuestion />
          <Group gap="sm" wrap="wrap">
            <SearchField label="Search the knowledge base" value={search.q} onChange={(q) => void navigate({ search: (s) => ({ ...s, q }), replace: true })} />
            <Select aria-label="Category" placeholder="any category" clearable w={150} data={[...knowledgeCategories]} value={search.category ?? null} onChange={(v) => void navigate({ search: (s) => ({ ...s, category: knowledgeCategories.find((c) => c === v) }), replace: true })} />
            <CheckPanel />
          </Group>
          {list.isSuccess && rows.length === 0 ? (
            <Empty title={filtered ? 'Nothing fits' : 'Nothing is known yet'} action={filtered ? undefined : add}>
              {!filtered && 'Opening hours, prices, how to find you: a sentence or two for each thing that callers ask. Answers to open questions come here, too.'}
            </Empty>
          ) : (
            <DataTable
              label="Knowledge base"
              columns={columns}
              rows={rows}
              idOf={(c) => c.id}
              onOpen={(c) => open(c.id)}
              loading={list.isPending}
              total={totalOf(list.data) ?? null}
              more={list.hasNextPage}
              onMore={() => !list.isFetchingNextPage && void list.fetchNextPage()}
              selected={search.chunk}
              around={330}
              noun={['piece', 'pieces']}
            />
          )}
        </>
      )}
      {search.chunk && <ChunkDrawer key={search.chunk} id={search.chunk} onClose={() => void navigate({ search: ({ chunk: _, ...rest }) => rest })} />}
    </Page>
  );
}
