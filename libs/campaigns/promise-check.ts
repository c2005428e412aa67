import { SpringtideError } from '@springtide/kernel';
import type { EntityManager } from 'typeorm';
import type { CampaignEntity, PlanEntity } from './data/campaign.entity.js';
import { RUN_POLICIES, heldBy, overdrafts, windowsOf, type Overdraft } from './domain/index.js';
import { askedAt, holdersIn, type PromisedState } from './plan-facts.service.js';

type Wanted = Readonly<{
  campaign: CampaignEntity;
  plan: PlanEntity;
  /** `approved`: nothing is approved on a refusal. `armed`: nothing is bought. */
  to: 'approved' | 'armed';
}>;

/** Who goes before whom: approvals in the order in which they are given, runs in the order in which they start. */
const BEFORE: Readonly<Record<Wanted['to'], readonly PromisedState[]>> = {
  approved: ['approved', 'armed', 'running'],
  armed: ['armed', 'running'],
};

/**
 * What a plan counts on must not have been promised to other campaigns since it was made.
 * @throws failed-precondition naming the limits and the campaigns that hold them.
 */
export async function requireRoom(tx: EntityManager, wanted: Wanted): Promise<void> {
  const { campaign, plan, to } = wanted;
  const { content } = plan;
  if (content?.limits === undefined) return;
  const { drainMs } = RUN_POLICIES[campaign.input.policy];
  const beside = { campaignId: campaign.id, asOf: askedAt(plan) };
  const holders = await holdersIn(tx, campaign.tenantId, beside, BEFORE[to]);
  const held = heldBy(holders, windowsOf(content.phases, { leadMs: content.leadMs, drainMs }));
  const over = overdrafts({ ...content, limits: content.limits }, held);
  if (over.length > 0) throw promisedTwice(wanted, over);
}

const MOST_SHOWN = 3;

function promisedTwice({ campaign, to }: Wanted, over: readonly Overdraft[]): SpringtideError {
  const shown = over.slice(0, MOST_SHOWN).map(({ limit, phase, own, held, by }) => {
    const others = by.map((name) => `"${name}"`).join(', ');
    return `${limit.name} has ${limit.free} ${limit.unit} free, this plan takes ${own} in ${phase}, and ${others} holds ${held} at the same time`;
  });
  const more = over.length > MOST_SHOWN ? `; and ${over.length - MOST_SHOWN} more` : '';
  const names = [...new Set(over.flatMap(({ by }) => by))];
  const done = to === 'approved' ? 'approved' : 'bought';
  return new SpringtideError(
    'failed-precondition',
    `"${campaign.name}" was planned with what other campaigns were promised since: ${shown.join('; ')}${more}; nothing was ${done}`,
    {
      retry: 'never',
      nextStep: 'Have a new plan made: it leaves to them what they hold. Or cancel the other campaign.',
      facts: { campaigns: names.join(', '), limits: over.map(({ limit }) => limit.name).join(', ') },
    },
  );
}
