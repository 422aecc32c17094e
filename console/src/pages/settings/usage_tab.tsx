import { Skeleton, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { SegmentedControl } from '@mantine/core';
import { usageQuery } from '~/api/queries';
import { Failure } from '~/ui/failure';
import { Section } from '~/ui/section';
import { showCount, showMoney } from '~/ui/values';

/** What the models cost, by day and by what they did. */
export function UsageTab() {
  const [days, setDays] = useState(30);
  const { data, error, refetch } = useQuery(usageQuery(days));
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <Stack gap="md">
      <SegmentedControl aria-label="How far back" value={String(days)} onChange={(v) => setDays(Number(v))} data={[{ value: '7', label: '7 days' }, { value: '30', label: '30 days' }, { value: '90', label: '90 days' }]} style={{ alignSelf: 'flex-start' }} />
      {!data && <Skeleton h={200} />}
      {data && (
        <>
          <Text size="sm">
            Today {showMoney(data.spent_today)}
            {data.daily_model_budget ? ` of ${showMoney(data.daily_model_budget)}` : '; no limit of yours'}.
          </Text>
          <Section title="By day" flush>
            {data.usage.length === 0 ? (
              <Text size="sm" c="dimmed" p="md">
                Nothing: the built-in rules cost nothing.
              </Text>
            ) : (
              <div style={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label="Costs by day">
                <Table fz="xs" miw={640}>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Day (UTC)</Table.Th>
                      <Table.Th>Provider</Table.Th>
                      <Table.Th>Model</Table.Th>
                      <Table.Th>For</Table.Th>
                      <Table.Th ta="right">Requests</Table.Th>
                      <Table.Th ta="right">Tokens in</Table.Th>
                      <Table.Th ta="right">Tokens out</Table.Th>
                      <Table.Th ta="right">Cost</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {data.usage.map((u) => (
                      <Table.Tr key={`${u.day}-${u.provider}-${u.model}-${u.function}`}>
                        <Table.Td>{u.day}</Table.Td>
                        <Table.Td>{u.provider}</Table.Td>
                        <Table.Td>{u.model || '–'}</Table.Td>
                        <Table.Td>{u.function}</Table.Td>
                        <Table.Td ta="right">{showCount(u.requests)}</Table.Td>
                        <Table.Td ta="right">{showCount(u.prompt_tokens)}</Table.Td>
                        <Table.Td ta="right">{showCount(u.completion_tokens)}</Table.Td>
                        <Table.Td ta="right">{showMoney(u.cost)}</Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </div>
            )}
          </Section>
        </>
      )}
    </Stack>
  );
}
