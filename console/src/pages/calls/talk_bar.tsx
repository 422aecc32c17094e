import type { Segment } from '~/api/types';
import { showClock } from '~/time/format';
import style from './talk_bar.module.css';

interface Props {
  segments: Segment[];
  lit: number[];
  onPick: (n: number) => void;
}

/** The call from its first to its last word: who spoke when. */
export function TalkBar({ segments, lit, onPick }: Props) {
  const end = Math.max(1, ...segments.map((s) => s.end_ms));
  return (
    <div className={style.box} aria-hidden="true">
      {(['assistant', 'human'] as const).map((speaker) => (
        <div key={speaker} className={style.lane}>
          {segments
            .filter((s) => s.speaker === speaker)
            .map((s) => (
              <span
                key={s.n}
                className={`${style[speaker]} ${lit.includes(s.n) ? style.lit : ''}`}
                style={{ left: `${(s.start_ms / end) * 100}%`, width: `max(3px, ${((s.end_ms - s.start_ms) / end) * 100}%)` }}
                title={`${showClock(s.start_ms / 1000)} ${s.text.slice(0, 80)}`}
                onClick={() => onPick(s.n)}
              />
            ))}
        </div>
      ))}
    </div>
  );
}
