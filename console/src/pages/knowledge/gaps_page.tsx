import { Group, Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ColumnDef } from '@tanstack/react-table';
import { gapsQuery } from '~/api/queries';
import type { Gap } from '~/api/types';
import { agents, gapFilters, knowledgeCategories } from '~/router';
import { Choice } from '~/ui/choice';
import { DataTable } from '~/ui/data_table';
import { Empty } from '~/ui/empty';
import { Failure } from '~/ui/failure';
import { flat, totalOf } from '~/ui/flat';
import { LinkButton } from '~/ui/link';
import { Page } from '~/ui/page';
import { SearchField } from '~/ui/search_field';
import { StatusBadge } from '~/ui/status_badge';
import { When } from '~/ui/when';
import { GapDrawer } from './gap_drawer';

const route = getRouteApi('/inside/gaps');

const columns: ColumnDef<Gap, unknown>[] = [
  { header: 'Question', meta: { width: 'minmax(180px, 3fr)' }, cell: ({ row: { original: g } }) => <span title={g.question}>{g.question}</span> },
  { header: 'What is missing', meta: { width: 'minmax(130px, 2fr)', wide: true }, cell: ({ row: { original: g } }) => <span title={g.requested_info}>{g.requested_info}</span> },
  { header: 'Status', meta: { width: '100px' }, cell: ({ row: { original: g } }) => <StatusBadge status={g.status} /> },
  { header: 'Calls', meta: { width: '60px', right: true, wide: true }, cell: ({ row: { original: g } }) => g.calls_affected },
  { header: 'Asked', meta: { width: '65px', right: true }, cell: ({ row: { original: g } }) => `${g.times_asked} x` },
  { header: 'Category', meta: { width: '95px', wide: true }, cell: ({ row: { original: g } }) => g.suggested_category },
  { header: 'Agent', meta: { width: '80px', wide: true }, cell: ({ row: { original: g } }) => g.agent },
  { header: 'Asked last', meta: { width: '110px', wide: true }, cell: ({ row: { original: g } }) => <When at={g.last_asked_at} /> },
];

/** What was asked and could not be answered; those that concern most calls first. */
export function GapsPage() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/gaps' });
  const status = search.status ?? 'open';
  const list = useInfiniteQuery(
    gapsQuery({
      ...(status === 'all' ? {} : { status }),
      ...(search.q ? { q: search.q } : {}),
      ...(search.category ? { category: search.category } : {}),
      ...(search.agent ? { agent: search.agent } : {}),
    }),
  );
  const rows = flat(list.data, (p) => p.knowledge_gaps);
  const filtered = search.q !== undefined || search.category !== undefined || search.agent !== undefined;
  return (
    <Page title="Knowledge gaps" note="An agent that does not know says so, and asks you here. Answer once, and it knows the next time.">
      <Group gap="sm" wrap="wrap">
        <SearchField label="Search questions" value={search.q} onChange={(q) => void navigate({ search: (s) => ({ ...s, q }), replace: true })} />
        <Choice
          label="Status"
          all="open"
          values={gapFilters.slice(1)}
          value={status === 'open' ? undefined : status}
          onChange={(s) => void navigate({ search: (was) => ({ ...was, status: s }), replace: true })}
        />
        <Select aria-label="Category" placeholder="any category" clearable w={140} data={[...knowledgeCategories]} value={search.category ?? null} onChange={(v) => void navigate({ search: (s) => ({ ...s, category: knowledgeCategories.find((c) => c === v) }), replace: true })} />
        <Select aria-label="Agent" placeholder="any agent" clearable w={120} data={[...agents]} value={search.agent ?? null} onChange={(v) => void navigate({ search: (s) => ({ ...s, agent: agents.find((a) => a === v) }), replace: true })} />
      </Group>
      {list.error && <Failure error={list.error} feature="The list of knowledge gaps" retry={() => void list.refetch()} />}
      {list.isSuccess && rows.length === 0 ? (
        <Empty
          title={filtered ? 'No question fits' : status === 'open' ? 'No open question' : 'Nothing here'}
          action={!filtered && status === 'open' ? <LinkButton to="/ask" variant="default">Ask an agent something</LinkButton> : undefined}
        >
          {!filtered && status === 'open' && 'When a caller asks what your agents do not know, the question stands here, once, with how often it was asked.'}
        </Empty>
      ) : (
        !list.error && (
          <DataTable
            label="Knowledge gaps"
            columns={columns}
            rows={rows}
            idOf={(g) => g.id}
            onOpen={(g) => void navigate({ search: (s) => ({ ...s, gap: g.id }) })}
            loading={list.isPending}
            total={totalOf(list.data) ?? null}
            more={list.hasNextPage}
            onMore={() => !list.isFetchingNextPage && void list.fetchNextPage()}
            selected={search.gap}
            noun={['question', 'questions']}
          />
        )
      )}
      {search.gap && <GapDrawer key={search.gap} id={search.gap} onClose={() => void navigate({ search: ({ gap: _, ...rest }) => rest })} />}
    </Page>
  );
}
