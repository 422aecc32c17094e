import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { localZone, type TimeMode } from '~/time/format';
import { useTimeDisplay } from '~/time/mode';
import { Icon } from '~/ui/icon';

const modes: { mode: TimeMode; name: string }[] = [
  { mode: 'local', name: `Your time (${localZone()})` },
  { mode: 'campaign', name: "The campaign's time" },
  { mode: 'utc', name: 'UTC' },
];

/** In which zone instants are shown. */
export function TimeMenu() {
  const { mode, setMode } = useTimeDisplay();
  return (
    <Menu>
      <Menu.Target>
        <Tooltip label="How times are shown">
          <ActionIcon aria-label="How times are shown" size="md">
            <Icon name="clock" />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Show times as</Menu.Label>
        {modes.map((m) => (
          <Menu.Item
            key={m.mode}
            role="menuitemradio"
            aria-checked={mode === m.mode}
            onClick={() => setMode(m.mode)}
            rightSection={mode === m.mode ? <Icon name="check" size={14} /> : null}
          >
            {m.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
