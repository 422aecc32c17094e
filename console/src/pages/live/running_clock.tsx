import { showClock } from '~/time/format';
import { useSeconds } from '~/time/mode';

/** How long it goes on already. */
export function RunningClock({ from }: { from: string | null }) {
  const now = useSeconds(from !== null);
  if (!from) return null;
  return <span style={{ fontVariantNumeric: 'tabular-nums' }}>{showClock((now - Date.parse(from)) / 1000)}</span>;
}
