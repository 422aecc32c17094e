import { Group, Kbd, Modal, SimpleGrid, Stack, Text } from '@mantine/core';
import { destinations } from './keys';

const general: [string[], string][] = [
  [['Ctrl', 'K'], 'Go to anything by its name'],
  [['?'], 'These keys'],
  [['/'], 'Search on this page'],
  [['n'], 'Notifications'],
  [['j'], 'Next row of a table (also arrow down)'],
  [['k'], 'Row before (also arrow up)'],
  [['Enter'], 'Open the row'],
  [['Esc'], 'Close what is open'],
];

function Row({ keys, text }: { keys: string[]; text: string }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{text}</Text>
      <Group gap={4} wrap="nowrap">
        {keys.map((k) => (
          <Kbd key={k}>{k}</Kbd>
        ))}
      </Group>
    </Group>
  );
}

/** The keys, all of them. */
export function Help({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard" size="lg">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
        <Stack gap={8}>
          {general.map(([keys, text]) => (
            <Row key={text} keys={keys} text={text} />
          ))}
        </Stack>
        <Stack gap={8}>
          {Object.entries(destinations).map(([key, place]) => (
            <Row key={key} keys={['g', key]} text={place.name} />
          ))}
        </Stack>
      </SimpleGrid>
    </Modal>
  );
}
