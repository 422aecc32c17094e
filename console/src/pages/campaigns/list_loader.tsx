import { Button, FileButton, Group, Select, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { downloadText } from '~/ui/download';
import { Icon } from '~/ui/icon';
import { many } from '~/ui/values';
import { guessMapping, type Mapping, parseCsv, readRows, type Reading, type Table, type TargetField, targetFields, template } from './csv';
import { RowNotes } from './row_notes';

export interface LoadedList {
  name: string;
  reading: Reading;
}
interface Props {
  onChange: (list: LoadedList | null) => void;
}

const fieldNames: Record<TargetField, string> = {
  phone_number: 'Phone number', contact_name: 'Name', client_id: 'Your own id', timezone: 'Time zone', max_attempts: 'Most attempts',
};
const largest = 30 * 1024 * 1024;

/** Numbers: pasted or from a file, with the choice which column is what. */
export function ListLoader({ onChange }: Props) {
  const [text, setText] = useState('');
  const [name, setName] = useState('');
  const [table, setTable] = useState<Table | null>(null);
  const [mapping, setMapping] = useState<Mapping>({});
  const [reading, setReading] = useState<Reading | null>(null);
  const [refusal, setRefusal] = useState<string>();

  const take = (next: Table | null, map: Mapping, from: string) => {
    setTable(next);
    setMapping(map);
    const read = next && map.phone_number !== undefined ? readRows(next, map) : null;
    setReading(read);
    onChange(read && read.rows.length > 0 ? { name: from, reading: read } : null);
  };
  const readText = (value: string, from: string) => {
    setName(from);
    const next = value.trim() === '' ? null : parseCsv(value);
    take(next, next ? guessMapping(next) : {}, from);
  };
  const readFile = async (file: File | null) => {
    if (!file) return;
    if (file.size > largest) {
      setRefusal('This file is larger than a browser should read. Use "ringmaster import" or the API, which take lists of any length.');
      return;
    }
    setRefusal(undefined);
    setText('');
    readText(await file.text(), file.name);
  };
  const width = Math.max(0, ...(table?.rows.slice(0, 50).map((r) => r.cells.length) ?? []), table?.header?.length ?? 0);
  const columns = [...Array(width).keys()].map((at) => ({
    value: String(at),
    label: table?.header?.[at] || `Column ${at + 1}: ${table?.rows[0]?.cells[at] ?? ''}`,
  }));
  return (
    <Stack gap="sm">
      <Textarea
        label="Numbers"
        description="One in a line, or a table with commas, semicolons or tabs. A first line with names is understood."
        placeholder={'+1 415 555 0100, Ann Example\n+44 20 7946 0000, Bo Example'}
        autosize
        minRows={3}
        maxRows={10}
        value={text}
        onChange={(e) => {
          setText(e.currentTarget.value);
          readText(e.currentTarget.value, 'what you pasted');
        }}
      />
      <Group gap="xs">
        <FileButton accept=".csv,.tsv,.txt,text/csv,text/plain" onChange={(f) => void readFile(f)}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<Icon name="upload" size={14} />}>
              Read a CSV file
            </Button>
          )}
        </FileButton>
        <Button variant="subtle" leftSection={<Icon name="download" size={14} />} onClick={() => downloadText('numbers.csv', template)}>
          Template
        </Button>
        {name && table && (
          <Text size="xs" c="dimmed">
            {name}: {many(table.rows.length, 'row')}
          </Text>
        )}
      </Group>
      {refusal && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {refusal}
        </Text>
      )}
      {table && table.broken !== null && (
        <Text size="sm" role="alert">
          A quote that begins in line {table.broken} is never closed; what stands behind it may be read wrongly.
        </Text>
      )}
      {table && width > 1 && (
        <Group gap="sm" align="flex-end" wrap="wrap" role="group" aria-label="Which column is what">
          {targetFields.map((f) => (
            <Select
              key={f}
              label={fieldNames[f]}
              data={columns}
              value={mapping[f] === undefined ? null : String(mapping[f])}
              clearable={f !== 'phone_number'}
              allowDeselect={false}
              placeholder="not in the list"
              w={170}
              onChange={(v) => {
                const next = { ...mapping };
                if (v === null) delete next[f];
                else next[f] = Number(v);
                take(table, next, name);
              }}
            />
          ))}
        </Group>
      )}
      {table && mapping.phone_number === undefined && (
        <Text size="sm" role="alert">
          No column looks like telephone numbers. Choose the one that holds them.
        </Text>
      )}
      {reading && (
        <>
          <RowNotes title="Rows that the engine will probably not take" notes={reading.doubtful} />
          <RowNotes title="Numbers that stand there twice" notes={reading.duplicates} />
        </>
      )}
    </Stack>
  );
}
