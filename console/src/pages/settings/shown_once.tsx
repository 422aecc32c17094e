import { Code, Group, Text } from '@mantine/core';
import { Copy } from '~/ui/copy';
import style from './settings.module.css';

/** A secret that is on the screen this one time. */
export function ShownOnce({ text, secret, label }: { text: string; secret: string; label: string }) {
  return (
    <div className={style.secret} role="status">
      <Text size="sm" fw={600}>
        {text}
      </Text>
      <Group gap="xs" wrap="nowrap">
        <Code>{secret}</Code>
        <Copy text={secret} label={label} />
      </Group>
    </div>
  );
}
