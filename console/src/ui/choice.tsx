import { SegmentedControl } from '@mantine/core';
import { wordsOf } from './status';

interface Props<V extends string> {
  label: string;
  value: V | undefined;
  values: readonly V[];
  onChange: (value: V | undefined) => void;
  all?: string;
}

/** A filter of few values, with "all" before them. */
export function Choice<V extends string>({ label, value, values, onChange, all = 'all' }: Props<V>) {
  return (
    <SegmentedControl
      aria-label={label}
      value={value ?? ''}
      data={[{ value: '', label: all }, ...values.map((v) => ({ value: v as string, label: wordsOf(v) }))]}
      onChange={(v) => onChange((v || undefined) as V | undefined)}
      style={{ overflowX: 'auto', maxWidth: '100%', alignSelf: 'flex-start' }}
    />
  );
}
