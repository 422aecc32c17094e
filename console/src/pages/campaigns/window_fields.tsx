import { Group, Stack, TextInput } from '@mantine/core';
import { Controller, useFormContext } from 'react-hook-form';
import { DayBoxes } from '~/ui/day_boxes';
import { WindowPreview } from '~/ui/window_preview';
import { ZoneSelect } from '~/ui/zone_select';
import type { CampaignForm } from './campaign_form';

/** In which hours a campaign may call. */
export function WindowFields() {
  const { register, control, formState, watch } = useFormContext<CampaignForm>();
  const errors = formState.errors;
  const shape = watch();
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-start" wrap="wrap">
        <Controller
          control={control}
          name="timezone"
          render={({ field }) => (
            <div style={{ width: 260 }}>
              <ZoneSelect label="Time zone" value={field.value} onChange={field.onChange} error={errors.timezone?.message} />
            </div>
          )}
        />
        <TextInput label="From" w={100} {...register('allowed_call_start_time')} error={errors.allowed_call_start_time?.message} placeholder="09:00" />
        <TextInput label="Until" w={100} {...register('allowed_call_end_time')} error={errors.allowed_call_end_time?.message} placeholder="18:00" />
      </Group>
      <Controller
        control={control}
        name="allowed_days_of_week"
        render={({ field }) => <DayBoxes value={field.value} onChange={field.onChange} error={errors.allowed_days_of_week?.message} />}
      />
      <WindowPreview
        shape={{
          timezone: shape.timezone,
          allowed_call_start_time: shape.allowed_call_start_time,
          allowed_call_end_time: shape.allowed_call_end_time,
          allowed_days_of_week: shape.allowed_days_of_week,
        }}
      />
    </Stack>
  );
}
