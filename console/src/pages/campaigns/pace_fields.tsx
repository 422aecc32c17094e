import { Group, NumberInput } from '@mantine/core';
import { Controller, useFormContext } from 'react-hook-form';
import type { CampaignForm } from './campaign_form';

const fields = [
  { name: 'rate_limit_per_minute', label: 'Dials per minute', description: 'empty: no limit' },
  { name: 'rate_limit_per_hour', label: 'Dials per hour', description: 'empty: no limit' },
  { name: 'max_concurrent_calls', label: 'Calls at once', description: 'at most' },
  { name: 'max_attempts', label: 'Attempts per number', description: 'the first among them' },
] as const;

/** How fast, and how often. */
export function PaceFields() {
  const { control, formState } = useFormContext<CampaignForm>();
  return (
    <Group gap="sm" align="flex-start" wrap="wrap">
      {fields.map((f) => (
        <Controller
          key={f.name}
          control={control}
          name={f.name}
          render={({ field }) => (
            <NumberInput
              label={f.label}
              description={f.description}
              w={150}
              min={1}
              allowDecimal={false}
              value={field.value}
              onChange={(v) => field.onChange(v === '' ? '' : Number(v))}
              onBlur={field.onBlur}
              error={formState.errors[f.name]?.message}
            />
          )}
        />
      ))}
    </Group>
  );
}
