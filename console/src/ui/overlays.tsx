import { type ReactNode, useEffect, useState } from 'react';
import { lazily } from './lazily';

type Make = (close: () => void) => ReactNode;
interface Host {
  add: (make: Make) => void;
  wantToasts: () => void;
}
let host: Host | undefined;

const ToastHost = lazily(() => import('./toast_host').then((m) => m.ToastHost));

/** Shows a dialog from wherever; it gets the means to go away again. */
export function openOverlay(make: Make): void {
  host?.add(make);
}
/** Called before a message is shown: its place on the screen is loaded with the first one. */
export function wantToasts(): void {
  host?.wantToasts();
}

/** Where dialogs and messages stand that belong to no page. */
export function Overlays() {
  const [open, setOpen] = useState<{ key: number; make: Make }[]>([]);
  const [toasts, setToasts] = useState(false);
  useEffect(() => {
    let next = 0;
    host = {
      add: (make) => setOpen((was) => [...was, { key: next++, make }]),
      wantToasts: () => setToasts(true),
    };
    return () => {
      host = undefined;
    };
  }, []);
  return (
    <>
      {open.map(({ key, make }) => (
        <div key={key}>{make(() => setOpen((was) => was.filter((o) => o.key !== key)))}</div>
      ))}
      {toasts && <ToastHost />}
    </>
  );
}
