import type { NotificationData } from '@mantine/notifications';
import { Problem } from '~/api/problem';
import { wantToasts } from './overlays';
import { patiently } from './patient';

/** Shows a message in the corner. */
export function toast(message: NotificationData): void {
  wantToasts();
  void patiently(() => import('@mantine/notifications')).then((m) => m.notifications.show(message));
}
export function hideToast(id: string): void {
  void patiently(() => import('@mantine/notifications')).then((m) => m.notifications.hide(id));
}

export function tellDone(message: string): void {
  toast({ message, color: 'green', autoClose: 4_000 });
}

/** For actions without a form: the sentence of the problem, and where to ask about it. */
export function tellFailure(error: unknown): void {
  const problem = error instanceof Problem ? error : undefined;
  const fields = problem?.errors.map((e) => e.message).join('; ');
  toast({
    title: problem?.title ?? 'Something went wrong',
    message: (
      <>
        {error instanceof Error ? error.message : String(error)}
        {fields && <div>{fields}</div>}
        {problem?.requestId && (
          <div className="rm-dim rm-mono" style={{ fontSize: 11, overflowWrap: 'anywhere' }}>
            request {problem.requestId}
          </div>
        )}
      </>
    ),
    color: 'red',
    autoClose: 12_000,
  });
}
