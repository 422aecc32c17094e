import type { ReactNode } from 'react';
import { lazily } from './lazily';
import { openOverlay } from './overlays';

export interface ConfirmWish {
  title: string;
  text: ReactNode;
  yes: string;
  danger?: boolean;
  onYes: () => void;
}
const ConfirmDialog = lazily<{ wish: ConfirmWish; onClose: () => void }>(() =>
  import('./confirm_dialog').then((m) => m.ConfirmDialog),
);

/** Asks before something that cannot be taken back, or that dials. */
export function confirmAct(wish: ConfirmWish): void {
  openOverlay((close) => <ConfirmDialog wish={wish} onClose={close} />);
}
