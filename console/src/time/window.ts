/** The calling window of a campaign, as a sentence that one can check at a glance. */
export const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof dayNames)[number];

const shown: Record<Day, string> = {
  mon: 'Monday', tue: 'Tuesday', wed: 'Wednesday', thu: 'Thursday', fri: 'Friday', sat: 'Saturday', sun: 'Sunday',
};
const short: Record<Day, string> = { mon: 'Mon', tue: 'Tue', wed: 'Wed', thu: 'Thu', fri: 'Fri', sat: 'Sat', sun: 'Sun' };

export interface WindowShape {
  timezone: string;
  allowed_call_start_time: string;
  allowed_call_end_time: string;
  allowed_days_of_week: readonly string[];
}

/** "09:00:00" is "09:00"; seconds that say something stay. */
export function shortTime(time: string): string {
  return /^\d{2}:\d{2}:00$/.test(time) ? time.slice(0, 5) : time;
}

export function inOrder(days: readonly string[]): Day[] {
  return dayNames.filter((d) => days.includes(d));
}

/** "Mon to Fri", "Mon, Wed and Fri", "every day" */
export function showDays(days: readonly string[], long = false): string {
  const all = inOrder(days);
  const name = (d: Day) => (long ? shown[d] : short[d]);
  if (all.length === 0) return 'no day';
  if (all.length === 7) return 'every day';
  const first = dayNames.indexOf(all[0] as Day);
  const row = all.every((d, i) => dayNames.indexOf(d) === first + i);
  if (row && all.length > 2) return `${name(all[0] as Day)} to ${name(all[all.length - 1] as Day)}`;
  const names = all.map(name);
  return names.length === 1 ? (names[0] as string) : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

const minutesOf = (time: string) => {
  const [h, m] = time.split(':').map(Number);
  return (h ?? 0) * 60 + (m ?? 0);
};

/** An end that is not after the start lies on the day after. */
export function isOvernight(w: WindowShape): boolean {
  return minutesOf(w.allowed_call_end_time) <= minutesOf(w.allowed_call_start_time);
}
export function neverCloses(w: WindowShape): boolean {
  return (
    inOrder(w.allowed_days_of_week).length === 7 &&
    minutesOf(w.allowed_call_start_time) === 0 &&
    minutesOf(w.allowed_call_end_time) === 24 * 60
  );
}

/** For lists: "Mon to Fri 09:00 to 18:00". */
export function windowSummary(w: WindowShape): string {
  if (neverCloses(w)) return 'always';
  return `${showDays(w.allowed_days_of_week)} ${shortTime(w.allowed_call_start_time)} to ${shortTime(w.allowed_call_end_time)}`;
}

/** For forms: a whole sentence. */
export function windowSentence(w: WindowShape): string {
  if (inOrder(w.allowed_days_of_week).length === 0) return 'Pick at least one day: without one, nothing is ever called.';
  if (!w.timezone) return 'Pick a time zone: without one, nothing is ever called.';
  if (neverCloses(w)) return `Calls at any time of any day (${w.timezone}).`;
  const days = showDays(w.allowed_days_of_week, true);
  const day = days === 'every day' ? 'on every day' : `on ${days}`;
  const start = shortTime(w.allowed_call_start_time);
  const end = shortTime(w.allowed_call_end_time);
  const until = isOvernight(w) ? `${end} of the next day` : end;
  return `Calls only ${day}, from ${start} until ${until}, by the clocks of ${w.timezone}.`;
}

/** How long a window is open in a day it opens on, in minutes. */
export function openMinutes(w: WindowShape): number {
  const length = minutesOf(w.allowed_call_end_time) - minutesOf(w.allowed_call_start_time);
  return length > 0 ? length : length + 24 * 60;
}

/** How long so many calls take at these rates, in minutes of open window; null: no rate limits them. */
export function minutesFor(calls: number, perMinute: number | null, perHour: number | null): number | null {
  const paces = [perMinute, perHour === null ? null : perHour / 60].filter((p): p is number => p !== null && p > 0);
  if (paces.length === 0) return null;
  return calls / Math.min(...paces);
}

/** "about 40 min", "about 2 h 30 min of open window, over 2 windows" */
export function estimateSentence(
  calls: number, perMinute: number | null, perHour: number | null, w: WindowShape,
): string {
  if (calls === 0) return 'No numbers yet.';
  const count = `${calls.toLocaleString('en')} ${calls === 1 ? 'number' : 'numbers'}`;
  const minutes = minutesFor(calls, perMinute, perHour);
  if (minutes === null) return `${count}, as fast as lines are free: no rate is set.`;
  const whole = Math.max(1, Math.ceil(minutes));
  const length = whole < 60 ? `${whole} min` : `${Math.floor(whole / 60)} h${whole % 60 ? ` ${whole % 60} min` : ''}`;
  const windows = neverCloses(w) ? 1 : Math.ceil(whole / openMinutes(w));
  const over = windows > 1 ? `, over ${windows} windows` : '';
  return `${count}, first attempts in about ${length} of open window${over}.`;
}
