import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import { type AnchorHTMLAttributes, forwardRef } from 'react';

type Attributes<P> = P & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof P>;

const BareLink = forwardRef<HTMLAnchorElement, Attributes<AnchorProps>>((props, ref) => (
  <Anchor ref={ref} inherit {...props} />
));
BareLink.displayName = 'BareLink';
const BareButton = forwardRef<HTMLAnchorElement, Attributes<ButtonProps>>((props, ref) => (
  <Button component="a" ref={ref} {...props} />
));
BareButton.displayName = 'BareButton';

/** A link of the router, looking like text. */
export const Link = createLink(BareLink);
/** A link of the router, looking like a button. */
export const LinkButton = createLink(BareButton);
