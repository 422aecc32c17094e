import { ActionIcon } from '@mantine/core';
import { type ReactNode, Suspense, lazy, useState } from 'react';
import { inAdvance, patiently } from '~/ui/patient';
import { Icon, type IconName } from '~/ui/icon';

export interface HeaderMenuItem {
  name: ReactNode;
  run: () => void;
  /** Of choices: whether it is the chosen one. */
  chosen?: boolean;
}
export interface HeaderMenuProps {
  label: string;
  icon: IconName;
  title: ReactNode;
  items: HeaderMenuItem[];
  className?: string;
}

const load = () => import('./header_menu_panel').then((m) => ({ default: m.HeaderMenuPanel }));
inAdvance(load);
const Panel = lazy(() => patiently(load));

/** A button of the header with a menu; the menu's script is loaded when it is opened first. */
export function HeaderMenu(props: HeaderMenuProps) {
  const [wanted, want] = useState(false);
  const plain = (
    <ActionIcon aria-label={props.label} title={props.label} aria-haspopup="menu" size="md" className={props.className} onClick={() => want(true)}>
      <Icon name={props.icon} />
    </ActionIcon>
  );
  if (!wanted) return plain;
  return (
    <Suspense fallback={plain}>
      <Panel {...props} />
    </Suspense>
  );
}
