import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import { PathLink } from '~/ui/path_link';
import { When } from '~/ui/when';
import style from './ask.module.css';

/** Earlier conversations. */
export function ChatList({ selected, onNew }: { selected: string | undefined; onNew: () => void }) {
  const { data } = useQuery({
    queryKey: ['chats'],
    queryFn: async () => (await take(api.GET('/api/brain/conversations', { params: { query: { limit: 50 } } }))).conversations,
  });
  return (
    <nav className={style.list} aria-label="Conversations">
      <Button variant="default" onClick={onNew} fullWidth>
        New conversation
      </Button>
      {data?.map((c) => (
        <div key={c.id} className={`${style.entry} ${c.id === selected ? style.chosen : ''}`}>
          <PathLink path={`/ask?chat=${c.id}`} aria-current={c.id === selected ? 'page' : undefined}>
            {c.title || 'Conversation'}
          </PathLink>
          <div className="rm-dim">
            {c.agent}, <When at={c.updated_at} />
          </div>
        </div>
      ))}
    </nav>
  );
}
