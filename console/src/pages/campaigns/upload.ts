import { newKey, send } from '~/api/client';
import type { TargetReport } from '~/api/types';
import { type Reading, writeCsv } from './csv';

/** Sends a list as CSV, which may be of any length. */
export async function uploadList(campaign: string, reading: Reading): Promise<TargetReport> {
  const answer = await send<{ targets: TargetReport }>('POST', `/api/campaigns/${campaign}/targets`, writeCsv(reading), {
    'Content-Type': 'text/csv',
    'Idempotency-Key': newKey(),
  });
  return answer.targets;
}
