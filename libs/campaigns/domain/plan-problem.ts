import {
  capacityFor,
  imageFor,
  type MarketOffering,
  type MarketSnapshot,
  type TemplateService,
} from '@springtide/catalog/domain';
import type { CampaignInput, Phase, PlanPool } from '@springtide/contracts';
import { HOUR, decimal, money, msBetween, multiplyMoney, roundMoney, type Money } from '@springtide/kernel';
import type { ClassPool, PlanningClass, PlanningProblem } from '@springtide/planning/domain';
import type { LaunchSheet } from './plan-content.js';
import { limitsOf, networkFor, stockId, type PlanLimit } from './plan-limits.js';
import { homeTraffic, linkLimits, type DeclaredLink } from './plan-links.js';
import { bootMsOf, leadHoursOf, startsInHours, type PlanTimes } from './plan-times.js';
import { sumHeld, type Held } from './promises.js';

/** A cloud account as planning needs it. */
export type PlanAccount = Readonly<{
  id: string;
  name: string;
  provider: string;
  /** Machines per create call that its cloud takes at most. */
  launchBatch: number;
}>;

/** What serves a service permanently. */
export type Standing = Readonly<{ service: string; machines: number; requestsPerSecond: number }>;

export type PlanQuestion = Readonly<{
  campaign: CampaignInput;
  services: readonly TemplateService[];
  market: MarketSnapshot;
  accounts: readonly PlanAccount[];
  standing: readonly Standing[];
  times: PlanTimes;
  /** From running until the machines of a phase must serve, margin included; they cost money, and while they drain. */
  readyMs: number;
  drainMs: number;
  /** What other campaigns hold of each limit, by its id. */
  held: ReadonlyMap<string, readonly Held[]>;
  launches: readonly LaunchBudget[];
  links: readonly DeclaredLink[];
}>;

/** Machines that an account's API lets be ordered before each phase; in one region, or where null in all of them. */
export type LaunchBudget = Readonly<{
  accountId: string;
  accountName: string;
  region: string | null;
  starts: readonly number[];
}>;

export type PlanSetup = Readonly<{
  problem: PlanningProblem;
  pools: readonly PlanPool[];
  sheets: readonly LaunchSheet[];
  /** Of all these pools. */
  limits: readonly PlanLimit[];
  /** Offerings that were left out, by reason: part of the explanation. */
  leftOut: Readonly<Record<'unknown-price' | 'sold-out' | 'other-currency' | 'not-usable', number>>;
}>;

/** What a stock level without a number is worth; a cloud that says "normal" does not promise everything. */
const STOCK_HAIRCUT = { enough: 1, normal: 0.7, low: 0.3, none: 0, unknown: 0.7 } as const;
/** Machines assumed to be there at "enough" when the cloud gives no number. */
const STOCK_WITHOUT_NUMBER = 500;

/** Turns a campaign and the market it meets into the planner's question. */
export function planningProblem(question: PlanQuestion): PlanSetup {
  const { campaign, market, accounts } = question;
  const currency = campaign.budget.currency;
  const leftOut = { 'unknown-price': 0, 'sold-out': 0, 'other-currency': 0, 'not-usable': 0 };
  const pools: PlanPool[] = [];
  const sheets: LaunchSheet[] = [];
  const kept: { pool: PlanPool; offering: MarketOffering }[] = [];
  for (const offering of market.offerings) {
    const account = accounts.find((one) => one.id === offering.accountId);
    if (account === undefined) continue;
    const reason = whyLeftOut(offering, currency);
    if (reason !== undefined) {
      leftOut[reason] += 1;
      continue;
    }
    const pool = asPool(offering, account);
    const usable = question.services.flatMap((service) => sheetOf(service, offering, pool, account));
    if (usable.length === 0) {
      leftOut['not-usable'] += 1;
      continue;
    }
    pools.push(pool);
    sheets.push(...usable);
    kept.push({ pool, offering });
  }
  const { links, services } = question;
  const limits = [...limitsOf(kept, market), ...linkLimits({ links, services, pools, sheets })];
  return { problem: problemOf(question, { kept, sheets, limits }), pools, sheets, limits, leftOut };
}

function whyLeftOut(offering: MarketOffering, currency: string): keyof PlanSetup['leftOut'] | undefined {
  if (offering.pricePerHour === undefined) return 'unknown-price';
  if (offering.pricePerHour.currency !== currency) return 'other-currency';
  return capOf(offering) === 0 ? 'sold-out' : undefined;
}

function capOf({ stock }: MarketOffering): number {
  return stock.machines ?? Math.floor(STOCK_WITHOUT_NUMBER * STOCK_HAIRCUT[stock.level]);
}

