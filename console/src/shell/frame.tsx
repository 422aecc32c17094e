import { ActionIcon } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { LiveProvider } from '~/live/provider';
import { Icon } from '~/ui/icon';
import { Banners } from './banners';
import style from './frame.module.css';
import { HeaderTools } from './header_tools';
import { useShellKeys } from './keys';
import { Navigation } from './navigation';
import type { PaletteProps } from './palette';
import { lazily } from '~/ui/lazily';

interface Panel {
  opened: boolean;
  onClose: () => void;
}
const Palette = lazily<PaletteProps>(() => import('./palette').then((m) => m.Palette));
const Help = lazily<Panel>(() => import('./help').then((m) => m.Help));
const NotificationsDrawer = lazily<Panel>(() => import('./notifications_drawer').then((m) => m.NotificationsDrawer));

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
      <div className={style.shell}>
        <header className={style.header}>
          <div className={style.brand}>
            <ActionIcon className={style.menu} onClick={toggle} aria-expanded={menu} aria-label={menu ? 'Close the menu' : 'Open the menu'} size="md">
              <Icon name={menu ? 'cross' : 'menu'} />
            </ActionIcon>
            <span className={style.mark} aria-hidden="true" />
            <span className={`${style.name} rm-wide`}>Ringmaster</span>
          </div>
          <HeaderTools onPalette={openPalette} onHelp={openHelp} onNews={openNews} />
        </header>
        <div className={`${style.navbar} ${menu ? style.opened : ''}`}>
          <Navigation onGo={close} />
        </div>
        <main id="content" className={style.main} tabIndex={-1}>
          <Banners />
          <Outlet />
        </main>
      </div>
      {palette && <Palette opened={palette} onClose={closePalette} actions={actions} />}
      {help && <Help opened={help} onClose={closeHelp} />}
      {news && <NotificationsDrawer opened={news} onClose={closeNews} />}
    </LiveProvider>
  );
}
