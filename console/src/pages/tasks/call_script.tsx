import type { Task } from '~/api/types';
import { Facts } from '~/ui/facts';

/** What the assistant goes by in the call. */
export function CallScript({ script: s }: { script: NonNullable<Task['call_script']> }) {
  return (
    <Facts
      rows={[
        ['It begins', <span key="i" className="rm-wrap">{s.introduction}</span>],
        [
          'It asks',
          <ul key="q" style={{ margin: 0, paddingLeft: 16 }}>
            {s.key_questions.map((q) => (
              <li key={q}>{q}</li>
            ))}
          </ul>,
        ],
        ...s.fallback_answers.map((f): [string, string] => [f.when, f.say]),
        ['Of the price', s.price_negotiation ?? undefined],
        ['It ends', s.closing],
        ['On a voicemail', s.voicemail ?? undefined],
      ]}
    />
  );
}
