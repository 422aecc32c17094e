import { showNumber } from './values';

/** A telephone number; screen readers get it digit by digit from the browser. */
export function PhoneNumber({ number }: { number: string | null | undefined }) {
  return <span style={{ whiteSpace: 'nowrap' }}>{showNumber(number)}</span>;
}
