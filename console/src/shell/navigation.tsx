import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { overviewQuery, sessionQuery } from '~/session';
import { Icon } from '~/ui/icon';
import style from './navigation.module.css';
import { type Place, places } from './places';

/** The list of places at the left, with what waits there. */
export function Navigation({ onGo }: { onGo: () => void }) {
  const session = useQuery(sessionQuery).data;
  const overview = useQuery({ ...overviewQuery, retry: false }).data;
  const waiting = overview?.waiting_for_you;
  const countOf = (place: Place): number => {
    if (place.count === 'live') return overview?.live_calls ?? 0;
    if (place.count === 'gaps') return waiting?.gaps ?? 0;
    if (place.count === 'proposals') return waiting?.proposals ?? 0;
    if (place.count === 'tasks') return (waiting?.clarifications ?? 0) + (waiting?.approvals ?? 0);
    return 0;
  };
  return (
    <nav className={style.nav} aria-label="Pages">
      {places.map((group) => (
        <div key={group.title} className={style.group}>
          {group.title && <div className={style.title}>{group.title}</div>}
          {group.places
            .filter((p) => !p.operator || session?.user.role === 'operator')
            .map((p) => {
              const count = countOf(p);
              return (
                <Link key={p.to} to={p.to} className={style.link} activeOptions={{ exact: p.to === '/' }} onClick={onGo}>
                  <Icon name={p.icon} />
                  <span className="rm-grow">{p.name}</span>
                  {count > 0 && <span className={`${style.count} ${p.count === 'live' ? style.live : ''}`}>{count}</span>}
                </Link>
              );
            })}
        </div>
      ))}
    </nav>
  );
}
