import { localZone, type TimeMode } from '~/time/format';
import { useTimeDisplay } from '~/time/mode';
import { HeaderMenu } from './header_menu';

const modes: { mode: TimeMode; name: string }[] = [
  { mode: 'local', name: `Your time (${localZone()})` },
  { mode: 'campaign', name: "The campaign's time" },
  { mode: 'utc', name: 'UTC' },
];

/** In which zone instants are shown. */
export function TimeMenu() {
  const { mode, setMode } = useTimeDisplay();
  return (
    <HeaderMenu
      label="How times are shown"
      icon="clock"
      title="Show times as"
      items={modes.map((m) => ({ name: m.name, chosen: mode === m.mode, run: () => setMode(m.mode) }))}
    />
  );
}
