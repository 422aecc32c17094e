import type { ReactNode } from 'react';
import type { Overview } from '~/session';
import { Link } from '~/ui/link';
import { showCount, showMoney, showShare } from '~/ui/values';
import style from './overview.module.css';

function Figure({ name, children, note }: { name: string; children: ReactNode; note?: string }) {
  return (
    <div className={style.figure}>
      <div className={style.figureName}>{name}</div>
      <div className={style.figureValue}>{children}</div>
      {note && <div className={style.figureName}>{note}</div>}
    </div>
  );
}

/** The day in four numbers. */
export function TodayPanel({ overview }: { overview: Overview }) {
  const { today } = overview;
  return (
    <div className={`rm-card ${style.figures}`}>
      <Figure name="Live calls">
        <Link to="/live" fz="inherit">
          {showCount(overview.live_calls)}
        </Link>
      </Figure>
      <Figure name="Calls today">{showCount(today.calls)}</Figure>
      <Figure name="Answered today" note={`${showCount(today.answered)} of ${showCount(today.calls)}`}>
        {showShare(today.answered, today.calls)}
      </Figure>
      <Figure name="Spent today">{showMoney(today.spent)}</Figure>
    </div>
  );
}
