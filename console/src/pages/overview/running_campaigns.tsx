import { Text } from '@mantine/core';
import type { Campaign } from '~/api/types';
import { windowSummary } from '~/time/window';
import { Link, LinkButton } from '~/ui/link';
import { ProgressBar } from '~/ui/progress_bar';
import { Section } from '~/ui/section';
import { showCount } from '~/ui/values';
import { When } from '~/ui/when';
import style from './overview.module.css';

/** The campaigns that dial, or would if their window were open. */
export function RunningCampaigns({ campaigns }: { campaigns: Campaign[] }) {
  return (
    <Section title="Running campaigns" aside={<Link to="/campaigns" size="xs">All campaigns</Link>} flush>
      {campaigns.length === 0 && (
        <div style={{ padding: 16 }}>
          <Text size="sm" c="dimmed" mb="sm">
            No campaign runs. A campaign dials only after you have started it, and only inside its calling window.
          </Text>
          <LinkButton to="/campaigns" variant="default">
            Look at the campaigns
          </LinkButton>
        </div>
      )}
      {campaigns.map((c) => {
        const done = c.progress.completed + c.progress.failed + c.progress.skipped;
        return (
          <div key={c.id} className={style.campaign}>
            <div className="rm-grow">
              <Link to="/campaigns/$id" params={{ id: c.id }} fw={500}>
                {c.name}
              </Link>
              <Text size="xs" c="dimmed">
                {windowSummary(c)}
              </Text>
            </div>
            <div>
              <ProgressBar progress={c.progress} />
              <Text size="xs" c="dimmed" mt={3}>
                {showCount(done)} of {showCount(c.progress.total)}
              </Text>
            </div>
            <Text size="xs" c="dimmed">
              {c.window.allowed ? (
                <>
                  inside the window{c.window.closes_at ? <>, closes <When at={c.window.closes_at} zone={c.timezone} /></> : null}
                </>
              ) : (
                <>
                  waits for the window, opens <When at={c.window.next_open_at} zone={c.timezone} />
                </>
              )}
            </Text>
          </div>
        );
      })}
    </Section>
  );
}
