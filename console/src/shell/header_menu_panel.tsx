import { ActionIcon, Menu } from '@mantine/core';
import { Icon } from '~/ui/icon';
import type { HeaderMenuProps } from './header_menu';

/** The opened form of a HeaderMenu. */
export function HeaderMenuPanel({ label, icon, title, items, className }: HeaderMenuProps) {
  const chooses = items.some((i) => i.chosen !== undefined);
  return (
    <Menu defaultOpened>
      <Menu.Target>
        <ActionIcon aria-label={label} title={label} size="md" className={className}>
          <Icon name={icon} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{title}</Menu.Label>
        {chooses ? (
          <Menu.RadioGroup value={String(items.findIndex((i) => i.chosen))} onChange={(n) => items[Number(n)]?.run()}>
            {items.map((item, n) => (
              <Menu.RadioItem key={n} value={String(n)} closeMenuOnClick>
                {item.name}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
        ) : (
          items.map((item, n) => (
            <Menu.Item key={n} onClick={item.run}>
              {item.name}
            </Menu.Item>
          ))
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
