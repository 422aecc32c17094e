import { Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import type { ReactNode } from 'react';

interface Wish {
  title: string;
  text: ReactNode;
  yes: string;
  danger?: boolean;
  onYes: () => void;
}

/** Asks before something that cannot be taken back, or that dials. */
export function confirmAct({ title, text, yes, danger = false, onYes }: Wish): void {
  modals.openConfirmModal({
    title,
    children: (
      <Text size="sm" component="div">
        {text}
      </Text>
    ),
    labels: { confirm: yes, cancel: 'Not now' },
    confirmProps: { color: danger ? 'red.8' : 'iris', size: 'sm' },
    cancelProps: { size: 'sm' },
    onConfirm: onYes,
  });
}
