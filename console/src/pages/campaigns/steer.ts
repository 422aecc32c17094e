import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import type { CampaignAct } from '~/api/types';
import { tellFailure } from '~/ui/notify';

/** Steps of a campaign's life: pause, cancel and the like. */
export function useSteer(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (act: CampaignAct) =>
      take(api.PATCH('/api/campaigns/{id}', { params: { path: { id } }, body: act })),
    onSuccess: ({ campaign }) => {
      client.setQueryData(['campaign', id], campaign);
      void client.invalidateQueries({ queryKey: ['campaigns'] });
      void client.invalidateQueries({ queryKey: ['campaign', id] });
      void client.invalidateQueries({ queryKey: ['overview'] });
    },
    onError: tellFailure,
  });
}
