import { Button, CopyButton, Menu } from '@mantine/core';
import { curlOf } from './curl';
import { Icon } from './icon';

interface Props {
  method: string;
  path: string;
  body?: unknown;
  label?: string;
}

/** An entry of a menu: "copy as curl". */
export function CurlItem({ method, path, body, label = 'Copy as curl' }: Props) {
  return (
    <CopyButton value={curlOf(method, path, body)}>
      {({ copy, copied }) => (
        <Menu.Item leftSection={<Icon name="docs" size={14} />} onClick={copy} closeMenuOnClick={false}>
          {copied ? 'Copied' : label}
        </Menu.Item>
      )}
    </CopyButton>
  );
}

/** The same at the foot of a dialog, left of what it does. */
export function CurlButton({ method, path, body, label = 'Copy as curl' }: Props) {
  return (
    <CopyButton value={curlOf(method, path, body)}>
      {({ copy, copied }) => (
        <Button variant="subtle" size="sm" px={6} mr="auto" onClick={copy}>
          {copied ? 'Copied' : label}
        </Button>
      )}
    </CopyButton>
  );
}
