import { Group, Text } from '@mantine/core';
import type { Campaign } from '~/api/types';
import { windowSummary } from '~/time/window';
import { ProgressBar } from '~/ui/progress_bar';
import { showCount, showShare } from '~/ui/values';
import style from './progress_panel.module.css';

const names = ['pending', 'calling', 'completed', 'failed', 'skipped'] as const;

/** How far a campaign is, in numbers. */
export function ProgressPanel({ campaign: c }: { campaign: Campaign }) {
  const p = c.progress;
  const done = p.completed + p.failed + p.skipped;
  const rate = (n: number | null) => (n === null ? 'no limit' : showCount(n));
  return (
    <div className={`rm-card ${style.panel}`}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={500}>
          {showCount(done)} of {showCount(p.total)} done, {showShare(done, p.total)}
        </Text>
        <Text size="xs" c="dimmed">
          {windowSummary(c)} {c.timezone}; per minute {rate(c.rate_limit_per_minute)}, per hour {rate(c.rate_limit_per_hour)}; at
          once {showCount(c.max_concurrent_calls)}
        </Text>
      </Group>
      <ProgressBar progress={p} tall />
      <div className={style.figures}>
        {names.map((n) => (
          <span key={n}>
            <span className={`${style.key} ${style[n]}`} aria-hidden="true" />
            {n} <b>{showCount(p[n])}</b>
          </span>
        ))}
        <span>
          attempts <b>{showCount(p.attempts)}</b>
        </span>
      </div>
    </div>
  );
}
