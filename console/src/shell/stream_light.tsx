import { Hint } from '~/ui/hint';
import { useStreamState } from '~/live/provider';
import style from './header_tools.module.css';

const texts = {
  live: ['Live', 'What happens is shown as it happens.'],
  connecting: ['Connecting', 'The stream of events is being opened.'],
  lost: ['Not live', 'The engine does not answer. What you see may be old; this window comes back by itself.'],
} as const;

/** Whether what is shown follows what happens. */
export function StreamLight() {
  const state = useStreamState();
  const [word, text] = texts[state];
  return (
    <Hint label={text}>
      <span className={style.light} role="status">
        <span className={`${style.point} ${state === 'live' ? style.on : state === 'lost' ? style.lost : ''}`} aria-hidden="true" />
        <span className={state === 'lost' ? undefined : 'rm-wide'}>{word}</span>
      </span>
    </Hint>
  );
}
