import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { contactsQuery } from '~/api/queries';
import { flat } from '~/ui/flat';
import { showNumber } from '~/ui/values';

interface Props {
  value: string;
  onChange: (id: string) => void;
  label?: string;
}

/** One of the user's contacts, found by name, company or number. */
export function ContactSelect({ value, onChange, label = 'Whom' }: Props) {
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text, 200);
  const contacts = flat(useInfiniteQuery(contactsQuery(q && !q.includes(',') ? { q } : {})).data, (p) => p.contacts);
  return (
    <Select
      label={label}
      w={240}
      searchable
      clearable
      placeholder="a contact"
      nothingFoundMessage="no contact of this name"
      data={contacts.map((c) => ({
        value: c.id,
        label: [c.name, c.company_name, c.phone_number ? showNumber(c.phone_number) : null].filter(Boolean).join(', '),
      }))}
      filter={({ options }) => options}
      value={value || null}
      onSearchChange={setText}
      onChange={(v) => onChange(v ?? '')}
    />
  );
}
