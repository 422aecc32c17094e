import type { Health, Overview } from '~/session';
import { Section } from '~/ui/section';
import { StatusBadge } from '~/ui/status_badge';
import style from './overview.module.css';

const names = { database: 'Database', carrier: 'Carrier', models: 'Models', clock: 'Clock' } as const;

function wordOf(health: Health): string {
  if (health === true) return 'ok';
  if (health === false) return 'down';
  return health;
}

/** Whether the parts that calls need are there. */
export function HealthPanel({ health }: { health: Overview['health'] }) {
  return (
    <Section title="Health" flush>
      <div className={style.rows}>
        {(Object.keys(names) as (keyof typeof names)[]).map((part) => (
          <div key={part} className={style.row}>
            <span className="rm-grow">{names[part]}</span>
            <StatusBadge status={wordOf(health[part])} plain />
          </div>
        ))}
        <div className={style.row}>
          <span className="rm-grow">Dialing</span>
          <StatusBadge status={health.stopped ? 'stopped' : 'ok'} label={health.stopped ? 'stopped by you' : 'allowed'} plain />
        </div>
      </div>
    </Section>
  );
}
