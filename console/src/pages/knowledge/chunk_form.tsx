import { Button, Group, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ifMatch, newKey, take } from '~/api/client';
import { messagesByField, Problem } from '~/api/problem';
import type { Chunk } from '~/api/types';
import { knowledgeCategories } from '~/router';
import { confirmAct } from '~/ui/confirm';
import { Facts } from '~/ui/facts';
import { Failure } from '~/ui/failure';
import { Link } from '~/ui/link';
import { tellDone, tellFailure } from '~/ui/notify';
import { When } from '~/ui/when';

/** The words of one piece of knowledge. */
export function ChunkForm({ chunk, onClose }: { chunk: Chunk | null; onClose: () => void }) {
  const client = useQueryClient();
  const [title, setTitle] = useState(chunk?.title ?? '');
  const [text, setText] = useState(chunk?.text ?? '');
  const [source, setSource] = useState(chunk?.source ?? '');
  const [category, setCategory] = useState<string | null>(chunk?.category ?? null);
  const refresh = () => void client.invalidateQueries({ queryKey: ['chunks'] });
  const save = useMutation({
    mutationFn: () => {
      const body = { title: title.trim() || null, text: text.trim(), source: source.trim() || null, category };
      return chunk
        ? take(api.PUT('/api/knowledge/{id}', { params: { path: { id: chunk.id } }, headers: ifMatch(chunk.version), body }))
        : take(api.POST('/api/knowledge', { params: { header: { 'Idempotency-Key': newKey() } }, body }));
    },
    onSuccess: () => {
      tellDone(chunk ? 'Changed.' : 'Added. Your agents know it now.');
      refresh();
      onClose();
    },
  });
  const remove = useMutation({
    mutationFn: () => take(api.DELETE('/api/knowledge/{id}', { params: { path: { id: chunk?.id ?? '' } } })),
    onSuccess: () => {
      refresh();
      onClose();
    },
    onError: tellFailure,
  });
  const fields = save.error instanceof Problem ? messagesByField(save.error) : {};
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="sm">
        <Textarea label="Text" size="sm" autosize minRows={4} maxRows={18} required maxLength={4000} value={text} error={fields.text} onChange={(e) => setText(e.currentTarget.value)} data-autofocus />
        <TextInput label="Title" placeholder="else its first words" maxLength={200} value={title} error={fields.title} onChange={(e) => setTitle(e.currentTarget.value)} />
        <Group gap="sm" align="flex-start">
          <Select label="Category" placeholder="by its words" clearable w={150} data={[...knowledgeCategories]} value={category} onChange={setCategory} error={fields.category} />
          <TextInput label="Source" placeholder="price list of May" className="rm-grow" maxLength={200} value={source} error={fields.source} onChange={(e) => setSource(e.currentTarget.value)} />
        </Group>
        {save.error && Object.keys(fields).length === 0 && <Failure error={save.error} />}
        <Group justify="space-between">
          {chunk ? (
            <Button
              variant="subtle"
              color="red"
              onClick={() =>
                confirmAct({ title: 'Delete this piece', text: 'Your agents forget it. A question that it answered stays resolved until it is asked again.', yes: 'Delete it', danger: true, onYes: () => remove.mutate() })
              }
            >
              Delete
            </Button>
          ) : (
            <span />
          )}
          <Button type="submit" size="sm" disabled={!text.trim()} loading={save.isPending}>
            {chunk ? 'Save' : 'Add it'}
          </Button>
        </Group>
        {chunk && (
          <Facts
            rows={[
              ['Added by', chunk.added_by],
              ['Added', <When key="a" at={chunk.created_at} />],
              ['Changed', <When key="c" at={chunk.updated_at} />],
              ['Answers', chunk.knowledge_gap_id ? <Link key="g" to="/gaps" search={{ gap: chunk.knowledge_gap_id, status: 'all' }}>a question that had no answer</Link> : undefined],
            ]}
          />
        )}
      </Stack>
    </form>
  );
}
