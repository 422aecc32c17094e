import type { OneCall } from '~/api/types';
import { showClock } from '~/time/format';
import { Copy } from '~/ui/copy';
import { Facts } from '~/ui/facts';
import { PhoneNumber } from '~/ui/number_cell';
import { Section } from '~/ui/section';
import { wordsOf } from '~/ui/status';
import { showMoney } from '~/ui/values';
import { When } from '~/ui/when';

/** "$0.02: carrier $0.014, models $0.006"; the carrier tells its price some time after the end. */
function costOf(cost: OneCall['cost'] | undefined): string | undefined {
  if (!cost) return undefined;
  const parts = [cost.carrier ? `carrier ${showMoney(cost.carrier)}` : 'the carrier has not told yet', cost.models ? `models ${showMoney(cost.models)}` : ''];
  return `${cost.total ? `${showMoney(cost.total)}: ` : ''}${parts.filter(Boolean).join(', ')}`;
}

/** The particulars of a call. */
export function CallFacts({ call }: { call: OneCall }) {
  const c = call.call_session;
  const t = call.conversation;
  const when = (at: string | null, key: string) => (at ? <When key={key} at={at} seconds /> : undefined);
  return (
    <Section title="Call">
      <Facts
        rows={[
          ['From', <PhoneNumber key="f" number={c.from} />],
          ['Outcome', c.outcome ? wordsOf(c.outcome) : undefined],
          ['Why', c.reason ?? undefined],
          ['Dialed', when(c.created_at, 'd')],
          ['Picked up', when(c.answered_at, 'a')],
          ['Ended', when(c.ended_at, 'e')],
          ['Length', c.duration_seconds === null ? undefined : showClock(c.duration_seconds)],
          ['Try', String(c.attempt_number)],
          ['Answered by', c.answered_by ? wordsOf(c.answered_by) : undefined],
          ['Who listened', t ? wordsOf(t.listener) : undefined],
          ['Said that it is automated', t ? (t.disclosed ? 'yes' : 'no') : undefined],
          ['Wants no calls', t?.opted_out ? 'yes: the number is never called again' : undefined],
          ['Wrong number', t?.wrong_number ? 'yes' : undefined],
          ['Message left', t?.message_left ? 'yes' : undefined],
          ['Price agreed', t?.agreed_price ? showMoney(t.agreed_price) : undefined],
          ['Ended because', t?.ended ?? undefined],
          ['Mood', call.sentiment ?? undefined],
          ...(t?.questions ?? []).map((q): [string, string] => [`You were asked: ${q.text}`, q.note ? `${q.state} (${q.note})` : q.state]),
          ['Recording', t?.recording ? `${t.recording.status}, ${showClock(t.recording.duration_seconds)}, kept by the carrier` : undefined],
          ['Cost', costOf(call.cost)],
          ["Carrier's error", c.error_code === null ? undefined : String(c.error_code)],
          ["Carrier's id", c.call_sid ? <span key="s"><span className="rm-mono">{c.call_sid}</span> <Copy text={c.call_sid} /></span> : undefined],
          ['Id', <span key="i"><span className="rm-mono">{c.id}</span> <Copy text={c.id} /></span>],
        ]}
      />
    </Section>
  );
}
