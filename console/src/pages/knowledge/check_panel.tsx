import { Button, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import type { KnowledgeCheck } from '~/api/types';
import { Failure } from '~/ui/failure';
import { PathLink } from '~/ui/path_link';
import { StatusBadge } from '~/ui/status_badge';
import { many } from '~/ui/values';

async function checkAll(): Promise<KnowledgeCheck['cases']> {
  const out: KnowledgeCheck['cases'] = [];
  let offset: number | null = 0;
  while (offset !== null) {
    const part: KnowledgeCheck = await take(api.POST('/api/knowledge/check', { params: { query: { offset } } }));
    out.push(...part.cases);
    offset = part.next_offset;
  }
  return out;
}

/** Asks every question again that was resolved with an answer. */
export function CheckPanel() {
  const [opened, { open, close }] = useDisclosure(false);
  const check = useMutation({ mutationFn: checkAll });
  const cases = check.data ?? [];
  const missed = cases.filter((c) => !c.answered);
  return (
    <>
      <Button
        variant="default"
        loading={check.isPending}
        onClick={() => {
          open();
          check.mutate();
        }}
      >
        Check all answers
      </Button>
      <Modal opened={opened && !check.isPending} onClose={close} title="Every question that you answered, asked again" size="lg">
        <Stack gap="sm">
          {check.error && <Failure error={check.error} />}
          {check.data && cases.length === 0 && <Text size="sm">No question was answered with the knowledge base yet.</Text>}
          {cases.length > 0 && (
            <Text size="sm">
              {missed.length === 0 ? `All ${many(cases.length, 'question')} are answered.` : `${many(missed.length, 'question')} of ${cases.length} ${missed.length === 1 ? 'is' : 'are'} not answered any more.`}
            </Text>
          )}
          {[...missed, ...cases.filter((c) => c.answered)].map((c) => (
            <div key={c.gap_id}>
              <StatusBadge status={c.answered ? 'ok' : 'open'} label={c.answered ? 'answered' : 'not answered'} plain />{' '}
              <PathLink path={`/gaps?gap=${c.gap_id}`} onGo={close}>
                {c.question}
              </PathLink>
              <Text size="xs" c="dimmed">
                {c.reply}
              </Text>
            </div>
          ))}
        </Stack>
      </Modal>
    </>
  );
}
