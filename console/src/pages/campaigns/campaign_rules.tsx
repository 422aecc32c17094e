import { SimpleGrid, Text } from '@mantine/core';
import type { Campaign } from '~/api/types';
import { Facts } from '~/ui/facts';
import { Link } from '~/ui/link';
import { Section } from '~/ui/section';
import { wordsOf } from '~/ui/status';
import { showCount } from '~/ui/values';
import { When } from '~/ui/when';
import { WindowPreview } from '~/ui/window_preview';

/** The rules of a campaign, and what its calls say. */
export function CampaignRules({ campaign: c }: { campaign: Campaign }) {
  const limit = (n: number | null) => (n === null ? 'no limit' : showCount(n));
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Section title="Rules">
        <WindowPreview shape={c} />
        <Facts
          rows={[
            ['Dials per minute', limit(c.rate_limit_per_minute)],
            ['Dials per hour', limit(c.rate_limit_per_hour)],
            ['Calls at once', showCount(c.max_concurrent_calls)],
            ['Attempts per number', showCount(c.max_attempts)],
            ['Calls', c.call_style === 'announcement' ? 'read the script and hang up' : 'speak and listen'],
            ['On a voicemail', wordsOf(c.voicemail_action ?? 'hang_up')],
            ['On a menu', wordsOf(c.menu_action ?? 'hang_up')],
            ['Recorded', c.record_calls ? 'yes' : 'no'],
            ['Type', c.type],
            ['Redials', c.redial_of ? <Link key="r" to="/campaigns/$id" params={{ id: c.redial_of }}>the numbers that this one missed</Link> : undefined],
            ['Scheduled for', c.start_at ? <When key="s" at={c.start_at} zone={c.timezone} distance /> : undefined],
            ['Started', c.started_at ? <When key="b" at={c.started_at} zone={c.timezone} /> : undefined],
            ['Completed', c.completed_at ? <When key="e" at={c.completed_at} zone={c.timezone} /> : undefined],
            ['Paused because', c.pause_reason ?? undefined],
          ]}
        />
      </Section>
      <Section title="Script">
        {c.script ? <div className="rm-wrap">{c.script}</div> : <Text c="dimmed">There is none.</Text>}
        {c.result_schema && (
          <>
            <Text size="xs" c="dimmed" mt="md">
              Every call shall find out
            </Text>
            <pre className="rm-mono rm-wrap" style={{ margin: 0 }}>
              {JSON.stringify(c.result_schema, null, 2)}
            </pre>
          </>
        )}
      </Section>
    </SimpleGrid>
  );
}
