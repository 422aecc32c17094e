import { describe, expect, it } from 'vitest';
import { guessMapping, looksLikeNumber, originalLine, parseCsv, readRows, sniffDelimiter, writeCsv } from '../src/pages/campaigns/csv';
import { readContacts } from '../src/pages/contacts/contact_csv';

describe('reading tables', () => {
  it('finds the mark between cells', () => {
    expect(sniffDelimiter('a;b;c\n1;2;3')).toBe(';');
    expect(sniffDelimiter('a\tb\n1\t2')).toBe('\t');
    expect(sniffDelimiter('+1 415 555 0100')).toBe(',');
  });
  it('knows quotes, doubled quotes, line ends within them and a byte order mark', () => {
    const t = parseCsv('\ufeffphone,name\r\n"+14155550100","Ann ""A"" Example"\r\n+14155550101,"Bo\nBrown"\r\n');
    expect(t.header).toEqual(['phone', 'name']);
    expect(t.rows).toEqual([
      { line: 2, cells: ['+14155550100', 'Ann "A" Example'] },
      { line: 3, cells: ['+14155550101', 'Bo\nBrown'] },
    ]);
    expect(t.broken).toBeNull();
  });
  it('says where a quote was never closed', () => {
    expect(parseCsv('phone,name\n+14155550100,"Ann\n+14155550101,Bo').broken).toBe(2);
  });
  it('leaves empty lines out and keeps the numbers of the others', () => {
    expect(parseCsv('phone\n\n+14155550100\n').rows).toEqual([{ line: 3, cells: ['+14155550100'] }]);
  });
  it('reads a list without a header from its first line on', () => {
    const t = parseCsv('+14155550100,Ann\n+14155550101,Bo');
    expect(t.header).toBeNull();
    expect(t.rows).toHaveLength(2);
  });
});

describe('mapping columns', () => {
  it('goes by the names of the header in any order and language of programs', () => {
    const t = parseCsv('Full Name;Time Zone;Mobile;ID\nAnn;Europe/Berlin;+49 30 1234567;7');
    expect(guessMapping(t)).toEqual({ phone_number: 2, contact_name: 0, client_id: 3, timezone: 1 });
  });
  it('goes by the cells where there is no header', () => {
    expect(guessMapping(parseCsv('Ann,+14155550100\nBo,+14155550101'))).toEqual({ phone_number: 1, contact_name: 0 });
  });
  it('finds nothing where nothing looks like a number', () => {
    expect(guessMapping(parseCsv('a,b\nc,d'))).toEqual({});
  });
  it('takes numbers as people write them', () => {
    for (const good of ['+1 (415) 555-0100', '0049 30 1234567', '415.555.0100']) expect(looksLikeNumber(good)).toBe(true);
    for (const bad of ['12', 'call me', '+1 415 555 0100 ext 5', '2026-11-24T10:00']) expect(looksLikeNumber(bad)).toBe(false);
  });
});

describe('rows under a mapping', () => {
  const table = parseCsv('phone,name\n+14155550100,Ann\nnone,Bo\n+1 415 555 0100,"Cy, the third"\n');
  const reading = readRows(table, { phone_number: 0, contact_name: 1 });
  it('are all kept and doubtful ones told', () => {
    expect(reading.rows).toHaveLength(3);
    expect(reading.doubtful).toEqual([{ line: 3, value: 'none', message: 'does not look like a telephone number' }]);
    expect(reading.duplicates).toEqual([{ line: 4, value: '+1 415 555 0100', message: 'stands in line 2 already' }]);
  });
  it('are sent under the names of the engine', () => {
    expect(writeCsv(reading)).toBe('phone_number,contact_name\r\n+14155550100,Ann\r\nnone,Bo\r\n+1 415 555 0100,"Cy, the third"\r\n');
  });
  it('lead back to the lines of the file', () => {
    const skipped = readRows(parseCsv('phone\n\n\n+14155550100\n+14155550101\n'), { phone_number: 0 });
    expect(originalLine(skipped, 2)).toBe(4);
    expect(originalLine(skipped, 3)).toBe(5);
    expect(originalLine(skipped, 9)).toBe(9);
  });
  it('survive what is read again', () => {
    expect(readRows(parseCsv(writeCsv(reading)), { phone_number: 0, contact_name: 1 }).rows.map((r) => r.cells)).toEqual(reading.rows.map((r) => r.cells));
  });
});

describe('contacts', () => {
  it('come from named columns and fall back to the company', () => {
    const { rows, missing } = readContacts('Name,Company,Phone,E-Mail\nAnn,,+14155550100,ann@example.com\n,Miller Dental,+14155550101,\n');
    expect(missing).toBeNull();
    expect(rows[0]).toMatchObject({ line: 2, name: 'Ann', company_name: null, phone_number: '+14155550100', email: 'ann@example.com' });
    expect(rows[1]).toMatchObject({ name: 'Miller Dental', company_name: 'Miller Dental' });
  });
  it('are refused where no column is a name', () => {
    expect(readContacts('a,b\n1,2').missing).not.toBeNull();
  });
});
