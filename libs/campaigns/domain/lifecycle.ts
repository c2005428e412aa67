import { SpringtideError } from '@springtide/kernel';
import type { CAMPAIGN_STATUSES } from '@springtide/contracts';

export type CampaignStatus = (typeof CAMPAIGN_STATUSES)[number];

const NEXT: Readonly<Record<CampaignStatus, readonly CampaignStatus[]>> = {
  draft: ['planned', 'cancelled'],
  planned: ['draft', 'planned', 'approved', 'cancelled'],
  approved: ['draft', 'planned', 'armed', 'cancelled'],
  armed: ['running', 'scaling-back', 'closed', 'stuck'],
  running: ['scaling-back', 'closed', 'stuck'],
  'scaling-back': ['closed', 'stuck'],
  stuck: ['scaling-back', 'closed'],
  closed: [],
  cancelled: [],
};

/** @throws failed-precondition, saying what is possible instead. */
export function moved(from: CampaignStatus, to: CampaignStatus): CampaignStatus {
  if (from === to || NEXT[from].includes(to)) return to;
  const possible = NEXT[from].length === 0 ? 'it is over' : `possible now: ${NEXT[from].join(', ')}`;
  throw new SpringtideError(
    'failed-precondition',
    `a campaign that is ${from} cannot become ${to}; ${possible}`,
    {
      facts: { from, to },
    },
  );
}

/** Only before it is armed may a campaign be edited; afterwards a run is changed by commands. */
export function isEditable(status: CampaignStatus): boolean {
  return status === 'draft' || status === 'planned' || status === 'approved';
}
