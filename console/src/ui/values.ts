import type { Money } from '~/api/types';

/** "$12.50", "12.50 EUR"; digits as the engine wrote them, never through a floating point value. */
export function showMoney(money: Money | { amount: string; currency: string } | null | undefined): string {
  if (!money) return 'none';
  const [whole = '0', part = ''] = money.amount.split('.');
  const trimmed = part.replace(/0+$/, '');
  const cents = trimmed.length > 2 ? trimmed : trimmed.padEnd(2, '0');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',');
  return money.currency === 'USD' ? `$${grouped}.${cents}` : `${grouped}.${cents} ${money.currency}`;
}

/** "+1 415 555 0100" for numbers of the North American plan, groups of three else. */
export function showNumber(number: string | null | undefined): string {
  if (!number) return '–';
  const nanp = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  if (nanp) return `+1 ${nanp[1]} ${nanp[2]} ${nanp[3]}`;
  const other = /^\+(\d{6,15})$/.exec(number);
  return other ? `+${(other[1] as string).replaceAll(/(\d{3})(?=\d{2})/g, '$1 ')}` : number;
}

export function showCount(n: number | null | undefined): string {
  return n === null || n === undefined ? '–' : n.toLocaleString('en');
}

/** "62 %"; of nothing there is no share. */
export function showShare(part: number, all: number): string {
  return all > 0 ? `${Math.round((part / all) * 100)} %` : '–';
}

/** "1 call", "2 calls" */
export function many(n: number, one: string, more = `${one}s`): string {
  return `${showCount(n)} ${n === 1 ? one : more}`;
}
