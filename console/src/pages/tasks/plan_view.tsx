import { Stack, Text } from '@mantine/core';
import type { Task } from '~/api/types';
import { StatusBadge } from '~/ui/status_badge';
import { showMoney } from '~/ui/values';

const words = { none: 'no risks found', caution: 'take care', refuse: 'refused' } as const;
const tints = { none: 'good', caution: 'warn', refuse: 'bad' } as const;

function List({ title, items }: { title: string; items: string[] }) {
  if (items.length === 0) return null;
  return (
    <div>
      <Text size="xs" c="dimmed">
        {title}
      </Text>
      <ul style={{ margin: 0, paddingLeft: 18 }}>
        {items.map((i) => (
          <li key={i}>{i}</li>
        ))}
      </ul>
    </div>
  );
}

/** What is to be reached, in which steps, and what may be delicate about it. */
export function PlanView({ task: t }: { task: Task }) {
  const p = t.ai_plan;
  return (
    <Stack gap="xs">
      <div>
        <StatusBadge status={t.risks.level} tint={tints[t.risks.level]} label={words[t.risks.level]} />
        {t.risks.findings.map((f) => (
          <Text key={f.kind + f.why} size="sm">
            {f.why}
          </Text>
        ))}
      </div>
      {!p && <Text c="dimmed">There is no plan.</Text>}
      {p && (
        <>
          <Text size="sm" fw={500}>
            {p.goal}
          </Text>
          {p.steps.length > 0 && (
            <ol style={{ margin: 0, paddingLeft: 18 }}>
              {p.steps.map((s) => (
                <li key={s}>{s}</li>
              ))}
            </ol>
          )}
          <List title="Conditions" items={p.hard_constraints} />
          <List title="Wishes" items={p.soft_preferences} />
          <List title="Times" items={p.times.map((x) => (x.meaning ? `${x.text}: ${x.meaning}` : x.text))} />
          {p.max_price && <Text size="sm">At most {showMoney(p.max_price)}</Text>}
        </>
      )}
    </Stack>
  );
}
