/** How instants are shown: in the reader's zone, in the campaign's (or the thing's own) zone, or in UTC. */
export type TimeMode = 'local' | 'campaign' | 'utc';

export function localZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** A zone that this browser knows; one that it does not know is shown as UTC, and said to be. */
export function knownZone(zone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    return 'UTC';
  }
}

export function zoneFor(mode: TimeMode, own: string | undefined): string {
  if (mode === 'utc') return 'UTC';
  if (mode === 'campaign' && own) return knownZone(own);
  return localZone();
}

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: string;
  minute: string;
  second: string;
  weekday: string;
  monthName: string;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function partsOf(at: Date, zone: string): Parts {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    });
    formatters.set(zone, formatter);
  }
  const found: Record<string, string> = {};
  for (const p of formatter.formatToParts(at)) found[p.type] = p.value;
  const month = Number(found.month);
  return {
    year: Number(found.year),
    month,
    day: Number(found.day),
    hour: found.hour ?? '00',
    minute: found.minute ?? '00',
    second: found.second ?? '00',
    weekday: found.weekday ?? '',
    monthName: months[month - 1] ?? '',
  };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "+02:00", "Z" */
export function offsetOf(at: Date, zone: string): string {
  if (zone === 'UTC') return 'Z';
  const p = partsOf(at, zone);
  const there = Date.UTC(p.year, p.month - 1, p.day, Number(p.hour), Number(p.minute), Number(p.second));
  const minutes = Math.round((there - Math.floor(at.getTime() / 1000) * 1000) / 60_000);
  const sign = minutes < 0 ? '-' : '+';
  const size = Math.abs(minutes);
  return `${sign}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
}

/** Short, in a zone: "14:05" today, "Tue 14:05" within a week, "24 Nov, 14:05" else, with the year if it is another. */
export function showInstant(iso: string, zone: string, now: Date, seconds = false): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const p = partsOf(at, zone);
  const today = partsOf(now, zone);
  const clock = seconds ? `${p.hour}:${p.minute}:${p.second}` : `${p.hour}:${p.minute}`;
  if (p.year === today.year && p.month === today.month && p.day === today.day) return clock;
  const days = Math.abs(at.getTime() - now.getTime()) / 86_400_000;
  if (days < 6) return `${p.weekday} ${clock}`;
  const date = `${p.day} ${p.monthName}`;
  return p.year === today.year ? `${date}, ${clock}` : `${date} ${p.year}, ${clock}`;
}

/** In full, with the offset: "Tue 24 Nov 2026, 14:05:09 +01:00 Europe/Berlin". */
export function showFull(iso: string, zone: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const p = partsOf(at, zone);
  const offset = offsetOf(at, zone);
  const where = zone === 'UTC' ? 'UTC' : `${offset} ${zone}`;
  return `${p.weekday} ${p.day} ${p.monthName} ${p.year}, ${p.hour}:${p.minute}:${p.second} ${where}`;
}

/** "in 5 min", "3 h ago" */
export function showDistance(iso: string, now: Date): string {
  const at = new Date(iso).getTime();
  if (Number.isNaN(at)) return '';
  const seconds = Math.round((at - now.getTime()) / 1000);
  const size = Math.abs(seconds);
  const text = size < 5 ? 'now' : showSpan(size);
  if (text === 'now') return text;
  return seconds < 0 ? `${text} ago` : `in ${text}`;
}

/** A length in its largest unit: "45 s", "5 min", "3 h", "2 d". */
export function showSpan(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** "1:05", "1:02:09" */
export function showClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const s = String(whole % 60).padStart(2, '0');
  const m = Math.floor(whole / 60) % 60;
  const h = Math.floor(whole / 3600);
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`;
}

/** What an input of type datetime-local says, in a zone: "2026-11-24T14:05". */
export function typedIn(iso: string, zone: string): string {
  const p = partsOf(new Date(iso), zone);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${p.year}-${two(p.month)}-${two(p.day)}T${p.hour}:${p.minute}`;
}

/** The instant that a wall clock in a zone shows this; of a time that is skipped, the one right after. */
export function instantOf(typed: string, zone: string): string {
  const wall = Date.parse(`${typed}Z`);
  if (Number.isNaN(wall)) return '';
  let at = wall;
  for (let i = 0; i < 3; ++i) {
    const shown = Date.parse(`${typedIn(new Date(at).toISOString(), zone)}Z`);
    if (shown === wall) break;
    at += wall - shown;
  }
  return new Date(at).toISOString();
}
