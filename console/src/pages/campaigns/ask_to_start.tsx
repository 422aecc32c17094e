import type { Campaign } from '~/api/types';
import { lazily } from '~/ui/lazily';
import { openOverlay } from '~/ui/overlays';

const StartDialog = lazily<{ campaign: Campaign; onClose: () => void }>(() => import('./start_dialog').then((m) => m.StartDialog));

/** Opens the dialog whose button, and nothing else, makes a campaign dial. */
export function askToStart(campaign: Campaign): void {
  openOverlay((close) => <StartDialog campaign={campaign} onClose={close} />);
}
