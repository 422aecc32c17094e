import { Drawer, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import { Failure } from '~/ui/failure';
import { ChunkForm } from './chunk_form';

/** One piece of knowledge, to read, to change or to add. */
export function ChunkDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const isNew = id === 'new';
  const chunk = useQuery({
    queryKey: ['chunks', 'one', id],
    enabled: !isNew,
    queryFn: async () => (await take(api.GET('/api/knowledge/{id}', { params: { path: { id } } }))).chunk,
  });
  return (
    <Drawer opened onClose={onClose} position="right" size="lg" title={isNew ? 'Add knowledge' : 'Knowledge'}>
      {chunk.error && <Failure error={chunk.error} />}
      {!isNew && chunk.isPending && <Skeleton h={200} />}
      {(isNew || chunk.data) && <ChunkForm chunk={chunk.data ?? null} onClose={onClose} />}
    </Drawer>
  );
}
