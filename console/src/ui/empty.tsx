import { Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import style from './empty.module.css';

/** Nothing is here: what would be, and the one thing to do about it. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={style.empty}>
      <Title order={2}>{title}</Title>
      {children && (
        <Text c="dimmed" size="sm" maw={460}>
          {children}
        </Text>
      )}
      {action}
    </div>
  );
}
