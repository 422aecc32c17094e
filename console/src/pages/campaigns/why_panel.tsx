import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { whyQuery } from '~/api/queries';
import type { Campaign } from '~/api/types';
import { many } from '~/ui/values';
import { When } from '~/ui/when';

/** Why a campaign is not dialing now, or that it is; and when that changes. */
export function WhyPanel({ campaign: c }: { campaign: Campaign }) {
  const why = useQuery(whyQuery(c.id)).data;
  if (!why) return null;
  const next = why.next_at ?? (why.window.allowed ? null : why.window.next_open_at);
  return (
    <div className="rm-sentence" role="status">
      <Text size="sm" fw={500} component="span">
        {why.dialing ? 'It dials.' : 'It does not dial now.'}
      </Text>{' '}
      {!why.dialing && why.reason && <span>{sentence(why.reason)} </span>}
      {why.live_calls > 0 && <span>{many(why.live_calls, 'call is', 'calls are')} live. </span>}
      {why.window.allowed && why.window.closes_at && (
        <span>
          The window closes at <When at={why.window.closes_at} zone={c.timezone} distance />.{' '}
        </span>
      )}
      {next && (
        <span>
          {why.next_at ? 'Next try' : 'Next opening'} at <When at={next} zone={c.timezone} distance />.
        </span>
      )}
    </div>
  );
}

function sentence(reason: string): string {
  const text = reason.trim();
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
}
