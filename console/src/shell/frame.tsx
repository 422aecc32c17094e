import { AppShell, Burger, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { LiveProvider } from '~/live/provider';
import { Banners } from './banners';
import style from './frame.module.css';
import { HeaderTools } from './header_tools';
import { Help } from './help';
import { useShellKeys } from './keys';
import { Navigation } from './navigation';
import { NotificationsDrawer } from './notifications_drawer';
import { Palette } from './palette';

/** What stands around every page of somebody who is signed in. */
export function Frame() {
  const [menu, { toggle, close }] = useDisclosure(false);
  const [palette, { open: openPalette, close: closePalette }] = useDisclosure(false);
  const [help, { open: openHelp, close: closeHelp }] = useDisclosure(false);
  const [news, { open: openNews, close: closeNews }] = useDisclosure(false);
  const navigate = useNavigate();
  useShellKeys({ palette: openPalette, help: openHelp, notifications: openNews });
  const actions = useMemo(
    () => [
      { name: 'New campaign', hint: 'create', run: () => void navigate({ to: '/campaigns/new' }) },
      { name: 'New task', hint: 'create', run: () => void navigate({ to: '/tasks/new' }) },
      { name: 'Keyboard help', hint: '?', run: openHelp },
      { name: 'Notifications', hint: 'n', run: openNews },
    ],
    [navigate, openHelp, openNews],
  );
  return (
    <LiveProvider>
      <a href={`${location.pathname}#content`} className="rm-skip">
        Skip to the page
      </a>
      <AppShell
        header={{ height: 44 }}
        navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !menu } }}
        padding={0}
        transitionDuration={0}
      >
        <AppShell.Header className={style.header}>
          <Group h="100%" px="sm" gap="xs" wrap="nowrap" justify="space-between">
            <Group gap={8} wrap="nowrap">
              <Burger opened={menu} onClick={toggle} hiddenFrom="sm" size="xs" aria-label={menu ? 'Close the menu' : 'Open the menu'} />
              <span className={style.mark} aria-hidden="true" />
              <span className={style.name}>Ringmaster</span>
            </Group>
            <HeaderTools onPalette={openPalette} onHelp={openHelp} onNews={openNews} />
          </Group>
        </AppShell.Header>
        <AppShell.Navbar className={style.navbar}>
          <Navigation onGo={close} />
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1} style={{ outline: 'none' }}>
          <Banners />
          <Outlet />
        </AppShell.Main>
      </AppShell>
      <Palette opened={palette} onClose={closePalette} actions={actions} />
      <Help opened={help} onClose={closeHelp} />
      <NotificationsDrawer opened={news} onClose={closeNews} />
    </LiveProvider>
  );
}
