/** Reading lists of numbers in the browser: to map their columns before they are sent. */
export interface Table {
  delimiter: string;
  header: string[] | null;
  /** With the line in the file, from 1. */
  rows: { line: number; cells: string[] }[];
  /** A quote that was never closed, at this line. */
  broken: number | null;
}

export const targetFields = ['phone_number', 'contact_name', 'client_id', 'timezone', 'max_attempts'] as const;
export type TargetField = (typeof targetFields)[number];
/** Which column each field comes from. */
export type Mapping = Partial<Record<TargetField, number>>;

const names: Record<TargetField, RegExp> = {
  phone_number: /^(phone[ _-]?(number|no)?|number|telephone|tel|mobile|cell|telefon|nummer)$/i,
  contact_name: /^((contact|full|first|customer|client)?[ _-]?name|contact|customer)$/i,
  client_id: /^((client|customer|external|row|crm)?[ _-]?id|reference|ref)$/i,
  timezone: /^(time[ _-]?zone|tz|zone)$/i,
  max_attempts: /^((max|maximum)[ _-]?(attempts|tries|calls)|attempts)$/i,
};

/** The mark that parts most lines into the same number of cells. */
export function sniffDelimiter(text: string): string {
  const lines = text.split(/\r?\n/, 20).filter((l) => l.trim() !== '');
  let best = ',';
  let most = 0;
  for (const mark of [',', ';', '\t', '|']) {
    const counts = lines.map((l) => l.split(mark).length - 1);
    const least = Math.min(...counts, Infinity);
    if (least !== Infinity && least > most) {
      best = mark;
      most = least;
    }
  }
  return best;
}

/** RFC 4180 with any of the marks, with or without a byte order mark. */
export function parseCsv(text: string, delimiter = sniffDelimiter(text)): Table {
  const rows: { line: number; cells: string[] }[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let opened = 0;
  let line = 1;
  let begun = 1;
  const endRow = () => {
    cells.push(cell);
    if (cells.some((c) => c.trim() !== '')) rows.push({ line: begun, cells: cells.map((c) => c.trim()) });
    cells = [];
    cell = '';
  };
  const clean = text.replace(/^\ufeff/, '');
  for (let i = 0; i < clean.length; ++i) {
    const c = clean[i] as string;
    if (c === '\n') line += 1;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (clean[i + 1] === '"') {
        cell += '"';
        ++i;
      } else quoted = false;
    } else if (c === '"' && cell.trim() === '') {
      quoted = true;
      opened = line;
      cell = '';
    } else if (c === delimiter) {
      cells.push(cell);
      cell = '';
    } else if (c === '\n') {
      endRow();
      begun = line;
    } else if (c !== '\r') cell += c;
  }
  if (cell !== '' || cells.length > 0) endRow();
  const first = rows[0]?.cells ?? [];
  // A header has a name that we know, and nothing that looks like a number to call.
  const named = first.some((c) => Object.values(names).some((n) => n.test(c))) && !first.some(looksLikeNumber);
  return {
    delimiter,
    header: named ? first : null,
    rows: named ? rows.slice(1) : rows,
    broken: quoted ? opened : null,
  };
}

/** Enough digits to be a telephone number; the engine has the last word. */
export function looksLikeNumber(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '').length;
  return digits >= 7 && digits <= 15 && /^[+()\d\s./-]+$/.test(text.trim());
}

/** By the header's names; without a header by what stands in the rows. */
export function guessMapping(table: Table): Mapping {
  const out: Mapping = {};
  if (table.header) {
    for (const field of targetFields) {
      const at = table.header.findIndex((h) => names[field].test(h));
      if (at >= 0) out[field] = at;
    }
    if (out.phone_number !== undefined) return out;
  }
  const sample = table.rows.slice(0, 50);
  const width = Math.max(0, ...sample.map((r) => r.cells.length));
  let best = -1;
  let most = 0;
  for (let at = 0; at < width; ++at) {
    const hits = sample.filter((r) => looksLikeNumber(r.cells[at] ?? '')).length;
    if (hits > most) {
      best = at;
      most = hits;
    }
  }
  if (best >= 0) out.phone_number = best;
  if (!table.header && out.phone_number !== undefined) {
    const other = [...Array(width).keys()].find((at) => at !== best && sample.some((r) => /\p{L}/u.test(r.cells[at] ?? '')));
    if (other !== undefined) out.contact_name = other;
  }
  return out;
}

export interface RowNote {
  line: number;
  value: string;
  message: string;
}
export interface Reading {
  rows: { line: number; cells: Partial<Record<TargetField, string>> }[];
  doubtful: RowNote[];
  duplicates: RowNote[];
}

/** The rows under a mapping, with those that the engine will hardly take. All of them are sent all the same. */
export function readRows(table: Table, mapping: Mapping): Reading {
  const out: Reading = { rows: [], doubtful: [], duplicates: [] };
  const seen = new Map<string, number>();
  for (const { line, cells } of table.rows) {
    const row: Partial<Record<TargetField, string>> = {};
    for (const field of targetFields) {
      const at = mapping[field];
      const value = at === undefined ? undefined : cells[at];
      if (value) row[field] = value;
    }
    const number = row.phone_number ?? '';
    if (!looksLikeNumber(number)) {
      out.doubtful.push({ line, value: number, message: number ? 'does not look like a telephone number' : 'has no number' });
    } else {
      const key = number.replaceAll(/[^\d+]/g, '').replace(/^00/, '+');
      const before = seen.get(key);
      if (before !== undefined) out.duplicates.push({ line, value: number, message: `stands in line ${before} already` });
      else seen.set(key, line);
    }
    out.rows.push({ line, cells: row });
  }
  return out;
}

/** What is sent: the mapped columns under the engine's own names. */
export function writeCsv(reading: Reading): string {
  const used = targetFields.filter((f) => reading.rows.some((r) => r.cells[f] !== undefined));
  const quote = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = reading.rows.map((r) => used.map((f) => quote(r.cells[f] ?? '')).join(','));
  return `${[used.join(','), ...lines].join('\r\n')}\r\n`;
}

/** The line of the user's file that a line of what was sent stands for. */
export function originalLine(reading: Reading, sentLine: number): number {
  return reading.rows[sentLine - 2]?.line ?? sentLine;
}

export const template =
  'phone_number,contact_name,client_id,timezone\r\n+14155550100,Ann Example,row-1,America/Los_Angeles\r\n+442079460000,Bo Example,row-2,Europe/London\r\n';
