import { Button, FileButton, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, newKey, take } from '~/api/client';
import { Problem } from '~/api/problem';
import { RowNotes } from '~/pages/campaigns/row_notes';
import { many } from '~/ui/values';
import { type ContactRow, readContacts } from './contact_csv';

/** Adds the contacts of a CSV file one by one, and says which were not taken. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [rows, setRows] = useState<ContactRow[]>([]);
  const [wrong, setWrong] = useState<string | null>(null);
  const [done, setDone] = useState(0);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<{ line: number; value: string; message: string }[]>([]);
  const finished = !busy && done > 0;
  const read = async (file: File | null) => {
    if (!file) return;
    const found = readContacts(await file.text());
    setRows(found.rows);
    setWrong(found.missing);
  };
  const run = async () => {
    setBusy(true);
    for (const { line, ...body } of rows) {
      try {
        await take(api.POST('/api/contacts', { params: { header: { 'Idempotency-Key': newKey() } }, body }));
      } catch (e) {
        const message = e instanceof Problem ? e.errors.map((x) => x.message).join('; ') || e.message : 'not taken';
        setRefused((was) => [...was, { line, value: body.name, message }]);
        if (e instanceof Problem && (e.status === 0 || e.status === 401)) break;
      }
      setDone((n) => n + 1);
    }
    setBusy(false);
    await client.invalidateQueries({ queryKey: ['contacts'] });
  };
  return (
    <Modal opened onClose={onClose} title="Import contacts">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          A CSV file whose first line names the columns: name, company, phone, email, timezone, notes. Others are left out.
        </Text>
        <Group gap="sm">
          <FileButton accept=".csv,text/csv,text/plain" onChange={(f) => void read(f)}>
            {(props) => (
              <Button variant="default" {...props} disabled={busy}>
                Choose a file
              </Button>
            )}
          </FileButton>
          {rows.length > 0 && <Text size="sm">{many(rows.length, 'contact')}</Text>}
        </Group>
        {wrong && (
          <Text size="sm" role="alert">
            This file cannot be read: {wrong}.
          </Text>
        )}
        {(busy || finished) && <Progress value={(done / Math.max(1, rows.length)) * 100} aria-label="Contacts added" />}
        {finished && <Text size="sm">{many(done - refused.length, 'contact was', 'contacts were')} added.</Text>}
        <RowNotes title="Not taken" notes={refused} />
        <Group justify="flex-end">
          <Button variant="default" size="sm" onClick={onClose}>
            {finished ? 'Close' : 'Not now'}
          </Button>
          {!finished && (
            <Button size="sm" disabled={rows.length === 0} loading={busy} onClick={() => void run()}>
              Add {many(rows.length, 'contact')}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
