import type { Task } from '~/api/types';

type State = Pick<Task, 'status' | 'questions' | 'answers' | 'approval' | 'reason' | 'retry_at' | 'allowed_transitions' | 'target_phone_number' | 'contact_id'>;

/** The questions that nobody has answered yet. */
export function openQuestions(t: Pick<Task, 'questions' | 'answers'>): Task['questions'] {
  return t.questions.filter((q) => t.answers[q.field] === undefined);
}

export function needsApproval(t: Pick<Task, 'approval'>): boolean {
  return t.approval.reason !== null && t.approval.approved_at === null;
}

/** What a task waits for, in words; undefined: for nothing. */
export function waitsFor(t: State): string | undefined {
  if (t.status === 'waiting_for_user') {
    const open = openQuestions(t).filter((q) => q.required);
    if (open.length > 0) return open.length === 1 ? 'an answer' : `${open.length} answers`;
    if (needsApproval(t)) return 'your approval';
    return 'you';
  }
  if (t.status === 'preparing' || t.status === 'pending') return 'its plan';
  if (t.status === 'ready_to_call') return t.retry_at ? 'its next try' : 'your start';
  if (t.status === 'in_progress') return 'the end of the call';
  return undefined;
}

/** Why the call cannot be started; undefined: it can. */
export function whyNoStart(t: State): string | undefined {
  switch (t.status) {
    case 'ready_to_call':
      return undefined;
    case 'waiting_for_user':
      return openQuestions(t).some((q) => q.required)
        ? 'Answer what is asked first.'
        : needsApproval(t)
          ? `It needs your approval first: ${t.approval.reason}.`
          : 'Something is missing still.';
    case 'pending':
    case 'preparing':
      return 'It is being planned.';
    case 'in_progress':
      return 'The call is under way.';
    case 'failed':
      return 'It failed. Take it up again first.';
    default:
      return `It is ${t.status.replaceAll('_', ' ')}.`;
  }
}

/** Why it cannot be cancelled; undefined: it can. */
export function whyNoCancel(t: State): string | undefined {
  return t.allowed_transitions.includes('cancelled') ? undefined : `It is ${t.status.replaceAll('_', ' ')} already.`;
}

/** Why nothing of it can be changed; undefined: it can. */
export function whyNoEdit(t: State): string | undefined {
  if (t.status === 'in_progress') return 'The call is under way. What is said in it can be steered on its page.';
  if (t.status === 'completed' || t.status === 'cancelled') return 'It has ended. Make another task.';
  return undefined;
}
