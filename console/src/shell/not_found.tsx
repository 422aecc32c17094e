import { Empty } from '~/ui/empty';
import { LinkButton } from '~/ui/link';

export function NotFound() {
  return (
    <div style={{ padding: 24 }}>
      <Empty title="There is no such page" action={<LinkButton to="/">To the overview</LinkButton>}>
        The address may be old, or the thing was deleted.
      </Empty>
    </div>
  );
}
