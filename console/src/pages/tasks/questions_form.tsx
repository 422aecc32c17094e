import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '~/api/client';
import { messagesByField, Problem } from '~/api/problem';
import type { Task } from '~/api/types';
import { Failure } from '~/ui/failure';
import { Section } from '~/ui/section';
import { openQuestions } from './task_words';

/** What is missing, answered in place. The number is a field of the task; all else are answers. */
export function QuestionsForm({ task: t }: { task: Task }) {
  const client = useQueryClient();
  const [texts, setTexts] = useState<Record<string, string>>({});
  const open = openQuestions(t);
  const answer = useMutation({
    mutationFn: () => {
      const given = Object.entries(texts).filter(([, v]) => v.trim() !== '');
      const answers = Object.fromEntries(given.filter(([k]) => k !== 'phone_number'));
      const number = texts.phone_number?.trim();
      return take(
        api.PATCH('/api/call-tasks/{id}', {
          params: { path: { id: t.id } },
          body: {
            ...(number ? { target_phone_number: number } : {}),
            ...(Object.keys(answers).length > 0 ? { answers } : {}),
          },
        }),
      );
    },
    onSuccess: () => {
      setTexts({});
      void client.invalidateQueries({ queryKey: ['task', t.id] });
      void client.invalidateQueries({ queryKey: ['tasks'] });
      void client.invalidateQueries({ queryKey: ['overview'] });
    },
  });
  if (open.length === 0 || t.status !== 'waiting_for_user') return null;
  const fields = answer.error instanceof Problem ? messagesByField(answer.error) : {};
  const messageOf = (field: string) => fields[field === 'phone_number' ? 'target_phone_number' : field];
  const shown = open.some((q) => messageOf(q.field));
  return (
    <Section title="What is missing">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          answer.mutate();
        }}
      >
        <Stack gap="sm">
          {open.map((q) => (
            <TextInput
              key={q.field}
              label={q.text}
              size="sm"
              required={q.required}
              withAsterisk={q.required}
              placeholder={q.field === 'phone_number' ? '+1 415 555 0100' : undefined}
              value={texts[q.field] ?? ''}
              error={messageOf(q.field)}
              onChange={(e) => {
                const value = e.currentTarget.value;
                setTexts((was) => ({ ...was, [q.field]: value }));
              }}
            />
          ))}
          {answer.error && !shown && <Failure error={answer.error} />}
          <Group justify="space-between">
            <Text size="xs" c="dimmed">
              With the last required answer it becomes ready to call. It is not called by that.
            </Text>
            <Button type="submit" size="sm" loading={answer.isPending} disabled={!Object.values(texts).some((v) => v.trim())}>
              Answer
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
