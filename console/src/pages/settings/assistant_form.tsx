import { Button, Group, NumberInput, Select, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ifMatch, take } from '~/api/client';
import { messagesByField, Problem } from '~/api/problem';
import type { AssistantSettings } from '~/api/types';
import { inOrder, shortTime } from '~/time/window';
import { DayBoxes } from '~/ui/day_boxes';
import { Failure } from '~/ui/failure';
import { tellDone } from '~/ui/notify';
import { Section } from '~/ui/section';
import { WindowPreview } from '~/ui/window_preview';
import { ZoneSelect } from '~/ui/zone_select';

const tones = ['friendly', 'neutral', 'firm', 'assertive'] as const;

/** Limits, tone, hours and repetitions of the calls of tasks. */
export function AssistantForm({ settings: s }: { settings: AssistantSettings }) {
  const client = useQueryClient();
  const [form, setForm] = useState(() => ({
    amount: s.max_auto_approve_amount.amount,
    currency: s.max_auto_approve_amount.currency,
    default_call_tone: s.default_call_tone,
    auto_retry_failed_calls: s.auto_retry_failed_calls,
    max_retry_attempts: s.max_retry_attempts,
    timezone: s.timezone,
    allowed_call_start_time: shortTime(s.allowed_call_start_time),
    allowed_call_end_time: shortTime(s.allowed_call_end_time),
    allowed_days_of_week: s.allowed_days_of_week,
    budget: s.daily_model_budget?.amount ?? '',
    transfer_numbers: s.transfer_numbers,
  }));
  const set = <K extends keyof typeof form>(name: K, value: (typeof form)[K]) => setForm((was) => ({ ...was, [name]: value }));
  const save = useMutation({
    mutationFn: () => {
      const { amount, currency, budget, ...rest } = form;
      return take(
        api.PUT('/api/assistant-settings', {
          headers: ifMatch(s.version),
          body: {
            ...rest,
            max_auto_approve_amount: { amount, currency },
            daily_model_budget: budget.trim() ? { amount: budget.trim(), currency: s.daily_model_budget?.currency ?? 'USD' } : null,
          },
        }),
      );
    },
    onSuccess: (answer) => {
      tellDone('Saved.');
      client.setQueryData(['settings'], answer);
    },
  });
  const fields = save.error instanceof Problem ? messagesByField(save.error) : {};
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="md">
        <Section title="What it may agree to">
          <Group gap="sm" align="flex-start" wrap="wrap">
            <TextInput label="Up to this price, alone" w={160} inputMode="decimal" value={form.amount} error={fields.max_auto_approve_amount} onChange={(e) => set('amount', e.currentTarget.value)} description="above it, you are asked" />
            <TextInput label="Currency" w={90} maxLength={3} value={form.currency} onChange={(e) => set('currency', e.currentTarget.value.toUpperCase())} description="three letters" />
            <Select label="Tone" w={140} data={[...tones]} value={form.default_call_tone} onChange={(v) => v && set('default_call_tone', v)} allowDeselect={false} description="unless a task says" />
          </Group>
        </Section>
        <Section title="When it calls">
          <Stack gap="sm">
            <Group gap="sm" align="flex-start" wrap="wrap">
              <div style={{ width: 260 }}>
                <ZoneSelect label="Time zone" value={form.timezone} onChange={(z) => set('timezone', z)} error={fields.timezone} />
              </div>
              <TextInput label="From" w={100} value={form.allowed_call_start_time} error={fields.allowed_call_start_time} onChange={(e) => set('allowed_call_start_time', e.currentTarget.value)} />
              <TextInput label="Until" w={100} value={form.allowed_call_end_time} error={fields.allowed_call_end_time} onChange={(e) => set('allowed_call_end_time', e.currentTarget.value)} />
            </Group>
            <DayBoxes value={form.allowed_days_of_week} onChange={(d) => set('allowed_days_of_week', d)} error={fields.allowed_days_of_week} />
            <WindowPreview
              shape={{
                timezone: form.timezone,
                allowed_call_start_time: form.allowed_call_start_time,
                allowed_call_end_time: form.allowed_call_end_time,
                allowed_days_of_week: inOrder(form.allowed_days_of_week),
              }}
            />
          </Stack>
        </Section>
        <Section title="When nobody was reached">
          <Group gap="xl" align="flex-start" wrap="wrap">
            <Switch
              label="Call again by itself"
              description="This is your standing permission: a task that failed is called again without a click of yours."
              checked={form.auto_retry_failed_calls}
              onChange={(e) => set('auto_retry_failed_calls', e.currentTarget.checked)}
              maw={420}
            />
            <NumberInput label="At most this often" w={130} min={0} max={10} allowDecimal={false} value={form.max_retry_attempts} error={fields.max_retry_attempts} onChange={(v) => set('max_retry_attempts', Number(v) || 0)} />
          </Group>
        </Section>
        <Section title="Handing over, and costs">
          <Stack gap="sm">
            <TagsInput label="Calls may be handed to" description="Telephone numbers; Enter after each. A call is handed to no other." value={form.transfer_numbers} error={fields.transfer_numbers} onChange={(v) => set('transfer_numbers', v)} />
            <TextInput label="Models may cost in a day (USD)" description="empty: no limit of yours" w={240} inputMode="decimal" value={form.budget} error={fields.daily_model_budget} onChange={(e) => set('budget', e.currentTarget.value)} />
          </Stack>
        </Section>
        {save.error && Object.keys(fields).length === 0 && <Failure error={save.error} />}
        <Group justify="flex-end">
          <Button type="submit" size="sm" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
