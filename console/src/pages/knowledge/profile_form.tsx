import { ActionIcon, Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ifMatch, take } from '~/api/client';
import { messagesByField, Problem } from '~/api/problem';
import type { BusinessProfile } from '~/api/types';
import { Failure } from '~/ui/failure';
import { Icon } from '~/ui/icon';
import { tellDone } from '~/ui/notify';
import { Section } from '~/ui/section';

const texts = ['name', 'hours', 'address', 'website', 'email', 'phone_number'] as const;
const names: Record<(typeof texts)[number], [string, string]> = {
  name: ['Name', "Joe's Garage"],
  hours: ['Hours', 'Mon to Fri, 8 to 6'],
  address: ['Address', '12 Main Street, Springfield'],
  website: ['Website', 'https://'],
  email: ['Email', ''],
  phone_number: ['Telephone', '+1 415 555 0100'],
};

/** All fields of the profile; facts of any name besides. */
export function ProfileForm({ profile }: { profile: BusinessProfile }) {
  const client = useQueryClient();
  const [form, setForm] = useState(() => ({
    ...Object.fromEntries(texts.map((t) => [t, profile[t] ?? ''])),
    description: profile.description,
  }) as Record<(typeof texts)[number] | 'description', string>);
  const [facts, setFacts] = useState(() => Object.entries(profile.facts).map(([name, text], key) => ({ key, name, text: String(text) })));
  const save = useMutation({
    mutationFn: () =>
      take(
        api.PUT('/api/business-profile', {
          headers: ifMatch(profile.version),
          body: {
            ...form,
            phone_number: form.phone_number.trim() || null,
            facts: Object.fromEntries(facts.filter((f) => f.name.trim()).map((f) => [f.name.trim(), f.text])),
          },
        }),
      ),
    onSuccess: ({ business_profile }) => {
      tellDone('Saved. Your agents know it now.');
      client.setQueryData(['profile'], business_profile);
    },
  });
  const fields = save.error instanceof Problem ? messagesByField(save.error) : {};
  const set = (name: keyof typeof form) => (e: { currentTarget: { value: string } }) => {
    const value = e.currentTarget.value;
    setForm((was) => ({ ...was, [name]: value }));
  };
  const change = (key: number, part: Partial<{ name: string; text: string }>) =>
    setFacts((was) => was.map((f) => (f.key === key ? { ...f, ...part } : f)));
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="md">
        <Section title="Business">
          <Stack gap="sm">
            {texts.map((t) => (
              <TextInput key={t} label={names[t][0]} placeholder={names[t][1]} value={form[t]} onChange={set(t)} error={fields[t]} />
            ))}
            <Textarea label="Description" autosize minRows={3} value={form.description} onChange={set('description')} error={fields.description} />
          </Stack>
        </Section>
        <Section
          title="Facts"
          aside={
            <Button variant="subtle" size="compact-xs" onClick={() => setFacts((was) => [...was, { key: Date.now(), name: '', text: '' }])}>
              Add a fact
            </Button>
          }
        >
          <Stack gap="xs">
            {facts.length === 0 && (
              <Text size="sm" c="dimmed">
                Short things with a name: parking, cancellation, payment.
              </Text>
            )}
            {facts.map((f) => (
              <Group key={f.key} gap="xs" wrap="nowrap" align="flex-start">
                <TextInput aria-label="Name of the fact" placeholder="parking" w={150} value={f.name} onChange={(e) => change(f.key, { name: e.currentTarget.value })} />
                <Textarea aria-label={`Fact ${f.name}`} placeholder="in the yard" autosize minRows={1} className="rm-grow" value={f.text} onChange={(e) => change(f.key, { text: e.currentTarget.value })} />
                <ActionIcon aria-label={`Take ${f.name || 'this fact'} away`} onClick={() => setFacts((was) => was.filter((x) => x.key !== f.key))} size="md">
                  <Icon name="cross" size={14} />
                </ActionIcon>
              </Group>
            ))}
            {fields.facts && (
              <Text size="xs" c="var(--mantine-color-error)">
                {fields.facts}
              </Text>
            )}
          </Stack>
        </Section>
        {save.error && Object.keys(fields).length === 0 && <Failure error={save.error} />}
        <Group justify="flex-end">
          <Button type="submit" size="sm" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
