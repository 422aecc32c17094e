import { Button, Checkbox, Group, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, newKey, take } from '~/api/client';
import { messagesByField, Problem } from '~/api/problem';
import type { Gap, ResolvedGap } from '~/api/types';
import { knowledgeCategories } from '~/router';
import { Failure } from '~/ui/failure';
import { Section } from '~/ui/section';
import { BeforeAfter } from './before_after';

/** Answers a gap; the question is asked again at once, and both answers are shown. */
export function ResolveForm({ gap: g, onResolved }: { gap: Gap; onResolved: (result: ResolvedGap) => void }) {
  const client = useQueryClient();
  const [notes, setNotes] = useState('');
  const [adds, setAdds] = useState(true);
  const [title, setTitle] = useState('');
  const [category, setCategory] = useState<string | null>(g.suggested_category);
  const resolve = useMutation<ResolvedGap>({
    mutationFn: () =>
      take(
        api.POST('/api/knowledge-gaps/{id}/resolve', {
          params: { path: { id: g.id }, header: { 'Idempotency-Key': newKey() } },
          body: {
            resolution_notes: notes.trim(),
            add_to_knowledge_base: adds,
            ...(adds && title.trim() ? { title: title.trim() } : {}),
            ...(adds && category ? { category } : {}),
          },
        }),
      ),
    // Told even if the news that it is resolved came first, and took this form away.
    onSuccess: (result) => {
      if (!result.still_open) onResolved(result);
      for (const key of [['gaps'], ['chunks'], ['overview']]) void client.invalidateQueries({ queryKey: key });
    },
  });
  const done = resolve.data;
  const fields = resolve.error instanceof Problem ? messagesByField(resolve.error) : {};
  return (
    <Section title="Answer it">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          resolve.mutate();
        }}
      >
        <Stack gap="sm">
          <Textarea
            label="Your answer"
            description={adds ? 'Word it so that it can stand as a reply.' : 'For your own notes; agents do not see it.'}
            autosize
            minRows={3}
            size="sm"
            required
            data-autofocus
            maxLength={4000}
            value={notes}
            error={fields.resolution_notes ?? fields.text}
            onChange={(e) => setNotes(e.currentTarget.value)}
          />
          <Checkbox label="Add to the knowledge base" description="Your agents answer with it from now on, and the question is asked again at once." checked={adds} onChange={(e) => setAdds(e.currentTarget.checked)} />
          {adds && (
            <Group gap="sm" align="flex-start" wrap="wrap">
              <TextInput label="Title" placeholder={g.question} className="rm-grow" maxLength={200} value={title} error={fields.title} onChange={(e) => setTitle(e.currentTarget.value)} />
              <Select label="Category" w={140} data={[...knowledgeCategories]} value={category} onChange={setCategory} />
            </Group>
          )}
          {done?.still_open && (
            <div className="rm-sentence" role="status">
              <Text size="sm" fw={600}>
                The question stays open{done.reason ? `: ${done.reason}.` : '.'}
              </Text>
              <BeforeAfter result={done} />
            </div>
          )}
          {resolve.error && Object.keys(fields).length === 0 && <Failure error={resolve.error} />}
          <Group justify="flex-end">
            <Button type="submit" size="sm" disabled={!notes.trim()} loading={resolve.isPending}>
              {adds ? 'Add it and ask again' : 'Resolve as noted'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
