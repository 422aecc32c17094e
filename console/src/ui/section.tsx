import { Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  title?: string;
  aside?: ReactNode;
  children: ReactNode;
  flush?: boolean;
}

/** A framed part of a page. */
export function Section({ title, aside, children, flush = false }: Props) {
  return (
    <section className="rm-card" style={{ minWidth: 0 }}>
      {title && (
        <Group justify="space-between" px="md" py={8} style={{ borderBottom: '1px solid var(--rm-line)' }}>
          <Title order={2} fz="sm">
            {title}
          </Title>
          {aside}
        </Group>
      )}
      <div style={flush ? undefined : { padding: '12px 16px' }}>{children}</div>
    </section>
  );
}
