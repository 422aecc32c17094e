import { type Tint, tintOf, wordsOf } from './status';
import style from './status.module.css';

interface Props {
  status: string;
  label?: string;
  tint?: Tint;
  plain?: boolean;
}

/** A dot and a word. */
export function StatusBadge({ status, label, tint, plain = false }: Props) {
  const hue = tint ?? tintOf(status);
  const moving = hue === 'live';
  return (
    <span className={`${style.status} ${plain ? '' : style.boxed}`}>
      <span className={`${style.dot} ${style[hue]} ${moving ? style.pulse : ''}`} aria-hidden="true" />
      {label ?? wordsOf(status)}
    </span>
  );
}
