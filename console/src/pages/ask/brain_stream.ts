/** Events of a stream that is read with fetch: EventSource cannot post. */
export interface StreamEvent {
  event: string;
  data: string;
}

/** Takes text in whatever pieces it comes, and gives whole events. */
export class EventReader {
  private held = '';

  push(text: string): StreamEvent[] {
    // On all that is held: a line end may come in two pieces.
    this.held = (this.held + text).replaceAll('\r\n', '\n');
    const out: StreamEvent[] = [];
    for (let end = this.held.indexOf('\n\n'); end >= 0; end = this.held.indexOf('\n\n')) {
      const event = readEvent(this.held.slice(0, end));
      this.held = this.held.slice(end + 2);
      if (event) out.push(event);
    }
    return out;
  }
}

function readEvent(block: string): StreamEvent | undefined {
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    if (line.startsWith(':')) continue;
    const at = line.indexOf(':');
    const name = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? '' : line.slice(at + 1).replace(/^ /, '');
    if (name === 'event') event = value;
    else if (name === 'data') data.push(value);
  }
  return data.length > 0 ? { event, data: data.join('\n') } : undefined;
}
