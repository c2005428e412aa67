import type { RehearsalEvidence, ShareEvidence } from '@springtide/contracts';
import { SpringtideError, addMs, toInstant, type Clock, type Instant } from '@springtide/kernel';
import type { EntityManager } from 'typeorm';
import type { CampaignEntity, PlanEntity } from './data/campaign.entity.js';
import { sharesRehearsedSince } from './data/share-evidence.repository.js';
import { finishedSince, type FinishedRehearsal } from './data/rehearsal.repository.js';
import { APPROVAL_POLICIES, rehearsalGate } from './domain/index.js';

/** Rehearsals as what an approval rests on. */
export class RehearsalGate {
  constructor(private readonly clock: Clock) {}

  /**
   * The newest recent rehearsal of exactly this plan; where one is required, the newest that held. Null where there is none
   * and none is required.
   * @throws failed-precondition where one is required and none held.
   */
  async evidenceIn(
    tx: EntityManager,
    campaign: CampaignEntity,
    plan: PlanEntity,
  ): Promise<RehearsalEvidence | null> {
    const since = this.freshSince(campaign);
    const recent = await finishedSince(tx, plan, since);
    const held = recent.filter(({ result }) => result.passed);
    const required = rehearsalGate(campaign.input) === 'required';
    const [chosen] = required ? held : recent;
    if (chosen !== undefined) return evidenceOf(chosen, held.length, recent.length - held.length);
    if (required) throw notRehearsed(recent[0], since);
    return null;
  }

  /** Recent rehearsals of a share of exactly this plan on the real clouds; none is ever required. */
  async sharesIn(tx: EntityManager, campaign: CampaignEntity, plan: PlanEntity): Promise<ShareEvidence[]> {
    return [...(await sharesRehearsedSince(tx, plan, this.freshSince(campaign)))];
  }

  private freshSince(campaign: CampaignEntity): Instant {
    const { rehearsalFreshMs } = APPROVAL_POLICIES[campaign.input.policy];
    return addMs(toInstant(this.clock.now()), -rehearsalFreshMs);
  }
}

function evidenceOf(rehearsal: FinishedRehearsal, held: number, notHeld: number): RehearsalEvidence {
  const { id, hash, finishedAt, storm, seed, result } = rehearsal;
  const replayed = result.replay?.name ?? null;
  return {
    ...{ rehearsalId: id, hash, finishedAt, storm, seed, replayed },
    ...{ passed: result.passed, held, notHeld },
  };
}

function notRehearsed(newest: FinishedRehearsal | undefined, since: string): SpringtideError {
  const why =
    newest === undefined
      ? `none of it has ended since ${since}`
      : `none of it held; the newest found: ${newest.result.findings.join(' ')}`;
  return new SpringtideError(
    'failed-precondition',
    `this campaign is approved only on a recent rehearsal of exactly this plan that held, and ${why}; nothing was approved`,
    {
      nextStep:
        newest === undefined
          ? 'Have the plan rehearsed, look at what came of it, and decide then.'
          : 'Have a plan made that survives this and rehearse it, or have the campaign say that rehearsals are advisory.',
    },
  );
}
