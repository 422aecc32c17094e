import { Button, Drawer, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ifMatch, newKey, take } from '~/api/client';
import { messagesByField, Problem } from '~/api/problem';
import type { Contact } from '~/api/types';
import { confirmAct } from '~/ui/confirm';
import { Facts } from '~/ui/facts';
import { Failure } from '~/ui/failure';
import { tellFailure } from '~/ui/notify';
import { When } from '~/ui/when';
import { ZoneSelect } from '~/ui/zone_select';

const texts = [
  ['name', 'Name'],
  ['company_name', 'Company'],
  ['phone_number', 'Number'],
  ['email', 'Email'],
] as const;

/** One contact, to read, to change or to add. */
export function ContactDrawer({ contact, onClose }: { contact: Contact | null; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [form, setForm] = useState({
    name: contact?.name ?? '', company_name: contact?.company_name ?? '', phone_number: contact?.phone_number ?? '',
    email: contact?.email ?? '', timezone: contact?.timezone ?? '', notes: contact?.notes ?? '',
  });
  const set = (name: keyof typeof form, value: string) => setForm((was) => ({ ...was, [name]: value }));
  const refresh = () => void client.invalidateQueries({ queryKey: ['contacts'] });
  const save = useMutation({
    mutationFn: () => {
      const orNull = (text: string) => text.trim() || null;
      const body = {
        name: form.name.trim(), company_name: orNull(form.company_name), phone_number: orNull(form.phone_number),
        email: orNull(form.email), timezone: orNull(form.timezone), notes: orNull(form.notes),
      };
      return contact
        ? take(api.PATCH('/api/contacts/{id}', { params: { path: { id: contact.id } }, headers: ifMatch(contact.version), body }))
        : take(api.POST('/api/contacts', { params: { header: { 'Idempotency-Key': newKey() } }, body }));
    },
    onSuccess: () => {
      refresh();
      onClose();
    },
  });
  const remove = useMutation({
    mutationFn: () => take(api.DELETE('/api/contacts/{id}', { params: { path: { id: contact?.id ?? '' } } })),
    onSuccess: () => {
      refresh();
      onClose();
    },
    onError: tellFailure,
  });
  const fields = save.error instanceof Problem ? messagesByField(save.error) : {};
  return (
    <Drawer opened onClose={onClose} position="right" title={contact ? contact.name : 'Add a contact'}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate();
        }}
      >
        <Stack gap="sm">
          {texts.map(([name, label]) => (
            <TextInput key={name} label={label} value={form[name]} error={fields[name]} required={name === 'name'} onChange={(e) => set(name, e.currentTarget.value)} />
          ))}
          <ZoneSelect label="Time zone" description="The contact is called by these hours, too." value={form.timezone} onChange={(z) => set('timezone', z)} error={fields.timezone} />
          <Textarea label="Notes" autosize minRows={3} value={form.notes} error={fields.notes} onChange={(e) => set('notes', e.currentTarget.value)} />
          {save.error && Object.keys(fields).length === 0 && <Failure error={save.error} />}
          <Group justify="space-between">
            {contact ? (
              <Button
                variant="subtle"
                color="red"
                onClick={() => confirmAct({ title: 'Delete the contact', text: 'Its tasks stay, without it.', yes: 'Delete it', danger: true, onYes: () => remove.mutate() })}
              >
                Delete
              </Button>
            ) : (
              <span />
            )}
            <Group gap="xs">
              {contact && (
                <Button variant="default" onClick={() => void navigate({ to: '/tasks/new', search: { contact: contact.id } })}>
                  Have a call made
                </Button>
              )}
              <Button type="submit" disabled={!form.name.trim()} loading={save.isPending}>
                Save
              </Button>
            </Group>
          </Group>
          {contact && <Facts rows={[['Added', <When key="a" at={contact.created_at} />], ['Changed', <When key="c" at={contact.updated_at} />]]} />}
        </Stack>
      </form>
    </Drawer>
  );
}
