import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import type { MouseEventHandler, ReactNode } from 'react';

interface Props extends ButtonProps {
  /** Why the button is off; without it, it is on. */
  off?: string | false | undefined;
  onClick?: MouseEventHandler<HTMLButtonElement>;
  children: ReactNode;
  type?: 'button' | 'submit';
}

/** A button that, when it is off, stays reachable and says why. */
export function OffButton({ off, onClick, children, ...rest }: Props) {
  if (!off)
    return (
      <Button onClick={onClick} {...rest}>
        {children}
      </Button>
    );
  return (
    <Tooltip label={off} events={{ hover: true, focus: true, touch: true }}>
      <Button {...rest} data-disabled aria-disabled="true" aria-description={off} onClick={(e) => e.preventDefault()} type="button">
        {children}
      </Button>
    </Tooltip>
  );
}
