import { basePath } from '~/base';

// Styles of a part that could not be loaded: their place in the document is not asked for again by itself.
const lostStyles = new Set<string>();
if (typeof document !== 'undefined')
  document.addEventListener(
    'error',
    (e) => {
      if (e.target instanceof HTMLLinkElement && e.target.rel === 'stylesheet') lostStyles.add(e.target.href);
    },
    true,
  );

function loadStyle(href: string): Promise<void> {
  return new Promise((done, failed) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = href;
    link.onload = () => {
      lostStyles.delete(href);
      done();
    };
    link.onerror = () => {
      link.remove();
      failed(new Error(`no styles at ${href}`));
    };
    document.head.append(link);
  });
}

async function isThere(): Promise<boolean> {
  try {
    return (await fetch(`${basePath}/healthz`, { cache: 'no-store' })).ok;
  } catch {
    return false;
  }
}

/**
 * Loads a part of the console. While the engine is away, as in a restart, it waits; only if the engine is there and
 * has no such part any more, as after an upgrade, it fails.
 */
export async function patiently<T>(load: () => Promise<T>): Promise<T> {
  let last = false;
  for (let wait = 500; ; wait = Math.min(wait * 2, 8_000)) {
    try {
      await Promise.all([...lostStyles].map(loadStyle));
      return await load();
    } catch (e) {
      if (last) throw e;
      last = await isThere();
      if (!last) await new Promise((again) => setTimeout(again, wait));
    }
  }
}

const idle: (act: () => void) => void =
  typeof requestIdleCallback === 'function' ? (act) => void requestIdleCallback(act) : (act) => void setTimeout(act, 2_000);

/** Loads a part when nothing else is to do, so that it is there also when the engine is not. */
export function inAdvance(load: () => Promise<unknown>): void {
  if (typeof document === 'undefined') return;
  const begin = () => idle(() => void load().catch(() => undefined));
  if (document.readyState === 'complete') begin();
  else addEventListener('load', begin, { once: true });
}
