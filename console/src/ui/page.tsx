import { Group, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import style from './page.module.css';

interface Props {
  title: string;
  /** Before the title: where this belongs. */
  above?: ReactNode;
  /** Behind the title: a status. */
  beside?: ReactNode;
  /** Below it, one line. */
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  narrow?: boolean;
}

/** The frame of every page. */
export function Page({ title, above, beside, note, actions, children, narrow = false }: Props) {
  useDocumentTitle(`${title} · Ringmaster`);
  return (
    <div className={`${style.page} ${narrow ? style.narrow : ''}`}>
      <header className={style.head}>
        <div className="rm-grow">
          {above && <div className={style.above}>{above}</div>}
          <Group gap="sm" wrap="wrap">
            <Title order={1} className={style.title}>
              {title}
            </Title>
            {beside}
          </Group>
          {note && (
            <Text size="sm" c="dimmed" component="div">
              {note}
            </Text>
          )}
        </div>
        {actions && (
          <Group gap="xs" wrap="wrap">
            {actions}
          </Group>
        )}
      </header>
      {children}
    </div>
  );
}
