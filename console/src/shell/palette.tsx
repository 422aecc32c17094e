import { Kbd, Modal, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useMemo, useState } from 'react';
import { api, take } from '~/api/client';
import { sessionQuery } from '~/session';
import { Icon, type IconName } from '~/ui/icon';
import { matches, type Entry } from './palette_search';
import style from './palette.module.css';
import { places } from './places';

export interface PaletteProps {
  opened: boolean;
  onClose: () => void;
  actions: (Entry & { run: () => void })[];
}
interface Item extends Entry {
  icon: IconName;
  run: () => void;
}

/** Everything by its name: pages, actions, campaigns and tasks. Ctrl-K. */
export function Palette({ opened, onClose, actions }: PaletteProps) {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const session = useQuery(sessionQuery).data;
  useEffect(() => {
    if (opened) setText('');
  }, [opened]);
  useEffect(() => setAt(0), [text]);
  const q = text.trim();
  const found = useQuery({
    queryKey: ['palette', q],
    enabled: opened && q.length >= 2,
    queryFn: async () => {
      const query = { limit: 6, q };
      const [campaigns, tasks, contacts] = await Promise.all([
        take(api.GET('/api/campaigns', { params: { query } })),
        take(api.GET('/api/call-tasks', { params: { query } })),
        take(api.GET('/api/contacts', { params: { query } })),
      ]);
      return { campaigns: campaigns.campaigns, tasks: tasks.tasks, contacts: contacts.contacts };
    },
  }).data;

  const items = useMemo<Item[]>(() => {
    const go = (to: string) => () => void navigate({ href: to });
    const pages: Item[] = places
      .flatMap((g) => g.places)
      .filter((p) => !p.operator || session?.user.role === 'operator')
      .map((p) => ({ name: p.name, hint: p.keys ?? '', icon: p.icon, run: go(p.to) }));
    const all: Item[] = [...pages, ...actions.map((a) => ({ ...a, icon: 'right' as const }))];
    const named = q ? all.filter((i) => matches(i, q)) : all;
    const things: Item[] = found
      ? [
          ...found.campaigns.map((c) => ({ name: c.name, hint: `campaign, ${c.status}`, icon: 'campaign' as const, run: go(`/campaigns/${c.id}`) })),
          ...found.tasks.map((t) => ({ name: t.title, hint: `task, ${t.status}`, icon: 'task' as const, run: go(`/tasks/${t.id}`) })),
          ...found.contacts.map((c) => ({ name: c.name, hint: 'contact', icon: 'people' as const, run: go(`/contacts?q=${encodeURIComponent(c.name)}`) })),
        ]
      : [];
    return [...named, ...things];
  }, [actions, found, navigate, q, session]);

  const run = (item: Item | undefined) => {
    if (!item) return;
    onClose();
    item.run();
  };
  const onKey = (e: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) {
      setAt((n) => (n + step + items.length) % Math.max(1, items.length));
      e.preventDefault();
    } else if (e.key === 'Enter') run(items[at]);
  };
  return (
    <Modal opened={opened} onClose={onClose} withCloseButton={false} padding={0} size="lg" yOffset="10vh" centered={false} aria-label="Go to">
      <TextInput
        data-autofocus
        variant="unstyled"
        size="md"
        px="md"
        py={6}
        aria-label="Go to a page, an action, a campaign or a task"
        placeholder="Go to a page, an action, a campaign or a task"
        value={text}
        onChange={(e) => setText(e.currentTarget.value)}
        onKeyDown={onKey}
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={items[at] ? `palette-${at}` : ''}
      />
      <div id="palette-list" role="listbox" aria-label="Results" className={style.list}>
        {items.length === 0 && <div className={style.none}>Nothing has this name.</div>}
        {items.map((item, n) => (
          <div
            key={`${item.name}-${item.hint}-${n}`}
            id={`palette-${n}`}
            role="option"
            aria-selected={n === at}
            className={`${style.item} ${n === at ? style.chosen : ''}`}
            onMouseMove={() => setAt(n)}
            onClick={() => run(item)}
            ref={(el) => {
              if (n === at) el?.scrollIntoView({ block: 'nearest' });
            }}
          >
            <Icon name={item.icon} />
            <span className="rm-grow rm-clip">{item.name}</span>
            {/^\w \w$/.test(item.hint) ? <Kbd size="xs">{item.hint}</Kbd> : <span className="rm-dim">{item.hint}</span>}
          </div>
        ))}
      </div>
    </Modal>
  );
}
