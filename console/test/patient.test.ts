import { afterEach, describe, expect, it, vi } from 'vitest';

vi.mock('~/base', () => ({ basePath: '' }));
const { patiently } = await import('~/ui/patient');

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('loading a part', () => {
  it('gives what is loaded at once', async () => {
    await expect(patiently(() => Promise.resolve(7))).resolves.toBe(7);
  });

  it('waits as long as the engine is away and tries again when it is back', async () => {
    vi.useFakeTimers();
    let there = false;
    const fetched = vi.fn(() => (there ? Promise.resolve({ ok: true }) : Promise.reject(new Error('refused'))));
    vi.stubGlobal('fetch', fetched);
    const load = vi.fn(() => (there ? Promise.resolve('page') : Promise.reject(new Error('no module'))));
    const page = patiently(load);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(load.mock.calls.length).toBeGreaterThan(3);
    there = true;
    await vi.advanceTimersByTimeAsync(10_000);
    await expect(page).resolves.toBe('page');
  });

  it('fails after one more try if the engine is there and the part is not', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve({ ok: true }));
    const load = vi.fn(() => Promise.reject(new Error('no module')));
    await expect(patiently(load)).rejects.toThrow('no module');
    expect(load).toHaveBeenCalledTimes(2);
  });
});
