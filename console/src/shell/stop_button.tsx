import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import { readyQuery } from '~/api/queries';
import { confirmAct } from '~/ui/confirm';
import { Icon } from '~/ui/icon';
import { tellDone, tellFailure } from '~/ui/notify';
import { many } from '~/ui/values';

/** The brake for everything. */
export function StopButton() {
  const client = useQueryClient();
  const stopped = useQuery(readyQuery).data?.stopped === true;
  const stop = async () => {
    try {
      const report = await take(api.POST('/api/stop'));
      tellDone(
        report.in_flight > 0
          ? `No dial starts any more. ${many(report.in_flight, 'request')} had left already.`
          : 'No dial starts any more.',
      );
      await client.invalidateQueries({ queryKey: ['ready'] });
    } catch (e) {
      tellFailure(e);
    }
  };
  if (stopped) return null;
  return (
    <Button
      variant="default"
      leftSection={<Icon name="stop" size={14} />}
      onClick={() =>
        confirmAct({
          title: 'Stop all dialing',
          text: 'No dial starts any more, in any campaign and for any task, until you release the stop. Calls that are being talked on go on. The stop holds over restarts.',
          yes: 'Stop all dialing',
          danger: true,
          onYes: () => void stop(),
        })
      }
    >
      Stop<span className="rm-wide">&nbsp;all</span>
    </Button>
  );
}
