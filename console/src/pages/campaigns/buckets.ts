import type { CallSession, ChartBucket } from '~/api/types';

/** Calls over time, in steps that suit the whole span. */
export interface Buckets {
  step: number;
  /** Seconds since 1970, the beginning of each step. */
  times: number[];
  all: number[];
  answered: number[];
}

const steps = [1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 86_400];

export function stepFor(span: number, most = 120): number {
  return steps.find((s) => span / s <= most) ?? 86_400;
}

export function bucketsOf(calls: Pick<CallSession, 'created_at' | 'answered_at'>[]): Buckets {
  const at = calls.map((c) => Math.floor(Date.parse(c.created_at ?? '') / 1000));
  const good = at.filter((t) => !Number.isNaN(t));
  if (good.length === 0) return { step: 60, times: [], all: [], answered: [] };
  const first = good.reduce((a, b) => Math.min(a, b));
  const last = good.reduce((a, b) => Math.max(a, b));
  const step = stepFor(last - first);
  const begin = Math.floor(first / step) * step;
  const count = Math.floor((last - begin) / step) + 1;
  const out: Buckets = {
    step,
    times: Array.from({ length: count }, (_, n) => begin + n * step),
    all: Array<number>(count).fill(0),
    answered: Array<number>(count).fill(0),
  };
  calls.forEach((c, n) => {
    const t = at[n] as number;
    if (Number.isNaN(t)) return;
    const i = Math.floor((t - begin) / step);
    out.all[i] = (out.all[i] ?? 0) + 1;
    if (c.answered_at) out.answered[i] = (out.answered[i] ?? 0) + 1;
  });
  return out;
}

/** What the engine counted, for campaigns with more calls than stand on one page. */
export function bucketsFrom(chart: { bucket: 'minute' | 'hour'; buckets: ChartBucket[] }): Buckets {
  return {
    step: chart.bucket === 'hour' ? 3600 : 60,
    times: chart.buckets.map((b) => Math.floor(Date.parse(b.at) / 1000)),
    all: chart.buckets.map((b) => b.started),
    answered: chart.buckets.map((b) => b.answered),
  };
}