function asPool(offering: MarketOffering, account: PlanAccount): PlanPool {
  const { region, zone, machineType, purchaseOption } = offering;
  return {
    id: [account.name, zone, machineType, purchaseOption].join('/'),
    accountId: account.id,
    accountName: account.name,
    provider: account.provider,
    region,
    zone,
    machineType,
    purchaseOption,
    pricePerHour: offering.pricePerHour ?? money('EUR', 0),
    cap: capOf(offering),
  };
}

function sheetOf(
  service: TemplateService,
  offering: MarketOffering,
  pool: PlanPool,
  account: PlanAccount,
): readonly LaunchSheet[] {
  const capacity = capacityFor(service, offering);
  const image = imageFor(service, { provider: pool.provider, account: pool.accountName });
  if (capacity === undefined || image === undefined) return [];
  return [
    {
      service: service.name,
      poolId: pool.id,
      requestsPerSecond: capacity.requestsPerSecond,
      image,
      subnet: null,
      securityGroups: [],
      userData: service.userData ?? null,
      minimumBillingSeconds: offering.minimumBillingSeconds,
      launchBatch: account.launchBatch,
    },
  ];
}

type Offered = Readonly<{
  kept: readonly Readonly<{ pool: PlanPool; offering: MarketOffering }>[];
  sheets: readonly LaunchSheet[];
  limits: readonly PlanLimit[];
}>;

function problemOf(question: PlanQuestion, offered: Offered): PlanningProblem {
  const { campaign, times } = question;
  const { kept, sheets } = offered;
  const startsIn = startsInHours(
    times,
    campaign.phases,
    kept.map(({ pool }) => pool),
  );
  return {
    currency: campaign.budget.currency,
    objective: 'private-first',
    phases: campaign.phases.map((phase, k) => ({
      ...{ id: phase.name, hours: hoursOf(phase) },
      ...{ startsInHours: startsIn[k] ?? 0 },
    })),
    pools: planningPools(question, offered),
    ...sharedLimits(question, offered.limits),
    launchLimits: question.launches.map((budget) => ({
      id: launchName(budget),
      starts: budget.starts.map((starts) => Math.min(starts, MOST_STARTS)),
    })),
    classes: question.services.map((service) => classOf(question, service, sheets, kept)),
    budget: campaign.budget,
  };
}

/** Weeks of an API's patience are more than anyone orders. */
const MOST_STARTS = 1_000_000;

function planningPools(question: PlanQuestion, { kept, limits }: Offered): PlanningProblem['pools'] {
  const shared = new Map(
    limits
      .filter(isShared)
      .flatMap((limit) => limit.takes.map(({ poolId }) => [poolId, limit.name] as const)),
  );
  const networks = new Map(
    limits
      .filter(({ kind }) => kind === 'addresses')
      .flatMap((limit) => limit.takes.map(({ poolId }) => [poolId, limit.name] as const)),
  );
  return kept.map(({ pool, offering }) => {
    const promised = sumHeld(question.held.get(stockId(pool)));
    const subnet = networks.get(pool.id);
    const launch = question.launches.find(
      ({ accountId, region }) => accountId === pool.accountId && (region ?? pool.region) === pool.region,
    );
    const overheadMs = bootMsOf(question.times, pool) + question.readyMs + question.drainMs;
    const overhead = decimal(overheadMs).div(HOUR);
    return {
      id: pool.id,
      account: pool.accountName,
      region: pool.region,
      zone: `${pool.accountName}/${pool.region}/${pool.zone}`,
      machineType: pool.machineType,
      family: offering.family,
      arch: offering.arch,
      option: pool.purchaseOption,
      vcpu: offering.vcpu,
      memoryGiB: offering.memoryMiB / 1024,
      pricePerHour: pool.pricePerHour,
      startCost: roundMoney(multiplyMoney(pool.pricePerHour, overhead), PLACES),
      cap: pool.cap,
      quotaGroup: shared.get(pool.id) ?? null,
      interruptionPerHour: offering.interruptionPerHour,
      leadTimeHours: leadHoursOf(question.times, pool),
      ...(promised === undefined ? {} : { promised }),
      ...(subnet === undefined ? {} : { subnet }),
      ...(launch === undefined ? {} : { launchLimit: launchName(launch) }),
    };
  });
}

/** A quota, or hosts that several types stand on; with one type alone its stock says the same. */
function isShared({ kind, takes }: PlanLimit): boolean {
  return kind === 'quota' || (kind === 'hosts' && takes.length > 1);
}

