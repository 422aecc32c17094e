import 'uplot/dist/uPlot.min.css';
import { Group, Text, useComputedColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import { api, take } from '~/api/client';
import type { CallSession, Campaign } from '~/api/types';
import { zoneFor } from '~/time/format';
import { useTimeDisplay } from '~/time/mode';
import { inOrder, neverCloses, openMinutes } from '~/time/window';
import { chartQuery } from '~/api/queries';
import { bucketsFrom, bucketsOf } from './buckets';

interface Props {
  campaign: Campaign;
  /** The newest calls. */
  calls: CallSession[];
  /** These are all of them; else the engine counts. */
  complete: boolean;
}

const sum = (all: number[]) => all.reduce((a, b) => a + b, 0);
const paint = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Calls over time; the calling window is shaded, so that one sees that nothing was dialed outside of it. */
export function CallsChart({ campaign: c, calls, complete }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const { mode } = useTimeDisplay();
  const scheme = useComputedColorScheme('light');
  const chart = useQuery({ ...chartQuery(c.id), enabled: !complete }).data;
  const buckets = useMemo(() => (chart && !complete ? bucketsFrom(chart) : bucketsOf(calls)), [calls, chart, complete]);
  const partly = !complete && (!chart || chart.cut);
  const first = buckets.times[0];
  const openings = useQuery({
    queryKey: ['openings', c.id, c.version, first],
    enabled: first !== undefined && !neverCloses(c),
    staleTime: Infinity,
    queryFn: () =>
      take(
        api.POST('/api/call-window/check', {
          body: {
            timezone: c.timezone,
            allowed_call_start_time: c.allowed_call_start_time,
            allowed_call_end_time: c.allowed_call_end_time,
            allowed_days_of_week: inOrder(c.allowed_days_of_week),
            at: new Date(((first ?? 0) - 86_400) * 1000).toISOString(),
            count: 60,
          },
        }),
      ),
  }).data?.next_openings;

  useEffect(() => {
    const node = box.current;
    if (!node || buckets.times.length === 0) return;
    const zone = zoneFor(mode, c.timezone);
    const shade = (u: uPlot) => {
      u.ctx.save();
      u.ctx.fillStyle = paint('--rm-hover') || '#eee';
      const { left, width, top, height } = u.bbox;
      const bar = (from: number, to: number) => {
        const a = Math.max(left, u.valToPos(from, 'x', true));
        const b = Math.min(left + width, u.valToPos(to, 'x', true));
        if (b > a) u.ctx.fillRect(a, top, b - a, height);
      };
      if (neverCloses(c)) u.ctx.fillRect(left, top, width, height);
      for (const at of openings ?? []) bar(Date.parse(at) / 1000, Date.parse(at) / 1000 + openMinutes(c) * 60);
      u.ctx.restore();
    };
    const axis = { stroke: paint('--mantine-color-dimmed'), grid: { stroke: paint('--rm-line'), width: 1 }, ticks: { show: false }, font: '11px system-ui' };
    const last = (buckets.times[buckets.times.length - 1] ?? 0) + buckets.step;
    const bars = uPlot.paths.bars?.({ size: [0.8, 40], align: 1 });
    const plot = new uPlot(
      {
        width: node.clientWidth,
        height: 150,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
        fmtDate: (template) => uPlot.fmtDate(template.replaceAll('{h}', '{HH}').replaceAll('{aa}', '').replaceAll('{M}/{D}', '{D} {MMM}').replaceAll('/{YY}', ' {YYYY}')),
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { range: () => [(first ?? 0) - buckets.step, last + buckets.step] }, y: { range: (_u, _min, max) => [0, Math.max(4, max * 1.1)] } },
        axes: [{ ...axis, size: 36 }, { ...axis, size: 34 }],
        series: [
          {},
          { label: 'calls', fill: paint('--rm-quiet'), stroke: 'transparent', points: { show: false }, ...(bars ? { paths: bars } : {}) },
          { label: 'answered', fill: paint('--rm-good'), stroke: 'transparent', points: { show: false }, ...(bars ? { paths: bars } : {}) },
        ],
        hooks: { drawClear: [shade] },
      },
      [buckets.times, buckets.all, buckets.answered],
      node,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: node.clientWidth, height: 150 }));
    watch.observe(node);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [buckets, c, first, mode, openings, scheme]);

  return (
    <div className="rm-card" style={{ padding: '8px 12px' }}>
      <Group justify="space-between" gap="xs">
        <Text size="xs" fw={500}>
          Calls over time
        </Text>
        <Text size="xs" c="dimmed">
          grey: dialed, green: answered, shaded: inside of the window{partly ? ', newest calls only' : ''}
        </Text>
      </Group>
      <div ref={box} role="img" aria-label={`${sum(buckets.all)} calls over time, ${sum(buckets.answered)} of them answered`} />
    </div>
  );
}
