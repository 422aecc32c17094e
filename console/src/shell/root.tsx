import { Outlet } from '@tanstack/react-router';
import { Overlays } from '~/ui/overlays';

/** What stands around everything, the doors among it. */
export function Root() {
  return (
    <>
      <Outlet />
      <Overlays />
    </>
  );
}
