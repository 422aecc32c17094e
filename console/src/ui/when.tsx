import { Hint } from '~/ui/hint';
import { showDistance, showFull, showInstant, zoneFor, knownZone, localZone } from '~/time/format';
import { useTimeDisplay } from '~/time/mode';

interface Props {
  at: string | null | undefined;
  /** The zone of the thing that this belongs to, for the mode "campaign". */
  zone?: string | undefined;
  /** Adds "in 5 min". */
  distance?: boolean;
  seconds?: boolean;
  none?: string;
}

/** An instant, as the reader wants instants; the full truth in a tooltip. */
export function When({ at, zone, distance = false, seconds = false, none = '–' }: Props) {
  const { mode, now } = useTimeDisplay();
  if (!at) return <span className="rm-dim">{none}</span>;
  const shown = zoneFor(mode, zone);
  const lines = [...new Set([localZone(), ...(zone ? [knownZone(zone)] : []), 'UTC'])].map((z) => showFull(at, z));
  return (
    <Hint label={<span style={{ whiteSpace: 'pre-line' }}>{lines.join('\n')}</span>} maw={420}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {showInstant(at, shown, now, seconds)}
        {distance && <span className="rm-dim"> ({showDistance(at, now)})</span>}
      </time>
    </Hint>
  );
}
