import { SimpleGrid, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { callQuery } from '~/api/queries';
import { CallControls } from '~/pages/live/call_controls';
import { isLive } from '~/pages/live/is_live';
import { OwnerQuestions } from '~/pages/live/owner_questions';
import { AuditTrail } from '~/ui/audit_trail';
import { Failure } from '~/ui/failure';
import { lazily } from '~/ui/lazily';
import { Link } from '~/ui/link';
import { Page } from '~/ui/page';
import { Section } from '~/ui/section';
import { StatusBadge } from '~/ui/status_badge';
import { showNumber } from '~/ui/values';
import { CallFacts } from './call_facts';
import { CallMenu } from './call_menu';
import { mapEvidence } from './evidence';
import { ExtractedList } from './extracted_list';
import { FollowUps } from './follow_ups';
import { Transcript } from './transcript';

const WebhookLog = lazily<{ call: string }>(() => import('./webhook_log').then((m) => m.WebhookLog), 120);
const route = getRouteApi('/inside/calls/$id');

/** One call: what was said, what it came to, and on which words that rests. */
export function CallPage() {
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery(callQuery(id));
  const [value, setValue] = useState<number | null>(null);
  const [segment, setSegment] = useState<number | null>(null);
  const evidence = useMemo(() => mapEvidence(data?.extracted_data ?? [], data?.segments ?? []), [data]);
  if (error) return <Page title="Call"><Failure error={error} retry={() => void refetch()} /></Page>;
  if (!data) return <Page title="Call"><Skeleton h={300} /></Page>;
  const c = data.call_session;
  const live = isLive(c) && c.answered_at !== null;
  const litSegments = value === null ? [] : (evidence.segmentsOf[value] ?? []);
  const litValues = segment === null ? [] : (evidence.valuesOf.get(segment) ?? []);
  return (
    <Page
      title={`Call to ${showNumber(c.phone_number)}`}
      above={
        c.campaign_id ? (
          <Link to="/campaigns/$id" params={{ id: c.campaign_id }}>Campaign</Link>
        ) : c.call_task_id ? (
          <Link to="/tasks/$id" params={{ id: c.call_task_id }}>Task</Link>
        ) : (
          <Link to="/calls">Call history</Link>
        )
      }
      beside={<StatusBadge status={c.status ?? c.attempt_status} />}
      actions={
        <>
          {live && <CallControls call={c} />}
          <CallMenu data={data} />
        </>
      }
    >
      <OwnerQuestions call={c.id} questions={data.conversation?.questions ?? []} />
      {data.summary && (
        <Section title="What it came to" aside={data.goal_achieved && <StatusBadge status={data.goal_achieved} label={`goal: ${data.goal_achieved}`} plain />}>
          <div className="rm-wrap">{data.summary}</div>
        </Section>
      )}
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md" style={{ alignItems: 'start' }}>
        <Transcript
          segments={data.segments}
          live={live}
          lit={litSegments}
          fragment={value === null ? null : (data.extracted_data[value]?.fragment ?? null)}
          evidence={evidence}
          selected={segment}
          onSelect={(n) => {
            setSegment(n);
            setValue(null);
          }}
        />
        <Stack gap="md">
          <ExtractedList
            call={data}
            evidence={evidence}
            lit={litValues}
            selected={value}
            onSelect={(i) => {
              setValue(i);
              setSegment(null);
            }}
          />
          <FollowUps tasks={data.follow_up_tasks} />
          <CallFacts call={data} />
        </Stack>
      </SimpleGrid>
      <WebhookLog call={c.id} />
      <Section title="What happened" flush>
        <AuditTrail subject={c.id} />
      </Section>
    </Page>
  );
}
