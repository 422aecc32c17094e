import { Button, Checkbox, Group, Modal, Select, Stack, TagsInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { api, ifMatch, take } from '~/api/client';
import type { Task } from '~/api/types';
import { Failure } from '~/ui/failure';
import { showAtFields } from '~/ui/form';
import { ContactSelect } from './contact_select';

interface Form {
  title: string;
  contact_id: string;
  target_phone_number: string;
  tone: Task['tone'];
  priority: Task['priority'];
  max_price: string;
  hard_constraints: string[];
  soft_preferences: string[];
  needs_user_confirmation: boolean;
}
const fields: (keyof Form)[] = [
  'title', 'contact_id', 'target_phone_number', 'tone', 'priority', 'max_price', 'hard_constraints', 'soft_preferences', 'needs_user_confirmation',
];

/** Changes what bounds a task. A higher price or another number asks for a yes again. */
export function EditTaskDialog({ task: t, onClose }: { task: Task; onClose: () => void }) {
  const client = useQueryClient();
  const [failure, setFailure] = useState<unknown>();
  const form = useForm<Form>({
    defaultValues: {
      title: t.title, contact_id: t.contact_id ?? '', target_phone_number: t.target_phone_number ?? '', tone: t.tone, priority: t.priority,
      max_price: t.max_price?.amount ?? '', hard_constraints: t.hard_constraints, soft_preferences: t.soft_preferences,
      needs_user_confirmation: t.needs_user_confirmation,
    },
  });
  const { register, control, formState } = form;
  const errors = formState.errors;
  const submit = form.handleSubmit(async (f) => {
    setFailure(undefined);
    try {
      await take(
        api.PATCH('/api/call-tasks/{id}', {
          params: { path: { id: t.id } },
          headers: ifMatch(t.version),
          body: {
            title: f.title, tone: f.tone, priority: f.priority, hard_constraints: f.hard_constraints,
            soft_preferences: f.soft_preferences, needs_user_confirmation: f.needs_user_confirmation,
            contact_id: f.contact_id || null,
            target_phone_number: f.target_phone_number.trim() || null,
            max_price: f.max_price.trim() ? { amount: f.max_price.trim(), currency: t.max_price?.currency ?? 'USD' } : null,
          },
        }),
      );
      await client.invalidateQueries({ queryKey: ['task', t.id] });
      void client.invalidateQueries({ queryKey: ['tasks'] });
      onClose();
    } catch (e) {
      if (!showAtFields(e, fields, form.setError)) setFailure(e);
    }
  });
  return (
    <Modal opened onClose={onClose} title="Edit the task" size="lg">
      <form onSubmit={(e) => void submit(e)} noValidate>
        <Stack gap="sm">
          <TextInput label="Title" {...register('title')} error={errors.title?.message} />
          <Group gap="sm" align="flex-start" wrap="wrap">
            <Controller control={control} name="contact_id" render={({ field }) => <ContactSelect value={field.value} onChange={field.onChange} />} />
            <TextInput label="Number" w={180} {...register('target_phone_number')} error={errors.target_phone_number?.message} />
            <TextInput label={`At most (${t.max_price?.currency ?? 'USD'})`} w={120} inputMode="decimal" {...register('max_price')} error={errors.max_price?.message} />
            <Controller control={control} name="tone" render={({ field }) => <Select label="Tone" w={130} data={['friendly', 'neutral', 'firm', 'assertive']} value={field.value} onChange={field.onChange} allowDeselect={false} />} />
            <Controller control={control} name="priority" render={({ field }) => <Select label="Priority" w={110} data={['low', 'normal', 'high', 'urgent']} value={field.value} onChange={field.onChange} allowDeselect={false} />} />
          </Group>
          <Controller control={control} name="hard_constraints" render={({ field }) => <TagsInput label="It must" value={field.value} onChange={field.onChange} error={errors.hard_constraints?.message} />} />
          <Controller control={control} name="soft_preferences" render={({ field }) => <TagsInput label="It would be nice if" value={field.value} onChange={field.onChange} error={errors.soft_preferences?.message} />} />
          <Checkbox label="Ask me for a yes before every call" {...register('needs_user_confirmation')} />
          {failure !== undefined && <Failure error={failure} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" size="sm" onClick={onClose}>
              Leave as it is
            </Button>
            <Button type="submit" size="sm" loading={formState.isSubmitting}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
