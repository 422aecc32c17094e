import { Hint } from '~/ui/hint';
import type { Progress } from '~/api/types';
import style from './progress_bar.module.css';
import { showCount } from './values';

const parts = ['completed', 'calling', 'failed', 'skipped'] as const;

/** How far a campaign is: one bar, a part for each end that a target can have. */
export function ProgressBar({ progress, tall = false }: { progress: Progress; tall?: boolean }) {
  const { total } = progress;
  const done = progress.completed + progress.failed + progress.skipped;
  const text =
    total === 0
      ? 'no targets'
      : [...parts, 'pending' as const]
          .filter((p) => progress[p] > 0)
          .map((p) => `${showCount(progress[p])} ${p}`)
          .join(', ');
  return (
    <Hint label={text}>
      <div
        className={`${style.bar} ${tall ? style.tall : ''}`}
        role="progressbar"
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
        aria-valuetext={text}
        aria-label="Targets done"
      >
        {parts.map((p) =>
          progress[p] > 0 ? (
            <span key={p} className={style[p]} style={{ width: `${(progress[p] / Math.max(1, total)) * 100}%` }} />
          ) : null,
        )}
      </div>
    </Hint>
  );
}
