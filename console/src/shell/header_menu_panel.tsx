import { ActionIcon, Menu } from '@mantine/core';
import { Icon } from '~/ui/icon';
import type { HeaderMenuProps } from './header_menu';

/** The opened form of a HeaderMenu. */
export function HeaderMenuPanel({ label, icon, title, items, className }: HeaderMenuProps) {
  return (
    <Menu defaultOpened>
      <Menu.Target>
        <ActionIcon aria-label={label} title={label} size="md" className={className}>
          <Icon name={icon} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{title}</Menu.Label>
        {items.map((item, n) => (
          <Menu.Item
            key={n}
            onClick={item.run}
            {...(item.chosen === undefined
              ? {}
              : { role: 'menuitemradio', 'aria-checked': item.chosen, rightSection: item.chosen ? <Icon name="check" size={14} /> : null })}
          >
            {item.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
