import type { CampaignInput } from '@springtide/contracts';
import { HOUR, MINUTE, type Instant } from '@springtide/kernel';

/** How fresh the evidence of an approval must be, and how far the world may move after it. */
export type ApprovalPolicy = Readonly<{
  /** A readiness check older than this is no evidence. */
  readinessFreshMs: number;
  /** Share by which prices may rise between approval and start. */
  priceDriftLimit: number;
  /** What happens at the start when prices of now cannot be read. */
  unreadPrices: 'refuse' | 'allow';
  readiness: 'required' | 'advisory';
  /** A rehearsal that ended longer ago than this is no evidence. */
  rehearsalFreshMs: number;
  rehearsal: 'required' | 'advisory';
}>;

export const APPROVAL_POLICIES: Readonly<Record<CampaignInput['policy'], ApprovalPolicy>> = {
  standard: {
    readinessFreshMs: 4 * HOUR,
    priceDriftLimit: 0.1,
    unreadPrices: 'refuse',
    readiness: 'required',
    rehearsalFreshMs: 7 * 24 * HOUR,
    rehearsal: 'advisory',
  },
  demo: {
    readinessFreshMs: 10 * MINUTE,
    priceDriftLimit: 0.1,
    unreadPrices: 'allow',
    readiness: 'advisory',
    rehearsalFreshMs: 24 * HOUR,
    rehearsal: 'advisory',
  },
};

/** What the campaign itself says goes before its policy. */
export function readinessGate(
  campaign: Pick<CampaignInput, 'policy' | 'readiness'>,
): 'required' | 'advisory' {
  return campaign.readiness ?? APPROVAL_POLICIES[campaign.policy].readiness;
}

export function rehearsalGate(
  campaign: Pick<CampaignInput, 'policy' | 'rehearsal'>,
): 'required' | 'advisory' {
  return campaign.rehearsal ?? APPROVAL_POLICIES[campaign.policy].rehearsal;
}

type Timeline = Pick<CampaignInput, 'phases' | 'follows'>;

/**
 * The last moment at which a run may start under an approval: the begin of the first phase. A scaling group that was
 * armed once may start until its end: it comes back whenever a campaign made it rest.
 */
export function latestStartOf({ phases, follows }: Timeline, wasArmed: boolean): string | undefined {
  return follows === 'strategies' && wasArmed ? phases.at(-1)?.endsAt : phases[0]?.startsAt;
}

/** When an approval asked for now ends. That of a scaling group holds until its end, so that it may come back under it. */
export function expiryOf({ phases, follows }: Timeline, usual: Instant): Instant {
  const end = phases.at(-1)?.endsAt;
  return follows === 'strategies' && end !== undefined && end > usual ? end : usual;
}
