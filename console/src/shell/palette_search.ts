export interface Entry {
  name: string;
  hint: string;
}

/** True if every word of the wish begins a word of the entry, in any order: "new cam" finds "New campaign". */
export function matches(entry: Entry, wish: string): boolean {
  const words = `${entry.name} ${entry.hint}`.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return wish
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .every((w) => words.some((word) => word.startsWith(w)));
}
