import { useState } from 'react';
import { Link } from '~/ui/link';
import { Page } from '~/ui/page';
import { Section } from '~/ui/section';
import { Composer } from './composer';
import { TaskPanel } from './task_panel';

/** Say what is to be done; the plan, its risks and its questions follow below. */
export function NewTaskPage() {
  const [made, setMade] = useState<string | null>(null);
  return (
    <Page
      title="New task"
      narrow
      above={<Link to="/tasks">Tasks</Link>}
      note="It is planned first. No call is made until you start it yourself."
    >
      {made === null ? (
        <Section>
          <Composer onMade={setMade} />
        </Section>
      ) : (
        <TaskPanel id={made} fresh />
      )}
    </Page>
  );
}
