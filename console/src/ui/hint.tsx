import { cloneElement, type ReactElement, type ReactNode, useState } from 'react';
import type { Tip as TipType } from './tip';

interface Props {
  label: ReactNode;
  maw?: number;
  /** One element that is not typed into: it is made anew when its hint is wanted for the first time. */
  children: ReactElement<{ onPointerEnter?: () => void }>;
}
let Tip: typeof TipType | undefined;

/** A tooltip whose script comes with the first one that is looked at. */
export function Hint({ label, maw, children }: Props) {
  const [wanted, want] = useState(false);
  if (wanted && Tip)
    return (
      <Tip label={label} {...(maw ? { maw } : {})}>
        {children}
      </Tip>
    );
  const load = async () => {
    try {
      Tip ??= (await import('./tip')).Tip;
    } catch {
      return; // the engine is away; the next pointer tries again
    }
    want(true);
  };
  return cloneElement(children, { onPointerEnter: () => void load() });
}
