import { SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { proposalsQuery } from '~/api/queries';
import { proposalFilters } from '~/router';
import { Choice } from '~/ui/choice';
import { Empty } from '~/ui/empty';
import { Failure } from '~/ui/failure';
import { flat } from '~/ui/flat';
import { Page } from '~/ui/page';
import { Button } from '@mantine/core';
import { EventList } from './event_list';
import { ProposalCard } from './proposal_card';
import { Subscription } from './subscription';

const route = getRouteApi('/inside/calendar');

/** What agents propose for the calendar, and what stands in it. */
export function CalendarPage() {
  const { status = 'pending' } = route.useSearch();
  const navigate = useNavigate({ from: '/calendar' });
  const list = useInfiniteQuery(proposalsQuery(status === 'all' ? {} : { status }));
  const proposals = flat(list.data, (p) => p.calendar_proposals);
  return (
    <Page title="Calendar" note="Agents propose; nothing changes until you approve it.">
      {list.error ? (
        <Failure error={list.error} feature="The calendar" retry={() => void list.refetch()} />
      ) : (
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md" style={{ alignItems: 'start' }}>
          <Stack gap="sm">
            <Choice label="Status" all="waiting for you" values={proposalFilters.slice(1)} value={status === 'pending' ? undefined : status} onChange={(s) => void navigate({ search: s ? { status: s } : {}, replace: true })} />
            {list.isPending && <Skeleton h={140} />}
            {list.isSuccess && proposals.length === 0 && (
              <Empty title={status === 'pending' ? 'Nothing waits for you' : 'Nothing here'}>
                {status === 'pending' && 'When an appointment is made in a call, or in a chat, it is proposed here with the call that it comes from.'}
              </Empty>
            )}
            {proposals.map((p) => (
              <ProposalCard key={p.id} proposal={p} />
            ))}
            {list.hasNextPage && (
              <Button variant="subtle" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
                Older ones
              </Button>
            )}
          </Stack>
          <Stack gap="md">
            <EventList />
            <Subscription />
            <Text size="xs" c="dimmed">
              Times of entries are shown by the clocks of their own zone.
            </Text>
          </Stack>
        </SimpleGrid>
      )}
    </Page>
  );
}
