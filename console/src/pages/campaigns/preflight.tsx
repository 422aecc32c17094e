import { useQuery } from '@tanstack/react-query';
import { readyQuery } from '~/api/queries';
import { estimateSentence } from '~/time/window';
import { StatusBadge } from '~/ui/status_badge';
import type { Tint } from '~/ui/status';
import type { CampaignForm } from './campaign_form';
import style from './preflight.module.css';

interface Props {
  form: CampaignForm;
  numbers: number;
  doubtful: number;
  duplicates: number;
}

/** What one should know before making a campaign. Nothing in here keeps one from it: it will be a draft. */
export function Preflight({ form, numbers, doubtful, duplicates }: Props) {
  const checks = useQuery(readyQuery).data;
  const callable = Math.max(0, numbers - doubtful - duplicates);
  const rate = (r: number | '') => (r === '' ? null : r);
  const rows: [Tint, string][] = [
    numbers === 0
      ? ['warn', 'No numbers yet. You can add them to the draft later.']
      : ['good', estimateSentence(callable, rate(form.rate_limit_per_minute), rate(form.rate_limit_per_hour), form)],
    ...(doubtful > 0 ? ([['warn', `${doubtful} rows do not look like numbers; the engine will say which it refuses.`]] as [Tint, string][]) : []),
    ...(duplicates > 0 ? ([['warn', `${duplicates} rows repeat a number; each number is taken once.`]] as [Tint, string][]) : []),
    form.script.trim() === '' ? ['warn', 'No script: the calls would have nothing to say.'] : ['good', 'There is a script.'],
    checks === undefined || checks === null
      ? ['quiet', 'The engine does not tell how it is.']
      : checks.database && checks.clock_trusted && checks.carrier_open
        ? ['good', 'Database, clock and carrier are there.']
        : ['bad', `Not ready to dial: ${[!checks.database && 'database', !checks.clock_trusted && 'clock', !checks.carrier_open && 'carrier'].filter(Boolean).join(', ')}.`],
    ...(checks?.stopped ? ([['bad', 'All dialing is stopped.']] as [Tint, string][]) : []),
  ];
  return (
    <ul className={style.list}>
      {rows.map(([tint, text]) => (
        <li key={text}>
          <StatusBadge status={tint} tint={tint} label="" plain />
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}
