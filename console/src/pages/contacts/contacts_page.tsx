import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ColumnDef } from '@tanstack/react-table';
import { useState } from 'react';
import { contactsQuery } from '~/api/queries';
import type { Contact } from '~/api/types';
import { DataTable } from '~/ui/data_table';
import { Empty } from '~/ui/empty';
import { Failure } from '~/ui/failure';
import { flat, totalOf } from '~/ui/flat';
import { PhoneNumber } from '~/ui/number_cell';
import { Page } from '~/ui/page';
import { SearchField } from '~/ui/search_field';
import { ContactDrawer } from './contact_drawer';
import { ImportDialog } from './import_dialog';

const route = getRouteApi('/inside/contacts');
const none = <span className="rm-dim">–</span>;

const columns: ColumnDef<Contact, unknown>[] = [
  { header: 'Name', meta: { width: 'minmax(130px, 1.5fr)' }, cell: ({ row: { original: c } }) => <b style={{ fontWeight: 500 }}>{c.name}</b> },
  { header: 'Company', meta: { width: 'minmax(110px, 1fr)', wide: true }, cell: ({ row: { original: c } }) => c.company_name ?? none },
  { header: 'Number', meta: { width: '150px' }, cell: ({ row: { original: c } }) => <PhoneNumber number={c.phone_number} /> },
  { header: 'Email', meta: { width: 'minmax(120px, 1fr)', wide: true }, cell: ({ row: { original: c } }) => c.email ?? none },
  { header: 'Zone', meta: { width: 'minmax(110px, 150px)', wide: true }, cell: ({ row: { original: c } }) => c.timezone ?? none },
  { header: 'Notes', meta: { width: 'minmax(120px, 2fr)', wide: true }, cell: ({ row: { original: c } }) => <span title={c.notes ?? ''}>{c.notes ?? none}</span> },
];

/** The people whom tasks call. */
export function ContactsPage() {
  const { q } = route.useSearch();
  const navigate = useNavigate({ from: '/contacts' });
  const [open, setOpen] = useState<Contact | 'new' | null>(null);
  const [importing, setImporting] = useState(false);
  const list = useInfiniteQuery(contactsQuery(q ? { q } : {}));
  const rows = flat(list.data, (p) => p.contacts);
  return (
    <Page
      title="Contacts"
      actions={
        <>
          <Button variant="default" onClick={() => setImporting(true)}>
            Import CSV
          </Button>
          <Button onClick={() => setOpen('new')}>Add a contact</Button>
        </>
      }
    >
      <SearchField label="Search contacts" value={q} onChange={(next) => void navigate({ search: next ? { q: next } : {}, replace: true })} />
      {list.error && <Failure error={list.error} feature="The list of contacts" retry={() => void list.refetch()} />}
      {list.isSuccess && rows.length === 0 ? (
        <Empty title={q ? 'Nobody of this name' : 'No contacts yet'} action={q ? undefined : <Button onClick={() => setOpen('new')}>Add a contact</Button>}>
          {!q && 'With contacts you can say "call my dentist" and the number is known.'}
        </Empty>
      ) : (
        <DataTable
          label="Contacts"
          columns={columns}
          rows={rows}
          idOf={(c) => c.id}
          onOpen={setOpen}
          loading={list.isPending}
          total={totalOf(list.data) ?? null}
          more={list.hasNextPage}
          onMore={() => !list.isFetchingNextPage && void list.fetchNextPage()}
          noun={['contact', 'contacts']}
        />
      )}
      {open && <ContactDrawer contact={open === 'new' ? null : open} onClose={() => setOpen(null)} />}
      {importing && <ImportDialog onClose={() => setImporting(false)} />}
    </Page>
  );
}
