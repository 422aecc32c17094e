import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '~/api/client';
import type { Campaign, CampaignAct } from '~/api/types';
import { estimateSentence, windowSentence } from '~/time/window';
import { CurlButton } from '~/ui/curl_button';
import { Failure } from '~/ui/failure';
import { tellDone } from '~/ui/notify';
import { many } from '~/ui/values';
import { When } from '~/ui/when';

/** Says what a start means before it is one. Only the button in here makes a campaign dial. */
export function StartDialog({ campaign: c, onClose }: { campaign: Campaign; onClose: () => void }) {
  const client = useQueryClient();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const resumes = c.status === 'paused';
  const pending = c.progress.pending;
  const act = async (body: CampaignAct, done: string) => {
    setBusy(true);
    setError(undefined);
    try {
      await take(api.PATCH('/api/campaigns/{id}', { params: { path: { id: c.id } }, body }));
      for (const key of [['campaign', c.id], ['campaigns'], ['overview']]) await client.invalidateQueries({ queryKey: key });
      onClose();
      tellDone(done);
    } catch (e) {
      setError(e);
    } finally {
      setBusy(false);
    }
  };
  const open = c.window.allowed;
  return (
    <Modal opened onClose={onClose} title={`${resumes ? 'Resume' : 'Start'} ${c.name}`}>
      <Stack gap="sm">
      <Text size="sm">
        {open
          ? `Telephones ring as soon as you ${resumes ? 'resume' : 'start'} it: ${many(pending, 'number waits', 'numbers wait')}.`
          : 'Nothing is dialed now: it is outside of the calling window.'}
      </Text>
      <div className="rm-sentence">{windowSentence(c)}</div>
      <Text size="sm" c="dimmed">
        {estimateSentence(pending, c.rate_limit_per_minute, c.rate_limit_per_hour, c)}
      </Text>
      {!open && c.window.next_open_at && (
        <Text size="sm">
          It opens next at <When at={c.window.next_open_at} zone={c.timezone} distance />. You can have the campaign begin then by
          itself; this click is your consent to that.
        </Text>
      )}
      {pending === 0 && <Text size="sm">No number waits to be called, so nothing will be dialed.</Text>}
      {error !== undefined && <Failure error={error} />}
      <Group justify="flex-end" gap="xs">
        <CurlButton method="PATCH" path={`/api/campaigns/${c.id}`} body={{ action: resumes ? 'resume' : 'start', start_when_window_opens: !open }} />
        <Button variant="default" size="sm" onClick={onClose}>
          Not now
        </Button>
        {open ? (
          <Button
            size="sm"
            loading={busy}
            onClick={() => void act({ action: resumes ? 'resume' : 'start', start_when_window_opens: false }, resumes ? 'Resumed.' : 'Started.')}
          >
            {resumes ? 'Resume dialing' : 'Start dialing'}
          </Button>
        ) : (
          <Button
            size="sm"
            loading={busy}
            onClick={() => void act({ action: resumes ? 'resume' : 'start', start_when_window_opens: true }, 'It begins when its window opens.')}
          >
            {resumes ? 'Resume' : 'Start'} when the window opens
          </Button>
        )}
      </Group>
      </Stack>
    </Modal>
  );
}
