/** Parts of a URL's search that are texts; what is none is left out. */
export function readText<N extends string>(search: Record<string, unknown>, name: N): { [K in N]?: string } {
  const value = search[name];
  const text = typeof value === 'number' ? String(value) : value;
  return (typeof text === 'string' && text ? { [name]: text.slice(0, 2_000) } : {}) as { [K in N]?: string };
}

/** Parts that have few values. */
export function choices<N extends string, V extends string>(
  search: Record<string, unknown>, name: N, values: readonly V[],
): { [K in N]?: V } {
  const value = values.find((v) => v === search[name]);
  return (value ? { [name]: value } : {}) as { [K in N]?: V };
}
