import type { TargetReport } from '~/api/types';
import { originalLine, type Reading } from './csv';
import { RowNotes } from './row_notes';

/** The engine's report of a list, with the lines of the user's own file. */
export function ReportRows({ report, reading }: { report: TargetReport; reading: Reading | undefined }) {
  const own = (rows: TargetReport['rejected']) =>
    rows.map((r) => ({ ...r, line: reading ? originalLine(reading, r.line) : r.line }));
  return (
    <>
      <RowNotes title="Not taken" notes={own(report.rejected)} total={report.rejected_total} />
      <RowNotes title="There already" notes={own(report.duplicate_rows)} total={report.duplicates} />
    </>
  );
}
