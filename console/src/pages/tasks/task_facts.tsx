import type { Task } from '~/api/types';
import { Facts } from '~/ui/facts';
import { Link } from '~/ui/link';
import { PhoneNumber } from '~/ui/number_cell';
import { wordsOf } from '~/ui/status';
import { showMoney } from '~/ui/values';
import { When } from '~/ui/when';

const list = (texts: string[]) =>
  texts.length === 0 ? undefined : (
    <ul style={{ margin: 0, paddingLeft: 16 }}>
      {texts.map((x) => (
        <li key={x}>{x}</li>
      ))}
    </ul>
  );

/** What was said of a task. */
export function TaskFacts({ task: t }: { task: Task }) {
  return (
    <Facts
      rows={[
        ['In your words', <span key="i" className="rm-wrap">{t.raw_instruction}</span>],
        ['Contact', t.contact ? [t.contact.name, t.contact.company_name].filter(Boolean).join(', ') : undefined],
        ['Number', <PhoneNumber key="n" number={t.target_phone_number ?? t.contact?.phone_number} />],
        ['Tone', t.tone],
        ['Priority', t.priority],
        ['At most', t.max_price ? showMoney(t.max_price) : 'no price was set'],
        ['It must', list(t.hard_constraints)],
        ['It would be nice if', list(t.soft_preferences)],
        ['Asks for a yes', t.needs_user_confirmation ? 'before every call' : 'only where a rule wants it'],
        ['On a voicemail', wordsOf(t.voicemail_action ?? 'hang_up')],
        ['Answers', Object.keys(t.answers).length > 0 ? list(Object.entries(t.answers).map(([k, v]) => `${wordsOf(k)}: ${String(v)}`)) : undefined],
        ['Follows', t.parent_call_id ? <Link key="p" to="/calls/$id" params={{ id: t.parent_call_id }}>an earlier call</Link> : undefined],
        ['Created', <When key="c" at={t.created_at} />],
        ['Changed', <When key="u" at={t.updated_at} />],
      ]}
    />
  );
}
