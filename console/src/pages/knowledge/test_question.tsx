import { Button, Group, Select, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '~/api/client';
import { agents } from '~/router';
import { Failure } from '~/ui/failure';
import { Section } from '~/ui/section';
import { StatusBadge } from '~/ui/status_badge';
import { Sources } from './sources';

/** What would an agent answer? Nothing is stored by it. */
export function TestQuestion() {
  const [question, setQuestion] = useState('');
  const [agent, setAgent] = useState<string>('aloha');
  const ask = useMutation({
    mutationFn: () => take(api.POST('/api/knowledge/ask', { body: { question: question.trim(), agent } })),
  });
  return (
    <Section>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          if (question.trim()) ask.mutate();
        }}
      >
        <Group gap="sm" align="flex-end" wrap="wrap">
          <TextInput label="Test a question" placeholder="Do you have parking?" className="rm-grow" miw={200} maxLength={500} value={question} onChange={(e) => setQuestion(e.currentTarget.value)} />
          <Select aria-label="Agent" w={110} data={[...agents]} value={agent} onChange={(v) => setAgent(v ?? 'aloha')} allowDeselect={false} />
          <Button type="submit" variant="default" loading={ask.isPending} disabled={!question.trim()}>
            Ask
          </Button>
        </Group>
      </form>
      {ask.error && <Failure error={ask.error} />}
      {ask.data && (
        <div style={{ marginTop: 10 }} role="status">
          <Group gap="sm">
            <StatusBadge status={ask.data.covered ? 'known' : 'unknown'} tint={ask.data.covered ? 'good' : 'warn'} label={ask.data.covered ? 'known' : 'not known'} />
            <Text size="xs" c="dimmed">
              by {ask.data.by}
            </Text>
          </Group>
          <div className="rm-wrap" style={{ marginTop: 4 }}>
            {ask.data.reply}
          </div>
          <Sources sources={ask.data.sources} />
        </div>
      )}
    </Section>
  );
}
