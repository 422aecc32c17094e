import { Button, Group, Select, Stack, Text, Textarea } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { api, take } from '~/api/client';
import { agents } from '~/router';
import { Empty } from '~/ui/empty';
import { Failure } from '~/ui/failure';
import { Page } from '~/ui/page';
import style from './ask.module.css';
import { askBrain } from './ask_brain';
import { ChatList } from './chat_list';
import { Message } from './message';

const route = getRouteApi('/inside/ask');

/** A chat with one of the agents, who knows the business profile and the knowledge base and nothing else. */
export function AskPage() {
  const { chat } = route.useSearch();
  const navigate = useNavigate({ from: '/ask' });
  const client = useQueryClient();
  const [text, setText] = useState('');
  const [agent, setAgent] = useState<string>('aloha');
  const [pending, setPending] = useState<{ question: string; words: string } | null>(null);
  const [error, setError] = useState<unknown>();
  const abort = useRef<AbortController | null>(null);
  const end = useRef<HTMLDivElement>(null);
  const detail = useQuery({
    queryKey: ['chat', chat],
    enabled: chat !== undefined,
    queryFn: () => take(api.GET('/api/brain/conversations/{id}', { params: { path: { id: chat ?? '' } } })),
  });
  const messages = chat ? (detail.data?.messages ?? []) : [];
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'nearest' });
  }, [messages.length, pending]);
  useEffect(() => () => abort.current?.abort(), []);
  const send = async () => {
    const message = text.trim();
    if (!message || pending) return;
    setText('');
    setError(undefined);
    setPending({ question: message, words: '' });
    abort.current = new AbortController();
    try {
      const answer = await askBrain(
        { message, agent: detail.data?.conversation.agent ?? agent, ...(chat ? { conversation_id: chat } : {}) },
        (words) => setPending((was) => (was ? { ...was, words: was.words + words } : was)),
        abort.current.signal,
      );
      if (answer.conversation_id) {
        await client.invalidateQueries({ queryKey: ['chat', answer.conversation_id] });
        void client.invalidateQueries({ queryKey: ['chats'] });
        if (!chat) await navigate({ search: { chat: answer.conversation_id } });
      }
    } catch (e) {
      setError(e);
      setText(message);
    } finally {
      setPending(null);
    }
  };
  const onKey = (e: KeyboardEvent) => {
    if (e.key === 'Enter' && !e.shiftKey && !e.nativeEvent.isComposing) {
      e.preventDefault();
      void send();
    }
  };
  return (
    <Page title="Ask an agent" note="It answers from your business profile and your knowledge base alone. What it does not know, it says, and logs as a gap.">
      <div className={style.columns}>
        <ChatList selected={chat} onNew={() => void navigate({ search: {} })} />
        <Stack gap="sm" className={style.chat}>
          <div className={style.messages} role="log" aria-label="Conversation" tabIndex={0}>
            {messages.length === 0 && !pending && !detail.isFetching && (
              <Empty title="Ask what a caller would ask">When are you open? Do you have parking? What does it cost?</Empty>
            )}
            {messages.map((m) => (
              <Message key={m.n} message={m} agent={detail.data?.conversation.agent ?? agent} />
            ))}
            {pending && (
              <>
                <div className={style.mine}>{pending.question}</div>
                <div className={style.theirs}>{pending.words || <span className="rm-dim">thinks</span>}</div>
              </>
            )}
            <div ref={end} />
          </div>
          {(error !== undefined || detail.error) && <Failure error={error ?? detail.error} feature="The chat with agents" />}
          <Group gap="xs" align="flex-end" wrap="nowrap">
            {!chat && <Select aria-label="Agent" w={100} data={[...agents]} value={agent} onChange={(v) => setAgent(v ?? 'aloha')} allowDeselect={false} />}
            <Textarea aria-label="Your message" className="rm-grow" size="sm" autosize minRows={1} maxRows={6} maxLength={2000} value={text} onChange={(e) => setText(e.currentTarget.value)} onKeyDown={onKey} autoFocus />
            <Button size="sm" onClick={() => void send()} disabled={!text.trim()} loading={pending !== null}>
              Ask
            </Button>
          </Group>
          <Text size="xs" c="dimmed">
            Enter sends, Shift and Enter begins a new line.
          </Text>
        </Stack>
      </div>
    </Page>
  );
}
