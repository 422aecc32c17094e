import '@mantine/notifications/styles.css';
import { Notifications } from '@mantine/notifications';

/** The corner in which messages appear. */
export function ToastHost() {
  return <Notifications position="bottom-right" limit={4} />;
}
