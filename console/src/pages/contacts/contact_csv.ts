import { parseCsv } from '~/pages/campaigns/csv';

export interface ContactRow {
  line: number;
  name: string;
  company_name: string | null;
  phone_number: string | null;
  email: string | null;
  timezone: string | null;
  notes: string | null;
}

const names: Record<Exclude<keyof ContactRow, 'line'>, RegExp> = {
  name: /^(full[ _-]?)?name$/i,
  company_name: /^(company|organi[sz]ation|firm)([ _-]?name)?$/i,
  phone_number: /^(phone|telephone|tel|mobile|cell|number)([ _-]?number)?$/i,
  email: /^e-?mail([ _-]?address)?$/i,
  timezone: /^(time[ _-]?zone|tz)$/i,
  notes: /^(notes?|comments?|remarks?)$/i,
};

/** Contacts of a CSV file whose first line names the columns; rows without a name take their company's. */
export function readContacts(text: string): { rows: ContactRow[]; missing: string | null } {
  const table = parseCsv(text);
  const all = table.header ? table.rows : table.rows.slice(1);
  const header = table.header ?? table.rows[0]?.cells ?? [];
  const at = Object.fromEntries(
    Object.entries(names).map(([field, name]) => [field, header.findIndex((h) => name.test(h))]),
  ) as Record<keyof typeof names, number>;
  if (at.name < 0 && at.company_name < 0) return { rows: [], missing: 'the first line must name a column "name"' };
  const cell = (cells: string[], i: number) => (i >= 0 ? cells[i] || null : null);
  const rows = all.map(({ line, cells }) => {
    const company = cell(cells, at.company_name);
    return {
      line,
      name: cell(cells, at.name) ?? company ?? '',
      company_name: company,
      phone_number: cell(cells, at.phone_number),
      email: cell(cells, at.email),
      timezone: cell(cells, at.timezone),
      notes: cell(cells, at.notes),
    };
  });
  return { rows, missing: null };
}
