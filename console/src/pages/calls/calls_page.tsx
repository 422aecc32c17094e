import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { callPages } from '~/api/queries';
import { DataTable } from '~/ui/data_table';
import { Empty } from '~/ui/empty';
import { Failure } from '~/ui/failure';
import { usePages } from '~/ui/use_pages';
import { LinkButton } from '~/ui/link';
import { Page } from '~/ui/page';
import { SearchField } from '~/ui/search_field';
import { callColumns } from './call_columns';

const route = getRouteApi('/inside/calls');

/** All calls, and the search in what was said. */
export function CallsPage() {
  const { q } = route.useSearch();
  const navigate = useNavigate({ from: '/calls' });
  const list = usePages(callPages(q ? { q } : {}));
  const columns = useMemo(() => callColumns({ of: true }), []);
  return (
    <Page title="Call history">
      <SearchField label="Search what was said" width={320} value={q} onChange={(next) => void navigate({ search: next ? { q: next } : {}, replace: true })} />
      {list.error && <Failure error={list.error} retry={list.refetch} />}
      {!list.isPending && !list.error && list.count === 0 ? (
        q ? (
          <Empty title="Nobody said that">No transcript has these words.</Empty>
        ) : (
          <Empty title="No calls yet" action={<LinkButton to="/tasks/new">Have a call made</LinkButton>}>
            Every call stands here with its transcript and with what it came to.
          </Empty>
        )
      ) : (
        <DataTable
          label="Calls"
          columns={columns}
          pages={list}
          idOf={(c) => c.id}
          onOpen={(c) => void navigate({ to: '/calls/$id', params: { id: c.id } })}
          loading={list.isPending}
          total={list.total}
          rowHeight={34}
          noun={['call', 'calls']}
        />
      )}
    </Page>
  );
}
