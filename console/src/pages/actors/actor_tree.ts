import type { Actor } from '~/session';

export interface Row {
  actor: Actor;
  depth: number;
  /** How many of its children are loaded. */
  below: number;
  open: boolean;
}

/** The actors as the rows of a tree, parents before their children; closed ones without what is below. */
export function treeOf(actors: readonly Actor[], closed: ReadonlySet<string>): Row[] {
  const known = new Set(actors.map((a) => a.id));
  const children = new Map<string, Actor[]>();
  const roots: Actor[] = [];
  for (const a of actors) {
    if (a.parent_id !== null && known.has(a.parent_id) && a.parent_id !== a.id)
      children.set(a.parent_id, [...(children.get(a.parent_id) ?? []), a]);
    else roots.push(a);
  }
  const out: Row[] = [];
  const seen = new Set<string>();
  const walk = (a: Actor, depth: number, shown: boolean) => {
    if (seen.has(a.id)) return;
    seen.add(a.id);
    const below = children.get(a.id) ?? [];
    const open = !closed.has(a.id);
    if (shown) out.push({ actor: a, depth, below: below.length, open });
    for (const c of below) walk(c, depth + 1, shown && open);
  };
  for (const a of roots) walk(a, 0, true);
  // A ring can only be a mistake of the engine: it is shown and not followed.
  for (const a of actors) walk(a, 0, true);
  return out;
}

/** In a sorted list nothing is indented. */
export function listOf(actors: readonly Actor[]): Row[] {
  return actors.map((actor) => ({ actor, depth: 0, below: 0, open: true }));
}

/** "850 µs", "2.4 ms", "1.2 s" */
export function showMicros(us: number): string {
  if (us < 1_000) return `${Math.round(us)} µs`;
  if (us < 1_000_000) return `${(us / 1_000).toFixed(us < 10_000 ? 1 : 0)} ms`;
  return `${(us / 1_000_000).toFixed(1)} s`;
}

/** JSON for people, with longer digits masked: state may hold telephone numbers. */
export function showState(state: unknown): string {
  return JSON.stringify(state, null, 2).replaceAll(/\+?\d{7,}/g, (n) => `${n.slice(0, 4)}…${n.slice(-2)}`);
}
