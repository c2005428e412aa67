import type { CampaignBody } from '@springtide/contracts';

/** Only before it is armed; afterwards a run is changed by commands. */
export function isEditable(status: CampaignBody['status']): boolean {
  return status === 'draft' || status === 'planned' || status === 'approved';
}
