import { Autocomplete } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { timezonesQuery } from '~/api/queries';

interface Props {
  label: string;
  value: string;
  onChange: (zone: string) => void;
  error?: string | undefined;
  description?: string;
}

/** The zones of the server; a browser knows names that it does not have. */
export function ZoneSelect({ label, value, onChange, error, description }: Props) {
  const zones = useQuery(timezonesQuery).data;
  const names = useMemo(() => (zones ?? []).map((z) => z.name), [zones]);
  const found = zones?.find((z) => z.name === value);
  const alias = found && found.canonical !== found.name ? `the same as ${found.canonical}` : undefined;
  const unknown = zones && value && !found ? 'this installation does not know this zone' : undefined;
  return (
    <Autocomplete
      label={label}
      description={alias ?? description}
      value={value}
      data={names}
      limit={60}
      onChange={onChange}
      error={error ?? unknown}
      comboboxProps={{ shadow: 'md' }}
    />
  );
}
