import { useMantineColorScheme } from '@mantine/core';
import { HeaderMenu } from './header_menu';

const schemes = [
  ['auto', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const;

/** Light, dark, or as the system says. */
export function SchemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <HeaderMenu
      label="Light or dark"
      icon="sun"
      title="Colours"
      className="rm-wide"
      items={schemes.map(([scheme, name]) => ({ name, chosen: colorScheme === scheme, run: () => setColorScheme(scheme) }))}
    />
  );
}
