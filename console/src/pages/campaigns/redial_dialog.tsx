import { Button, Checkbox, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { api, newKey, take } from '~/api/client';
import type { Campaign, Target } from '~/api/types';
import { Failure } from '~/ui/failure';
import { wordsOf } from '~/ui/status';
import { many } from '~/ui/values';
import { bodyOf, formOf } from './campaign_form';
import { uploadList } from './upload';

const most = 100_000;

async function ended(campaign: string, onSome: (n: number) => void): Promise<Target[]> {
  const out: Target[] = [];
  for (const status of ['failed', 'skipped'] as const) {
    let cursor: string | null = '';
    while (cursor !== null && out.length < most) {
      const page: { targets: Target[]; next_cursor: string | null } = await take(
        api.GET('/api/campaigns/{id}/targets', {
          params: { path: { id: campaign }, query: { limit: 500, status, ...(cursor ? { cursor } : {}) } },
        }),
      );
      out.push(...page.targets);
      cursor = page.next_cursor;
      onSome(out.length);
    }
  }
  return out;
}

const outcomeOf = (t: Target) => t.call_outcome ?? t.reason ?? t.status;

/** Makes a draft of those numbers that ended in a way worth another call. Suppressed ones stay refused. */
export function RedialDialog({ campaign: c, onClose }: { campaign: Campaign; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [targets, setTargets] = useState<Target[] | null>(null);
  const [read, setRead] = useState(0);
  const [chosen, setChosen] = useState<string[]>([]);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    let live = true;
    ended(c.id, (n) => live && setRead(n)).then(
      (found) => live && setTargets(found),
      (e: unknown) => live && setError(e),
    );
    return () => {
      live = false;
    };
  }, [c.id]);
  const counts = new Map<string, number>();
  for (const t of targets ?? []) counts.set(outcomeOf(t), (counts.get(outcomeOf(t)) ?? 0) + 1);
  const picked = (targets ?? []).filter((t) => chosen.includes(outcomeOf(t)));
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const body = { ...bodyOf(formOf(c)), name: `${c.name} (again)`.slice(0, 200) };
      const made = await take(api.POST('/api/campaigns', { params: { header: { 'Idempotency-Key': newKey() } }, body }));
      await uploadList(made.campaign.id, {
        doubtful: [],
        duplicates: [],
        rows: picked.map((t, n) => ({
          line: n + 2,
          cells: {
            phone_number: t.phone_number,
            ...(t.contact_name ? { contact_name: t.contact_name } : {}),
            ...(t.client_id ? { client_id: t.client_id } : {}),
            ...(t.timezone ? { timezone: t.timezone } : {}),
          },
        })),
      });
      await client.invalidateQueries({ queryKey: ['campaigns'] });
      onClose();
      await navigate({ to: '/campaigns/$id', params: { id: made.campaign.id } });
    } catch (e) {
      setError(e);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title="Redial by outcome">
      <Stack gap="sm">
        <Text size="sm">Makes another draft with the same rules and these numbers. Nothing is dialed until you start it.</Text>
        {!targets && error === undefined && (
          <>
            <Progress value={Math.min(100, (read / Math.max(1, c.progress.failed + c.progress.skipped)) * 100)} aria-label="Reading the numbers" />
            <Text size="xs" c="dimmed">
              Reading the numbers
            </Text>
          </>
        )}
        {targets && (
          <Checkbox.Group label="Outcomes" value={chosen} onChange={setChosen}>
            <Stack gap={10} mt={6}>
              {[...counts].map(([outcome, n]) => (
                <Checkbox key={outcome} value={outcome} label={`${wordsOf(outcome)} (${many(n, 'number')})`} />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
        {error !== undefined && <Failure error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" size="sm" onClick={onClose}>
            Not now
          </Button>
          <Button size="sm" disabled={picked.length === 0} loading={busy} onClick={() => void submit()}>
            Make a draft of {many(picked.length, 'number')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
