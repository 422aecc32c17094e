import { Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import style from './door.module.css';

/** The frame of the two pages before the console. */
export function Door({ title, children }: { title: string; children: ReactNode }) {
  useDocumentTitle(`${title} · Ringmaster`);
  return (
    <main className={style.door}>
      <div className={`rm-card ${style.box}`}>
        <div className={style.mark} aria-hidden="true" />
        <Title order={1}>{title}</Title>
        {children}
      </div>
    </main>
  );
}
