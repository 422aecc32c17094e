import { SimpleGrid, Skeleton } from '@mantine/core';
import { useFullscreenElement } from '@mantine/hooks';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { liveQuery } from '~/api/queries';
import { Empty } from '~/ui/empty';
import { Failure } from '~/ui/failure';
import { LinkButton } from '~/ui/link';
import { Page } from '~/ui/page';
import { many } from '~/ui/values';
import { isLive } from './is_live';
import { LiveCard } from './live_card';

const most = 60;

/** Every call that goes on, with its words as they are spoken. */
export function LivePage() {
  const list = useQuery(liveQuery);
  const { ref, toggle, fullscreen } = useFullscreenElement();
  const live = (list.data ?? []).filter(isLive);
  // Those that are talked on stand first; among them the oldest, so that cards do not jump.
  const rank = (answered: string | null) => (answered ? 0 : 1);
  const cards = [...live].sort(
    (a, b) => rank(a.answered_at) - rank(b.answered_at) || Date.parse(a.created_at ?? '') - Date.parse(b.created_at ?? ''),
  );
  return (
    <div ref={ref} style={{ background: 'var(--mantine-color-body)', overflow: 'auto' }}>
      <Page
        title="Live calls"
        note={live.length > 0 ? many(live.length, 'call is live', 'calls are live') : undefined}
        actions={
          <Button variant="default" className="rm-wide" onClick={() => void toggle()}>
            {fullscreen ? 'Leave the wallboard' : 'Wallboard'}
          </Button>
        }
      >
        {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
        {list.isPending && <Skeleton h={200} />}
        {list.isSuccess && live.length === 0 && (
          <Empty title="Nobody is on the line" action={<LinkButton to="/campaigns">Look at the campaigns</LinkButton>}>
            When a campaign runs inside of its window, or a task is called, its calls stand here and you can listen with your
            eyes, say something yourself, or end them.
          </Empty>
        )}
        <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="md">
          {cards.slice(0, most).map((c) => (
            <LiveCard key={c.id} call={c} />
          ))}
        </SimpleGrid>
        {cards.length > most && <p className="rm-dim">and {many(cards.length - most, 'further call')}</p>}
      </Page>
    </div>
  );
}
