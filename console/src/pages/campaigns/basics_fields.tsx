import { Group, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { Controller, useFormContext } from 'react-hook-form';
import type { CampaignForm } from './campaign_form';

/** What a campaign is called, and what its calls say. */
export function BasicsFields() {
  const { register, control, formState, watch } = useFormContext<CampaignForm>();
  const errors = formState.errors;
  const style = watch('call_style');
  const voicemail = watch('voicemail_action');
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-start" wrap="wrap">
        <TextInput label="Name" w={{ base: '100%', sm: 320 }} {...register('name')} error={errors.name?.message} required />
        <TextInput label="Type" w={{ base: '100%', sm: 160 }} {...register('type')} error={errors.type?.message} description="For your own order" inputWrapperOrder={['label', 'input', 'description', 'error']} />
      </Group>
      <TextInput label="Description" {...register('description')} error={errors.description?.message} />
      <Group gap="xs" align="center">
        <Text size="xs" fw={500}>
          Calls
        </Text>
        <Controller
          control={control}
          name="call_style"
          render={({ field }) => (
            <SegmentedControl
              aria-label="How calls go"
              value={field.value}
              onChange={field.onChange}
              data={[
                { value: 'conversation', label: 'speak and listen' },
                { value: 'announcement', label: 'read the script and hang up' },
              ]}
            />
          )}
        />
      </Group>
      <Textarea
        label={style === 'announcement' ? 'What is read' : 'Talking points'}
        description="The call says first that it is automated, and on whose behalf. It never says anything that stands neither here nor in your knowledge base."
        autosize
        minRows={4}
        maxRows={16}
        {...register('script')}
        error={errors.script?.message}
      />
      <Group gap="xs" align="center">
        <Text size="xs" fw={500}>
          On a voicemail
        </Text>
        <Controller
          control={control}
          name="voicemail_action"
          render={({ field }) => (
            <SegmentedControl
              aria-label="On a voicemail"
              value={field.value}
              onChange={field.onChange}
              data={[
                { value: 'hang_up', label: 'hang up' },
                { value: 'leave_message', label: 'leave a message' },
              ]}
            />
          )}
        />
      </Group>
      {voicemail === 'leave_message' && (
        <Textarea label="Message" description="Empty: the script's own." autosize minRows={2} {...register('voicemail_message')} error={errors.voicemail_message?.message} />
      )}
    </Stack>
  );
}
