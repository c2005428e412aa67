import type { CampaignInput, PlanPool, Reason } from '@springtide/contracts';
import { decimal, type Money } from '@springtide/kernel';
import type { TemplateService } from '@springtide/catalog/domain';
import type { PlannedApiTime, PlannedLink, ReadinessSubject } from '@springtide/readiness/domain';
import { APPROVAL_POLICIES } from './approval-policy.js';
import { capacityOf, type PlanContent } from './plan-content.js';
import { linkTo, type DeclaredLink } from './plan-links.js';
import { RUN_POLICIES } from './run-policy.js';

export type SubjectParts = Readonly<{
  campaignId: string;
  campaign: CampaignInput;
  plan: Readonly<{ id: string; hash: string; content: PlanContent }>;
  /** Of the campaign's template: what each calls, and moves home. */
  services: readonly TemplateService[];
  links: readonly (DeclaredLink & Readonly<{ evidence: string }>)[];
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
    services: content.services.map(({ name, route }) => {
      const { reaches = [], settings = [] } = parts.services.find((service) => service.name === name) ?? {};
      return { name, route, reaches, settings };
    }),
    apiTimes: content.reasons.flatMap(apiTimeOf),
    links: plannedLinks(parts),
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

/** What the plan moves between home and each of its places, in its busiest phase. */
function plannedLinks({ plan: { content }, services, links }: SubjectParts): readonly PlannedLink[] {
  const used = content.pools.filter(
    ({ id, purchaseOption }) =>
      purchaseOption !== 'private' &&
      content.allocations.some(({ poolId, machines }) => poolId === id && machines > 0),
  );
  const isTold = services.some(({ homeKbitPerRequest = 0 }) => homeKbitPerRequest > 0);
  return [...Map.groupBy(used, ({ accountName, region }) => `${accountName}/${region}`)].map(
    ([place, pools]) => {
      const found = pools.map((pool) => linkTo(links, pool)).find((link) => link !== undefined);
      return {
        place,
        declared: found === undefined ? null : declaredOf(found),
        neededMbps: isTold ? busiest(content, services, pools) : null,
      };
    },
  );
}

function declaredOf({ name, freeMbps, evidence }: SubjectParts['links'][number]): PlannedLink['declared'] {
  return { name, freeMbps, evidence };
}

function busiest(
  content: PlanContent,
  services: readonly TemplateService[],
  pools: readonly PlanPool[],
): number {
  const perPhase = content.phases.map(({ name }) =>
    content.allocations
      .filter((row) => row.phase === name && pools.some(({ id }) => id === row.poolId))
      .reduce((sum, row) => {
        const kbit = services.find((service) => service.name === row.service)?.homeKbitPerRequest ?? 0;
        return sum + (row.machines * capacityOf(content, row.service, row.poolId) * kbit) / 1_000;
      }, 0),
  );
  return Math.max(0, ...perPhase);
}

/** The planner has worked out already what the clouds' call limits cost. */
function apiTimeOf({ code, params }: Reason): readonly PlannedApiTime[] {
  if (code !== 'api-time') return [];
  const { account, region, phase, machines, calls, seconds } = params;
  const texts = { account: String(account), region: String(region), phase: String(phase) };
  return [{ ...texts, machines: Number(machines), calls: Number(calls), seconds: Number(seconds) }];
}
