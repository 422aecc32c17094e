import { Anchor, type AnchorProps } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { basePath } from '~/base';

interface Props extends AnchorProps {
  /** A path of the console with its search, as "/tasks?status=failed". */
  path: string;
  onGo?: () => void;
  children: ReactNode;
}

/** A link whose place is known only while it is drawn. */
export function PathLink({ path, onGo, children, ...rest }: Props) {
  const navigate = useNavigate();
  return (
    <Anchor
      inherit
      {...rest}
      href={basePath + path}
      onClick={(e) => {
        onGo?.();
        if (e.ctrlKey || e.metaKey || e.shiftKey || e.button !== 0) return;
        e.preventDefault();
        void navigate({ href: path });
      }}
    >
      {children}
    </Anchor>
  );
}
