import { Stack, Text } from '@mantine/core';
import type { TargetReport } from '~/api/types';
import { LinkButton } from '~/ui/link';
import { Page } from '~/ui/page';
import { Section } from '~/ui/section';
import { many } from '~/ui/values';
import type { Reading } from './csv';
import { ReportRows } from './report_rows';

interface Props {
  id: string;
  name: string;
  report: TargetReport;
  reading: Reading | undefined;
}

/** The draft is made, and some rows of its list were not taken. */
export function CreatedReport({ id, name, report, reading }: Props) {
  return (
    <Page
      title={`${name} is made`}
      narrow
      actions={
        <LinkButton to="/campaigns/$id" params={{ id }}>
          Open the draft
        </LinkButton>
      }
    >
      <Section title="What became of the numbers">
        <Stack gap="sm">
          <Text size="sm">{many(report.accepted, 'number was', 'numbers were')} taken. Nothing is dialed yet.</Text>
          <ReportRows report={report} reading={reading} />
        </Stack>
      </Section>
    </Page>
  );
}
