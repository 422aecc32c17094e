import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, take } from '~/api/client';
import { carrierQuery } from '~/api/trials';
import { Copy } from '~/ui/copy';
import { Facts } from '~/ui/facts';
import { Failure } from '~/ui/failure';
import { Section } from '~/ui/section';
import { StatusBadge } from '~/ui/status_badge';
import type { Tint } from '~/ui/status';
import { wordsOf } from '~/ui/status';
import { showNumber } from '~/ui/values';
import style from './settings.module.css';

const modes: Record<string, string> = { gather: 'by the carrier’s speech input', relay: 'by its conversation socket' };
const standings: Record<string, Tint> = { owned: 'good', verified: 'good', foreign: 'bad', unknown: 'warn' };

interface Verdict {
  name: ReactNode;
  tint: Tint;
  text: string;
  ms: number | null;
}

function Verdicts({ all }: { all: Verdict[] }) {
  return (
    <ul className={style.verdicts}>
      {all.map((v, n) => (
        <li key={n}>
          <StatusBadge status={v.tint} tint={v.tint} label="" plain />
          <span>{v.name}</span>
          <span>{v.text}</span>
          <Text size="xs" c="dimmed">
            {v.ms === null ? '' : `${v.ms} ms`}
          </Text>
        </li>
      ))}
    </ul>
  );
}

/** Who makes the calls, as the installation is set up; and a trial that dials nobody. */
export function CarrierTab() {
  const { data, error, refetch } = useQuery(carrierQuery);
  const test = useMutation({ mutationFn: async () => (await take(api.POST('/api/carrier/test'))).test });
  if (error) return <Failure error={error} feature="The page of the carrier" retry={() => void refetch()} />;
  if (!data) return <Skeleton h={260} />;
  const t = test.data;
  const good = (ok: boolean): Tint => (ok ? 'good' : 'bad');
  return (
    <Stack gap="md">
      <Section
        title="Carrier"
        aside={
          <StatusBadge
            status={data.configured ? 'ok' : 'off'}
            label={!data.configured ? 'not set up' : data.simulated ? 'simulated: nobody is called' : 'set up'}
            plain
          />
        }
      >
        <Facts
          rows={[
            ['Served at', <span key="b" className="rm-mono rm-wrap">{data.base_url}</span>],
            ['Account', data.account ? <span key="a" className="rm-mono">{data.account}</span> : 'none: see docs/install.md'],
            ['Signs with', data.credentials ? wordsOf(data.credentials) : undefined],
            ['Rotation', data.rotating ? 'the token before is still accepted' : undefined],
            ['Caller ids', data.from.length > 0 ? data.from.map((n) => showNumber(n)).join(', ') : 'none'],
            ['Calls per second', data.calls_per_second > 0 ? String(data.calls_per_second) : 'not paced'],
            ['Callees are heard', modes[data.mode] ?? data.mode],
            ['Public address', <span key="p" className="rm-mono rm-wrap">{data.public_url} <Copy text={data.public_url} label="Copy the public address" /></span>],
          ]}
        />
      </Section>
      <Section
        title="Try it"
        aside={
          <Button loading={test.isPending} onClick={() => test.mutate()}>
            Test the connection
          </Button>
        }
      >
        <Text size="sm" c="dimmed" mb={t || test.error ? 'xs' : 0}>
          Reads the account, asks whether the caller ids are yours, and lets the engine call its own public address with a
          signature as the carrier makes it. Nobody is dialed.
        </Text>
        {test.error && <Failure error={test.error} feature="Testing the carrier" />}
        {t && (
          <div role="status" aria-label="What came of the test">
            <Verdicts
              all={[
                { name: 'Account', tint: good(t.account.ok), text: t.account.detail, ms: t.account.took_ms },
                ...t.caller_ids.map((c) => ({ name: <span className="rm-mono">{showNumber(c.number)}</span>, tint: standings[c.standing] ?? 'warn', text: c.detail, ms: null })),
                { name: 'Public address', tint: good(t.public_url.ok), text: t.public_url.detail, ms: t.public_url.took_ms },
                ...(t.account.clock_ahead_ms !== null
                  ? [{ name: 'Clocks', tint: (Math.abs(t.account.clock_ahead_ms) > 5_000 ? 'warn' : 'good') as Tint, text: `the carrier's is ${Math.abs(t.account.clock_ahead_ms)} ms ${t.account.clock_ahead_ms < 0 ? 'behind' : 'ahead'}`, ms: null }]
                  : []),
              ]}
            />
            <Text size="sm" fw={600} mt="xs">
              {t.ok ? 'All of it works.' : 'Something does not work yet.'}
            </Text>
          </div>
        )}
      </Section>
      <Section title="What the carrier calls" flush>
        <Text size="sm" c="dimmed" px="md" pt="sm">
          For firewalls and proxies. At the carrier nothing has to be entered: every call names its own.
        </Text>
        <ul className={style.list} aria-label="What the carrier calls">
          {data.webhooks.map((w) => (
            <li key={w.kind}>
              <Group className={style.row} wrap="nowrap">
                <span style={{ minWidth: 110 }}>{wordsOf(w.kind)}</span>
                <span className="rm-mono rm-grow rm-clip" title={w.url}>
                  {w.url}
                </span>
                <Copy text={w.url} label={`Copy the address for ${wordsOf(w.kind)}`} />
              </Group>
            </li>
          ))}
        </ul>
      </Section>
    </Stack>
  );
}
