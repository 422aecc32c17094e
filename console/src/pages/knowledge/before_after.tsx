import { Text } from '@mantine/core';
import type { ResolvedGap } from '~/api/types';
import style from './before_after.module.css';
import { Sources } from './sources';

/** What was said, and what is said now. */
export function BeforeAfter({ result: r }: { result: ResolvedGap }) {
  return (
    <div className={style.pair}>
      <div className={style.side}>
        <Text size="xs" c="dimmed">
          Before
        </Text>
        <div className="rm-wrap">{r.before.reply ?? 'It was not written down what was said.'}</div>
      </div>
      <div className={`${style.side} ${r.after?.covered ? style.good : ''}`}>
        <Text size="xs" c="dimmed">
          Now
        </Text>
        <div className="rm-wrap">{r.after?.reply ?? 'It was not asked again.'}</div>
        {r.after && <Sources sources={r.after.sources} />}
      </div>
    </div>
  );
}
