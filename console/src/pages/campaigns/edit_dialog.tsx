import { Button, Divider, Group, Modal, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FormProvider, useForm } from 'react-hook-form';
import { api, ifMatch, take } from '~/api/client';
import type { Campaign } from '~/api/types';
import { Failure } from '~/ui/failure';
import { resolverOf, showAtFields } from '~/ui/form';
import { tellDone } from '~/ui/notify';
import { BasicsFields } from './basics_fields';
import { bodyOf, campaignFields, type CampaignForm, campaignSchema, formOf } from './campaign_form';
import { PaceFields } from './pace_fields';
import { WindowFields } from './window_fields';

/** Changes the rules and the script of a draft or a paused campaign. */
export function EditDialog({ campaign: c, onClose }: { campaign: Campaign; onClose: () => void }) {
  const client = useQueryClient();
  const form = useForm<CampaignForm>({ defaultValues: formOf(c), resolver: resolverOf(campaignSchema) });
  const [failure, setFailure] = useState<unknown>();
  const submit = form.handleSubmit(async (wish) => {
    setFailure(undefined);
    try {
      const { targets: _, ...body } = bodyOf(wish);
      const answer = await take(
        api.PATCH('/api/campaigns/{id}', { params: { path: { id: c.id } }, headers: ifMatch(c.version), body: { action: 'update', ...body } }),
      );
      client.setQueryData(['campaign', c.id], answer.campaign);
      await client.invalidateQueries({ queryKey: ['campaigns'] });
      tellDone('Changed.');
      onClose();
    } catch (e) {
      if (!showAtFields(e, campaignFields, form.setError)) setFailure(e);
    }
  });
  return (
    <Modal opened onClose={onClose} title={`Edit ${c.name}`} size="xl">
      <FormProvider {...form}>
        <form onSubmit={(e) => void submit(e)} noValidate>
          <Stack gap="md">
            <BasicsFields />
            <Divider />
            <WindowFields />
            <Divider />
            <PaceFields />
            {failure !== undefined && <Failure error={failure} />}
            <Group justify="flex-end" gap="xs">
              <Button variant="default" size="sm" onClick={onClose}>
                Leave as it is
              </Button>
              <Button type="submit" size="sm" loading={form.formState.isSubmitting}>
                Save
              </Button>
            </Group>
          </Stack>
        </form>
      </FormProvider>
    </Modal>
  );
}
