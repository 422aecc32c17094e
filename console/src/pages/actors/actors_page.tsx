import { Group, Select, Text } from '@mantine/core';
import { useDocumentVisibility, useLocalStorage } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { actorSorts } from '~/router';
import { actorsQuery, sessionQuery } from '~/session';
import { DataTable } from '~/ui/data_table';
import { Empty } from '~/ui/empty';
import { Failure } from '~/ui/failure';
import { Page } from '~/ui/page';
import { SearchField } from '~/ui/search_field';
import { showCount } from '~/ui/values';
import { actorColumns } from './actor_columns';
import { ActorDrawer } from './actor_drawer';
import { listOf, treeOf } from './actor_tree';

const route = getRouteApi('/inside/actors');
const sortNames = {
  tree: 'as a tree', mailbox: 'longest mailbox', messages_per_second: 'most messages', handler_p99_us: 'slowest (p99)',
  restarts: 'most restarts', age_seconds: 'oldest',
} as const;

/** The engine from the inside: every actor, from the SCHEDULER down. */
export function ActorsPage() {
  const { q, sort = 'tree', actor } = route.useSearch();
  const navigate = useNavigate({ from: '/actors' });
  const operator = useQuery(sessionQuery).data?.user.role === 'operator';
  const [every, setEvery] = useLocalStorage({ key: 'ringmaster-actors-every', defaultValue: '5' });
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  // Nobody looks at a hidden window.
  const visible = useDocumentVisibility() === 'visible';
  const pace = visible ? Number(every) * 1000 : 0;
  const list = useQuery({ ...actorsQuery(q ?? '', sort, pace), enabled: operator });
  const actors = list.data?.actors;
  const rows = useMemo(() => (sort === 'tree' && !q ? treeOf(actors ?? [], closed) : listOf(actors ?? [])), [actors, closed, q, sort]);
  const columns = useMemo(
    () =>
      actorColumns((id) =>
        setClosed((was) => {
          const next = new Set(was);
          if (!next.delete(id)) next.add(id);
          return next;
        }),
      ),
    [],
  );
  if (!operator)
    return (
      <Page title="Actors">
        <Empty title="For operators">This shows the inside of the engine for all users. Ask an operator of this installation for the role.</Empty>
      </Page>
    );
  return (
    <Page
      title="Actors"
      note={
        list.data && (
          <>
            {showCount(list.data.total)} actors{list.data.total > (actors?.length ?? 0) ? `, the first ${showCount(actors?.length)} shown; search for others` : ''}
          </>
        )
      }
    >
      {list.error ? (
        <Failure error={list.error} feature="The actor console" retry={() => void list.refetch()} />
      ) : (
        <>
          <Group gap="sm" wrap="wrap">
            <SearchField label="Search by name, kind or id" width={280} value={q} onChange={(next) => void navigate({ search: (s) => ({ ...s, q: next }), replace: true })} />
            <Select aria-label="Order" w={160} data={actorSorts.map((s) => ({ value: s, label: sortNames[s] }))} value={sort} onChange={(v) => void navigate({ search: (s) => ({ ...s, sort: actorSorts.find((x) => x === v) }), replace: true })} allowDeselect={false} />
            <Select aria-label="How often it is read" w={150} data={[{ value: '1', label: 'every second' }, { value: '5', label: 'every 5 seconds' }, { value: '15', label: 'every 15 seconds' }, { value: '0', label: 'not by itself' }]} value={every} onChange={(v) => setEvery(v ?? '5')} allowDeselect={false} />
            <Text size="xs" c="dimmed" className="rm-wide">
              p50 and p99 are the times that a handler takes
            </Text>
          </Group>
          <DataTable
            label="Actors"
            columns={columns}
            rows={rows}
            idOf={(r) => r.actor.id}
            onOpen={(r) => void navigate({ search: (s) => ({ ...s, actor: r.actor.id }) })}
            loading={list.isPending}
            total={rows.length}
            rowHeight={30}
            selected={actor}
          />
        </>
      )}
      {actor && <ActorDrawer key={actor} id={actor} pace={pace} onClose={() => void navigate({ search: ({ actor: _, ...rest }) => rest })} />}
    </Page>
  );
}
