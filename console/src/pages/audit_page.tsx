import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Problem } from '~/api/problem';
import { verifyAudit } from '~/api/queries';
import { Copy } from '~/ui/copy';
import { AuditList } from '~/ui/audit_list';
import { Failure } from '~/ui/failure';
import { Page } from '~/ui/page';
import { SearchField } from '~/ui/search_field';
import { StatusBadge } from '~/ui/status_badge';
import { many } from '~/ui/values';

const route = getRouteApi('/inside/audit');

/** Who did what, and whether the chain of it is whole. */
export function AuditPage() {
  const { subject } = route.useSearch();
  const navigate = useNavigate({ from: '/audit' });
  const verify = useMutation({ mutationFn: verifyAudit });
  const missing = verify.error instanceof Problem && verify.error.status === 404;
  const verdict = verify.data;
  const whole = verdict?.valid === true;
  return (
    <Page
      title="Audit trail"
      note="Every step, written in the transaction that took it. Nothing in here can be changed."
      actions={
        <Button variant="default" loading={verify.isPending} onClick={() => verify.mutate()}>
          Check the chain
        </Button>
      }
    >
      {verdict && (
        <div className="rm-sentence" role="status">
          <Group gap="sm">
            <StatusBadge status={whole ? 'ok' : 'down'} label={whole ? 'the chain is whole' : 'the chain is broken'} plain />
            <Text size="sm">
              {verdict.first_broken !== null && `Entry ${verdict.first_broken} is the first that does not fit. `}
              {many(verdict.checked, 'entry', 'entries')} checked.{' '}
              {!verdict.complete && 'There are more; the command checks all. '}
              {verdict.unsealed > 0 && `The newest ${verdict.unsealed} are not sealed yet. `}
              {verdict.reason}
            </Text>
            {verdict.head && (
              <Text size="xs" c="dimmed" className="rm-mono" title="What the whole chain comes to. Keep it elsewhere, and a chain that was written anew is found out.">
                {verdict.head.hash.slice(0, 16)}… <Copy text={`${verdict.head.seq} ${verdict.head.hash}`} label="Copy the head of the chain" />
              </Text>
            )}
          </Group>
        </div>
      )}
      {missing && (
        <div className="rm-sentence" role="status">
          This engine cannot check the chain here. On its machine <code>ringmaster audit verify</code> does.
        </div>
      )}
      {verify.error && !missing && <Failure error={verify.error} />}
      <SearchField label="Only the trail of this id" width={340} value={subject} onChange={(next) => void navigate({ search: next ? { subject: next } : {}, replace: true })} />
      <AuditList subject={subject} />
    </Page>
  );
}
