import { type QueryClient, type QueryKey } from '@tanstack/react-query';
import { basePath } from '~/base';
import { readSession } from '~/session';
import { type EventData, type EventKind, eventKinds, keysOf, readData, Throttle, toastOf } from './routing';
import { segmentOf, withSegment } from './segments';
import type { OneCall, Segment } from '~/api/types';

export type StreamState = 'connecting' | 'live' | 'lost';

interface TranscriptData {
  segments: Segment[];
  [more: string]: unknown;
}

/**
 * The one stream of events of this window. The browser reconnects by itself and names the last event that it has
 * seen; where the stream has to be opened anew, everything that is shown is read again.
 */
export class EventStream {
  state: StreamState = 'connecting';
  /** The newest words of each live call. */
  readonly lastWords = new Map<string, Segment>();
  private source: EventSource | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private attempts = 0;
  private opened = false;
  private readonly listeners = new Set<() => void>();
  private readonly throttle: Throttle;

  constructor(
    private readonly client: QueryClient,
    private readonly onToast: (toast: { title: string; to: string }) => void,
    private readonly onSignedOut: () => void,
  ) {
    this.throttle = new Throttle((keys) => this.refresh(keys));
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  getState = (): StreamState => this.state;

  open(): void {
    this.close();
    const source = new EventSource(`${basePath}/api/events`);
    this.source = source;
    this.set('connecting');
    source.onopen = () => {
      this.attempts = 0;
      this.set('live');
      // A stream of our own making has no place to go on from.
      if (this.opened) void this.client.invalidateQueries();
      this.opened = true;
    };
    source.onerror = () => {
      this.set('lost');
      if (source.readyState === EventSource.CLOSED) void this.comeBack();
      else this.opened = false; // the browser comes back by itself, with its place
    };
    for (const kind of eventKinds)
      source.addEventListener(kind, (e) => this.take(kind, readData((e as MessageEvent<string>).data)));
  }
  close(): void {
    clearTimeout(this.retry);
    this.throttle.stop();
    this.source?.close();
    this.source = undefined;
  }

  private take(kind: EventKind, data: EventData): void {
    const piece = kind === 'segment' ? segmentOf(data) : undefined;
    if (piece) this.write(piece.call, piece.segment);
    const toast = toastOf(kind, data);
    if (toast) this.onToast(toast);
    const keys = keysOf(kind, data);
    if (keys === 'everything') void this.client.invalidateQueries();
    else this.throttle.push(keys);
  }
  private refresh(keys: QueryKey[]): void {
    for (const queryKey of keys) void this.client.invalidateQueries({ queryKey });
  }
  /** Words go onto the screen as they come, without asking for them. */
  private write(call: string, segment: Segment): void {
    this.lastWords.set(call, segment);
    this.client.setQueryData<TranscriptData>(['transcript', call], (was) =>
      was ? { ...was, segments: withSegment(was.segments, segment) } : was,
    );
    this.client.setQueryData<OneCall>(['call', call], (was) =>
      was ? { ...was, segments: withSegment(was.segments, segment) } : was,
    );
    this.tell();
  }
  private async comeBack(): Promise<void> {
    this.attempts += 1;
    try {
      if ((await readSession()) === null) {
        this.onSignedOut();
        return;
      }
    } catch {
      // The engine is away; try again.
    }
    const wait = Math.min(1_000 * 2 ** Math.min(this.attempts, 4), 15_000);
    this.retry = setTimeout(() => {
      this.opened = true;
      this.open();
    }, wait);
  }
  private set(state: StreamState): void {
    this.state = state;
    this.tell();
  }
  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
