import { Stack } from '@mantine/core';
import type { OwnerQuestion as Asked } from '~/api/types';
import { OwnerQuestion } from './owner_question';

/** What the assistant asks its user while the callee waits. */
export function OwnerQuestions({ call, questions }: { call: string; questions: Asked[] }) {
  const open = questions.filter((q) => q.state === 'open');
  if (open.length === 0) return null;
  return (
    <Stack gap="xs">
      {open.map((q) => (
        <OwnerQuestion key={q.question} call={call} question={q} />
      ))}
    </Stack>
  );
}
