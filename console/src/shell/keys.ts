import { useHotkeys } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';

/** After "g": where a second key leads. */
export const destinations: Record<string, { to: string; name: string }> = {
  o: { to: '/', name: 'Overview' },
  l: { to: '/live', name: 'Live calls' },
  c: { to: '/campaigns', name: 'Campaigns' },
  t: { to: '/tasks', name: 'Tasks' },
  h: { to: '/calls', name: 'Call history' },
  k: { to: '/gaps', name: 'Knowledge gaps' },
  b: { to: '/knowledge', name: 'Knowledge base' },
  a: { to: '/calendar', name: 'Calendar' },
  p: { to: '/contacts', name: 'Contacts' },
  s: { to: '/settings', name: 'Settings' },
};

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable);

interface Handlers {
  palette: () => void;
  help: () => void;
  notifications: () => void;
}

/** The keys that work on every page. Letters only where nobody is typing. */
export function useShellKeys({ palette, help, notifications }: Handlers): void {
  const navigate = useNavigate();
  useHotkeys([['mod+K', palette]], []);
  useEffect(() => {
    let after: ReturnType<typeof setTimeout> | undefined;
    const onKey = (e: KeyboardEvent) => {
      if (typing(e.target) || e.ctrlKey || e.metaKey || e.altKey || document.querySelector('[aria-modal="true"]')) return;
      if (after !== undefined) {
        clearTimeout(after);
        after = undefined;
        const found = destinations[e.key];
        if (found) {
          e.preventDefault();
          void navigate({ href: found.to });
        }
        return;
      }
      if (e.key === 'g') after = setTimeout(() => (after = undefined), 1_200);
      else if (e.key === '?') help();
      else if (e.key === 'n') notifications();
      else if (e.key === '/') {
        const field = document.querySelector<HTMLInputElement>('[data-search="true"]');
        if (!field) return palette();
        e.preventDefault();
        field.focus();
      }
    };
    addEventListener('keydown', onKey);
    return () => {
      clearTimeout(after);
      removeEventListener('keydown', onKey);
    };
  }, [navigate, palette, help, notifications]);
}
