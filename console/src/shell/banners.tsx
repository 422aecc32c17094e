import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import { readyQuery } from '~/api/queries';
import { sessionQuery } from '~/session';
import { confirmAct } from '~/ui/confirm';
import { tellDone, tellFailure } from '~/ui/notify';
import style from './banners.module.css';

/** What one has to know on every page: nothing real is called, nothing is called, the clock is wrong. */
export function Banners() {
  const session = useQuery(sessionQuery).data;
  const checks = useQuery(readyQuery).data;
  const client = useQueryClient();
  const release = async () => {
    try {
      await take(api.DELETE('/api/stop'));
      tellDone('The stop is released. Campaigns that run dial again.');
      await client.invalidateQueries({ queryKey: ['ready'] });
    } catch (e) {
      tellFailure(e);
    }
  };
  return (
    <>
      {session?.installation.simulated && (
        <div className={style.banner}>Simulated: no real calls are made. Nobody&apos;s telephone rings.</div>
      )}
      {checks?.stopped && (
        <div className={`${style.banner} ${style.bad}`} role="status">
          <span>All dialing is stopped. Running campaigns wait.</span>
          <Button
            variant="default"
            size="compact-xs"
            onClick={() =>
              confirmAct({
                title: 'Release the stop',
                text: 'Every campaign that is running dials again at once, inside of its window. Nothing else is started.',
                yes: 'Release the stop',
                onYes: () => void release(),
              })
            }
          >
            Release
          </Button>
        </div>
      )}
      {checks && !checks.clock_trusted && (
        <div className={`${style.banner} ${style.bad}`}>
          The clock of this machine is not trusted, so no window is taken for open. Set the clock.
        </div>
      )}
      {checks && !checks.database && (
        <div className={`${style.banner} ${style.bad}`}>The database does not answer. Nothing is dialed until it does.</div>
      )}
    </>
  );
}
