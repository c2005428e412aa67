import type { CampaignInput, Reason } from '@springtide/contracts';
import { decimal, type Money } from '@springtide/kernel';
import type { PlannedApiTime, Reach, ReadinessSubject } from '@springtide/readiness/domain';
import { APPROVAL_POLICIES } from './approval-policy.js';
import type { PlanContent } from './plan-content.js';
import { RUN_POLICIES } from './run-policy.js';

export type SubjectParts = Readonly<{
  campaignId: string;
  campaign: CampaignInput;
  plan: Readonly<{ id: string; hash: string; content: PlanContent }>;
  /** What each service calls, by its name. */
  reaches: ReadonlyMap<string, readonly Reach[]>;
  priceBasis: Money | null;
}>;

/** A plan in the words of readiness: only what it really uses, each pool with its busiest phase. */
export function readinessSubject(parts: SubjectParts): ReadinessSubject {
  const { campaign, plan } = parts;
  const { content } = plan;
  const use = usedIn(content);
  const most = (poolId: string): number =>
    Math.max(...use.filter((row) => row.poolId === poolId).map((row) => row.machines));
  const used = new Set(use.map((row) => row.poolId));
  return {
    campaignId: parts.campaignId,
    planId: plan.id,
    planHash: plan.hash,
    startsAt: content.phases[0]?.startsAt ?? campaign.phases[0]?.startsAt ?? '',
    endsAt: content.phases.at(-1)?.endsAt ?? campaign.phases.at(-1)?.endsAt ?? '',
    isTrial: campaign.policy === 'demo',
    pools: content.pools.filter(({ id }) => used.has(id)).map((pool) => ({ ...pool, most: most(pool.id) })),
    use,
    sheets: content.sheets.filter((sheet) =>
      content.allocations.some(
        (row) => row.poolId === sheet.poolId && row.service === sheet.service && row.machines > 0,
      ),
    ),
    services: content.services.map(({ name, route }) => ({
      name,
      route,
      reaches: parts.reaches.get(name) ?? [],
    })),
    apiTimes: content.reasons.flatMap(apiTimeOf),
    slackSeconds: RUN_POLICIES[campaign.policy].marginMs / 1000,
    priceDriftLimit: APPROVAL_POLICIES[campaign.policy].priceDriftLimit,
    priceBasis: parts.priceBasis,
    currency: content.cost.currency,
  };
}

function usedIn(content: PlanContent): ReadinessSubject['use'] {
  return content.phases.flatMap(({ name: phase, startsAt, endsAt }) => {
    const hours = decimal(Date.parse(endsAt) - Date.parse(startsAt))
      .div(3_600_000)
      .toNumber();
    const rows = content.allocations.filter((row) => row.phase === phase && row.machines > 0);
    return [...Map.groupBy(rows, (row) => row.poolId)].map(([poolId, own]) => ({
      phase,
      poolId,
      hours,
      machines: own.reduce((sum, row) => sum + row.machines, 0),
    }));
  });
}

/** The planner has worked out already what the clouds' call limits cost. */
function apiTimeOf({ code, params }: Reason): readonly PlannedApiTime[] {
  if (code !== 'api-time') return [];
  const { account, region, phase, machines, calls, seconds } = params;
  const texts = { account: String(account), region: String(region), phase: String(phase) };
  return [{ ...texts, machines: Number(machines), calls: Number(calls), seconds: Number(seconds) }];
}
