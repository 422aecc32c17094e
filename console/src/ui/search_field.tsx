import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { Icon } from './icon';

interface Props {
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  label: string;
  width?: number;
}

/** Searches while one types; the key "/" comes here. */
export function SearchField({ value, onChange, label, width = 240 }: Props) {
  const [text, setText] = useState(value ?? '');
  useEffect(() => setText(value ?? ''), [value]);
  const tell = useDebouncedCallback((next: string) => onChange(next.trim() || undefined), 250);
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      w={width}
      maw="100%"
      data-search="true"
      leftSection={<Icon name="search" size={14} />}
      onChange={(e) => {
        setText(e.currentTarget.value);
        tell(e.currentTarget.value);
      }}
      onKeyDown={(e) => {
        if (e.key === 'Escape') e.currentTarget.blur();
      }}
    />
  );
}
