import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Campaign, TargetReport } from '~/api/types';
import { Failure } from '~/ui/failure';
import { many } from '~/ui/values';
import { ListLoader, type LoadedList } from './list_loader';
import { ReportRows } from './report_rows';
import { uploadList } from './upload';

/** Adds numbers to a campaign that is there already. */
export function AddTargetsDialog({ campaign: c, onClose }: { campaign: Campaign; onClose: () => void }) {
  const client = useQueryClient();
  const [list, setList] = useState<LoadedList | null>(null);
  const [report, setReport] = useState<TargetReport | null>(null);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    if (!list) return;
    setBusy(true);
    setError(undefined);
    try {
      setReport(await uploadList(c.id, list.reading));
      await client.invalidateQueries({ queryKey: ['campaign', c.id] });
    } catch (e) {
      setError(e);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title="Add numbers" size="lg">
      <Stack gap="sm">
        {c.status === 'running' && (
          <div className="rm-sentence">The campaign runs: numbers that you add are called when it is their turn, inside of the window.</div>
        )}
        {report ? (
          <>
            <Text size="sm">{many(report.accepted, 'number was', 'numbers were')} taken.</Text>
            <ReportRows report={report} reading={list?.reading} />
          </>
        ) : (
          <ListLoader onChange={setList} />
        )}
        {error !== undefined && <Failure error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" size="sm" onClick={onClose}>
            {report ? 'Close' : 'Not now'}
          </Button>
          {!report && (
            <Button size="sm" disabled={!list} loading={busy} onClick={() => void submit()}>
              {list ? `Add ${many(list.reading.rows.length, 'row')}` : 'Add'}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
