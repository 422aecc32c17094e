/** What no waiting mends. */
export class Over extends Error {}

/** Waits for a condition, with a deadline; gives what it gave. Never for a time. */
export async function until(look, what, within = 15_000) {
  const end = Date.now() + within;
  let wrong;
  for (;;) {
    try {
      const found = await look();
      if (found) return found;
      wrong = undefined;
    } catch (e) {
      if (e instanceof Over) throw e;
      wrong = e;
    }
    if (Date.now() > end) throw new Error(`waited ${within / 1000} s in vain for ${what}${wrong ? `: ${wrong.message}` : ''}`);
    await new Promise((again) => setTimeout(again, 50));
  }
}
