import { Checkbox, Group } from '@mantine/core';
import { type Day, dayNames, inOrder } from '~/time/window';

interface Props {
  value: string[];
  onChange: (days: Day[]) => void;
  error?: string | undefined;
}
const shown: Record<Day, string> = { mon: 'Mon', tue: 'Tue', wed: 'Wed', thu: 'Thu', fri: 'Fri', sat: 'Sat', sun: 'Sun' };

/** The days of a week. */
export function DayBoxes({ value, onChange, error }: Props) {
  return (
    <Checkbox.Group label="Days" value={value} onChange={(days) => onChange(inOrder(days))} error={error}>
      <Group gap="md" mt={4} wrap="wrap">
        {dayNames.map((d) => (
          <Checkbox key={d} value={d} label={shown[d]} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}