/** Limits of several pools, less what other campaigns hold of them. */
function sharedLimits(
  { held }: PlanQuestion,
  limits: readonly PlanLimit[],
): Pick<PlanningProblem, 'quotaGroups' | 'subnets' | 'links'> {
  return {
    quotaGroups: limits.filter(isShared).map(({ id, name, free }) => {
      const promisedVcpu = sumHeld(held.get(id));
      const group = { id: name, limitVcpu: free, usedVcpu: 0 };
      return promisedVcpu === undefined ? group : { ...group, promisedVcpu };
    }),
    subnets: limits
      .filter(({ kind }) => kind === 'addresses')
      .map(({ id, name, free }) => {
        const promised = sumHeld(held.get(id));
        const subnet = { id: name, freeAddresses: free };
        return promised === undefined ? subnet : { ...subnet, promised };
      }),
    links: limits
      .filter(({ kind }) => kind === 'link')
      .map(({ id, name, free }) => {
        const promised = sumHeld(held.get(id));
        const link = { id: name, freeMbps: free };
        return promised === undefined ? link : { ...link, promised };
      }),
  };
}

function launchName({ accountName, region }: LaunchBudget): string {
  return region === null ? accountName : `${accountName}/${region}`;
}

/** Places of pools in use whose networks do not tell what they have free: no limit is known there. */
export function placesWithoutAddresses(
  { market }: Pick<PlanQuestion, 'market'>,
  pools: readonly PlanPool[],
): readonly string[] {
  const untold = pools.filter((pool) => networkFor(pool, market.networks) === undefined);
  return [...new Set(untold.map(({ accountName, zone }) => `${accountName}/${zone}`))];
}

function classOf(
  question: PlanQuestion,
  service: TemplateService,
  sheets: readonly LaunchSheet[],
  kept: readonly Readonly<{ pool: PlanPool }>[],
): PlanningClass {
  const own = sheets.filter((sheet) => sheet.service === service.name);
  const pools = new Map(kept.map(({ pool }) => [pool.id, pool]));
  return {
    id: service.name,
    unit: 'requests/s',
    headroom: service.headroom,
    spotMax: service.spotMax,
    zoneLossFraction: service.zoneLossFraction,
    demand: question.campaign.phases.map((phase) => ({
      units: netDemand(question, service, phase, own),
      memoryGiB: 0,
    })),
    allowed: own.map((sheet) => allowedPool(question, service, sheet, pools)),
    shortagePenaltyPerUnitHour: penalty(question.campaign.budget.currency, own, pools),
  };
}

function allowedPool(
  { links }: PlanQuestion,
  service: TemplateService,
  { poolId, requestsPerSecond }: LaunchSheet,
  pools: ReadonlyMap<string, PlanPool>,
): ClassPool {
  const pool = pools.get(poolId);
  const traffic = pool && homeTraffic(links, service, { pool, requestsPerSecond });
  const allowed = { pool: poolId, units: requestsPerSecond };
  return traffic === undefined ? allowed : { ...allowed, traffic };
}

/**
 * What must be added to the standing fleet, in requests per second, so that with its headroom the whole demand with
 * headroom is covered; at least what brings the service to its smallest number of machines.
 */
function netDemand(
  question: PlanQuestion,
  service: TemplateService,
  phase: Phase,
  sheets: readonly LaunchSheet[],
): number {
  const { campaign, standing } = question;
  const there = standing.find((row) => row.service === service.name);
  const demand = campaign.demand.find((row) => row.service === service.name && row.phase === phase.name);
  const needed = (demand?.requestsPerSecond ?? 0) * (1 + service.headroom) - (there?.requestsPerSecond ?? 0);
  const missingMachines = Math.max(0, service.minimumMachines - (there?.machines ?? 0));
  const smallest = Math.min(...sheets.map((sheet) => sheet.requestsPerSecond));
  const floor = Number.isFinite(smallest) ? missingMachines * smallest : 0;
  return Math.max(0, needed, floor) / (1 + service.headroom);
}

/** A hundred times the dearest machine's price per unit: shortage is the last resort. */
function penalty(
  currency: string,
  sheets: readonly LaunchSheet[],
  pools: ReadonlyMap<string, PlanPool>,
): Money {
  const dearest = sheets
    .map((sheet) => {
      const pool = pools.get(sheet.poolId);
      return decimal(pool?.pricePerHour.amount ?? 0).div(sheet.requestsPerSecond);
    })
    .reduce((max, price) => (price.greaterThan(max) ? price : max), decimal('0.001'));
  return money(currency, dearest.times(100));
}

/** Decimal places of hours and money in the planner's question: sums of them are then exact. */
const PLACES = 10;

function hoursOf(phase: Phase): number {
  return decimal(msBetween(phase.startsAt, phase.endsAt)).div(HOUR).toDecimalPlaces(PLACES).toNumber();
}
