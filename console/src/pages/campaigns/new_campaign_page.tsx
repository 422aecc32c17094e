import { Button, Group, Stack, Text } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { FormProvider, useForm } from 'react-hook-form';
import { api, newKey, take } from '~/api/client';
import { campaignQuery } from '~/api/queries';
import type { TargetReport } from '~/api/types';
import { sessionQuery } from '~/session';
import { Failure } from '~/ui/failure';
import { resolverOf, showAtFields } from '~/ui/form';
import { Link } from '~/ui/link';
import { Page } from '~/ui/page';
import { Section } from '~/ui/section';
import { BasicsFields } from './basics_fields';
import {
  bodyOf, campaignFields, type CampaignForm, campaignSchema, dropDraft, emptyCampaign, formOf, loadDraft, saveDraft,
} from './campaign_form';
import { CreatedReport } from './created_report';
import { ListLoader, type LoadedList } from './list_loader';
import { PaceFields } from './pace_fields';
import { Preflight } from './preflight';
import { uploadList } from './upload';
import { WindowFields } from './window_fields';

const route = getRouteApi('/inside/campaigns/new');

/** Makes a draft, with its numbers. Nothing in here dials. */
export function NewCampaignPage() {
  const { from } = route.useSearch();
  const client = useQueryClient();
  const navigate = useNavigate();
  const zone = useQuery(sessionQuery).data?.installation.time_zone ?? 'UTC';
  const like = useQuery({ ...campaignQuery(from ?? ''), enabled: from !== undefined }).data;
  const [draft] = useState(() => (from ? undefined : loadDraft()));
  const form = useForm<CampaignForm>({ defaultValues: draft ?? emptyCampaign(zone), resolver: resolverOf(campaignSchema) });
  const [list, setList] = useState<LoadedList | null>(null);
  const [failure, setFailure] = useState<unknown>();
  const [made, setMade] = useState<{ id: string; name: string; report: TargetReport | null } | null>(null);
  // One key for one wish: a second try after a lost answer makes no second campaign.
  const key = useRef({ body: '', key: '' });
  const created = useRef<{ body: string; id: string } | null>(null);

  useEffect(() => {
    if (like) form.reset({ ...formOf(like), name: `${like.name} (copy)` });
  }, [like, form]);
  const save = useDebouncedCallback((values: CampaignForm) => saveDraft(values), 500);
  const values = form.watch();
  useEffect(() => {
    if (form.formState.isDirty && !from) save(values);
  }, [values, form.formState.isDirty, from, save]);

  const submit = form.handleSubmit(async (wish) => {
    setFailure(undefined);
    try {
      const body = bodyOf(wish);
      const text = JSON.stringify(body);
      if (key.current.body !== text) key.current = { body: text, key: newKey() };
      if (created.current?.body !== text) {
        const answer = await take(
          api.POST('/api/campaigns', { params: { header: { 'Idempotency-Key': key.current.key } }, body }),
        );
        created.current = { body: text, id: answer.campaign.id };
      }
      const { id } = created.current;
      const report = list ? await uploadList(id, list.reading) : null;
      dropDraft();
      await client.invalidateQueries({ queryKey: ['campaigns'] });
      if (!report || (report.rejected_total === 0 && report.duplicates === 0)) {
        await navigate({ to: '/campaigns/$id', params: { id } });
      } else setMade({ id, name: wish.name, report });
    } catch (e) {
      if (!showAtFields(e, campaignFields, form.setError)) setFailure(e);
    }
  });
  const counts = useMemo(
    () => ({
      numbers: list?.reading.rows.length ?? 0,
      doubtful: list?.reading.doubtful.length ?? 0,
      duplicates: list?.reading.duplicates.length ?? 0,
    }),
    [list],
  );
  if (made?.report) return <CreatedReport id={made.id} name={made.name} report={made.report} reading={list?.reading} />;
  return (
    <Page
      title="New campaign"
      narrow
      above={<Link to="/campaigns">Campaigns</Link>}
      note="This makes a draft. Nothing is dialed until you open it and start it."
    >
      <FormProvider {...form}>
        <form onSubmit={(e) => void submit(e)} noValidate>
          <Stack gap="md">
            {draft && (
              <Group gap="xs">
                <Text size="sm" c="dimmed">
                  Taken up where you left off.
                </Text>
                <Button
                  variant="subtle"
                  size="compact-xs"
                  onClick={() => {
                    dropDraft();
                    form.reset(emptyCampaign(zone));
                  }}
                >
                  Begin anew
                </Button>
              </Group>
            )}
            <Section title="What is said">
              <BasicsFields />
            </Section>
            <Section title="Who is called">
              <ListLoader onChange={setList} />
            </Section>
            <Section title="When">
              <WindowFields />
            </Section>
            <Section title="How fast">
              <PaceFields />
            </Section>
            <Section title="Before you make it">
              <Preflight form={values} {...counts} />
            </Section>
            {failure !== undefined && <Failure error={failure} />}
            <Group justify="flex-end">
              <Button type="submit" size="sm" loading={form.formState.isSubmitting}>
                Make the draft
              </Button>
            </Group>
          </Stack>
        </form>
      </FormProvider>
    </Page>
  );
}
