import { Button, Checkbox, Group, Select, Stack, TagsInput, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import * as z from 'zod/mini';
import { api, newKey, take } from '~/api/client';
import { settingsQuery } from '~/api/queries';
import type { NewTask } from '~/api/types';
import { Failure } from '~/ui/failure';
import { resolverOf, showAtFields } from '~/ui/form';
import { showMoney } from '~/ui/values';
import { ContactSelect } from './contact_select';

z.config({ jitless: true });

const tones = ['friendly', 'neutral', 'firm', 'assertive'] as const;
const priorities = ['low', 'normal', 'high', 'urgent'] as const;
const conditions = z.array(z.string().check(z.maxLength(500))).check(z.maxLength(50));
const schema = z.object({
  raw_instruction: z.string().check(z.trim(), z.minLength(1, 'say what is to be done'), z.maxLength(4000, 'at most 4,000 characters')),
  contact_id: z.string(),
  target_phone_number: z.string(),
  tone: z.enum(['', ...tones]),
  priority: z.enum(priorities),
  max_price: z.string().check(z.regex(/^(\d{1,9}(\.\d{1,2})?)?$/, 'an amount as 120 or 99.50')),
  hard_constraints: conditions,
  soft_preferences: conditions,
  needs_user_confirmation: z.boolean(),
});
type Form = z.infer<typeof schema>;
const fields = Object.keys(schema.shape) as (keyof Form)[];
const route = getRouteApi('/inside/tasks/new');
const examples = [
  'Call my dentist and get the earliest appointment this week',
  'Ask three garages what new brakes for a 2018 Golf cost, and take the cheapest',
  'Cancel my gym membership by the end of the month, and get a confirmation number',
];

function bodyOf(f: Form): NewTask {
  return {
    raw_instruction: f.raw_instruction.trim(),
    priority: f.priority,
    needs_user_confirmation: f.needs_user_confirmation,
    ...(f.tone ? { tone: f.tone } : {}),
    ...(f.max_price ? { max_price: { amount: f.max_price, currency: 'USD' } } : {}),
    ...(f.contact_id ? { contact_id: f.contact_id } : {}),
    ...(f.target_phone_number.trim() ? { target_phone_number: f.target_phone_number.trim() } : {}),
    ...(f.hard_constraints.length > 0 ? { hard_constraints: f.hard_constraints } : {}),
    ...(f.soft_preferences.length > 0 ? { soft_preferences: f.soft_preferences } : {}),
  };
}

/** A wish in one's own words, and what bounds it. */
export function Composer({ onMade }: { onMade: (id: string) => void }) {
  const { contact } = route.useSearch();
  const client = useQueryClient();
  const settings = useQuery(settingsQuery).data?.assistant_settings;
  const [failure, setFailure] = useState<unknown>();
  const key = useRef({ body: '', key: '' });
  const form = useForm<Form>({
    resolver: resolverOf(schema),
    defaultValues: {
      raw_instruction: '', contact_id: contact ?? '', target_phone_number: '', tone: '', priority: 'normal', max_price: '',
      hard_constraints: [], soft_preferences: [], needs_user_confirmation: false,
    },
  });
  const { register, control, formState, setValue, watch } = form;
  const errors = formState.errors;
  const price = watch('max_price');
  const limit = settings?.max_auto_approve_amount;
  const above = limit && price && Number(price) > Number(limit.amount);
  const submit = form.handleSubmit(async (wish) => {
    setFailure(undefined);
    try {
      const body = bodyOf(wish);
      const text = JSON.stringify(body);
      if (key.current.body !== text) key.current = { body: text, key: newKey() };
      const made = await take(api.POST('/api/call-tasks', { params: { header: { 'Idempotency-Key': key.current.key } }, body }));
      client.setQueryData(['task', made.call_task.id], made.call_task);
      await client.invalidateQueries({ queryKey: ['tasks'] });
      onMade(made.call_task.id);
    } catch (e) {
      if (!showAtFields(e, fields, form.setError)) setFailure(e);
    }
  });
  return (
    <form onSubmit={(e) => void submit(e)} noValidate>
      <Stack gap="sm">
        <Textarea
          label="What shall be done?"
          autosize
          minRows={3}
          maxRows={12}
          size="sm"
          autoFocus
          {...register('raw_instruction')}
          error={errors.raw_instruction?.message}
        />
        {!watch('raw_instruction') && (
          <Group gap={6} wrap="wrap">
            {examples.map((e) => (
              <Button key={e} variant="default" size="compact-xs" fw={400} onClick={() => setValue('raw_instruction', e)} style={{ maxWidth: '100%' }}>
                {e}
              </Button>
            ))}
          </Group>
        )}
        <Group gap="sm" align="flex-start" wrap="wrap">
          <Controller control={control} name="contact_id" render={({ field }) => <ContactSelect value={field.value} onChange={field.onChange} />} />
          <TextInput label="or a number" placeholder="+1 415 555 0100" w={180} {...register('target_phone_number')} error={errors.target_phone_number?.message} />
          <Controller
            control={control}
            name="tone"
            render={({ field }) => (
              <Select
                label="Tone"
                w={150}
                value={field.value}
                onChange={(v) => field.onChange(v ?? '')}
                data={[{ value: '', label: settings ? `as settled (${settings.default_call_tone})` : 'as settled' }, ...tones]}
                allowDeselect={false}
              />
            )}
          />
          <Controller
            control={control}
            name="priority"
            render={({ field }) => <Select label="Priority" w={110} value={field.value} onChange={field.onChange} data={[...priorities]} allowDeselect={false} />}
          />
          <TextInput label="At most (USD)" w={120} inputMode="decimal" {...register('max_price')} error={errors.max_price?.message} />
        </Group>
        <Controller
          control={control}
          name="hard_constraints"
          render={({ field }) => <TagsInput label="It must" description="Conditions that are never given up; Enter after each" value={field.value} onChange={field.onChange} />}
        />
        <Controller
          control={control}
          name="soft_preferences"
          render={({ field }) => <TagsInput label="It would be nice if" value={field.value} onChange={field.onChange} />}
        />
        <Checkbox label="Ask me for a yes before the call" {...register('needs_user_confirmation')} />
        {above && (
          <Text size="xs" role="status">
            This is above {showMoney(limit)}, what your assistant may agree to alone. You will be asked to approve it.
          </Text>
        )}
        {failure !== undefined && <Failure error={failure} />}
        <Group justify="space-between">
          <Text size="xs" c="dimmed">
            Planning takes a few seconds. Without a model of your own, the built-in rules plan it.
          </Text>
          <Button type="submit" size="sm" loading={formState.isSubmitting}>
            Plan it
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
