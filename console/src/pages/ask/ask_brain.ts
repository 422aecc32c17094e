import { newKey } from '~/api/client';
import { Problem, problemOf, unreachable } from '~/api/problem';
import type { components } from '~/api/schema';
import { basePath } from '~/base';
import { csrfToken } from '~/session';
import { EventReader } from './brain_stream';

export type BrainAnswer = components['schemas']['brain_answer'];
interface Wish {
  message: string;
  agent: string;
  conversation_id?: string;
}

/** Asks an agent; its words are told as they come, its whole answer at the end. */
export async function askBrain(wish: Wish, onWords: (words: string) => void, signal: AbortSignal): Promise<BrainAnswer> {
  const token = csrfToken();
  let response: Response;
  try {
    response = await fetch(`${basePath}/api/brain`, {
      method: 'POST',
      credentials: 'same-origin',
      signal,
      headers: {
        'Content-Type': 'application/json',
        Accept: 'text/event-stream',
        'Idempotency-Key': newKey(),
        ...(token ? { 'X-CSRF-Token': token } : {}),
      },
      body: JSON.stringify(wish),
    });
  } catch {
    throw unreachable();
  }
  if (!response.ok || !response.body) throw problemOf(await response.json().catch(() => undefined), response);
  if (!response.headers.get('Content-Type')?.includes('text/event-stream')) return (await response.json()) as BrainAnswer;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const events = new EventReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    for (const { event, data } of events.push(value)) {
      if (event === 'token') onWords((JSON.parse(data) as { text: string }).text);
      else if (event === 'done') return JSON.parse(data) as BrainAnswer;
      else if (event === 'problem') throw new Problem(JSON.parse(data) as object);
    }
  }
  throw unreachable();
}
