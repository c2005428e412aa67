import {
  capacityFor,
  imageFor,
  type MarketOffering,
  type MarketSnapshot,
  type TemplateService,
} from '@springtide/catalog/domain';
import type { CampaignInput, Phase, PlanPool } from '@springtide/contracts';
import { HOUR, decimal, money, msBetween, multiplyMoney, roundMoney, type Money } from '@springtide/kernel';
import type { PlanningClass, PlanningProblem } from '@springtide/planning/domain';
import type { LaunchSheet } from './plan-content.js';

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
  /** Machines cost money from the order to readiness, and while they drain. */
  overheadMs: number;
}>;

export type PlanSetup = Readonly<{
  problem: PlanningProblem;
  pools: readonly PlanPool[];
  sheets: readonly LaunchSheet[];
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
  return { problem: problemOf(question, kept, sheets), pools, sheets, leftOut };
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

function problemOf(
  question: PlanQuestion,
  kept: readonly Readonly<{ pool: PlanPool; offering: MarketOffering }>[],
  sheets: readonly LaunchSheet[],
): PlanningProblem {
  const { campaign, market, accounts } = question;
  const quotaGroups = [
    ...market.quotas.map((quota) => ({
      id: quotaId(quota),
      limitVcpu: quota.limitVcpu,
      usedVcpu: quota.usedVcpu,
    })),
    ...sharedHosts(
      kept.map(({ offering }) => offering),
      accounts,
    ),
  ];
  return {
    currency: campaign.budget.currency,
    objective: 'private-first',
    phases: campaign.phases.map((phase) => ({ id: phase.name, hours: hoursOf(phase) })),
    quotaGroups,
    pools: kept.map(({ pool, offering }) => ({
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
      startCost: roundMoney(multiplyMoney(pool.pricePerHour, decimal(question.overheadMs).div(HOUR)), PLACES),
      cap: pool.cap,
      quotaGroup: quotaOf(quotaGroups, offering, accounts),
      interruptionPerHour: offering.interruptionPerHour,
    })),
    classes: question.services.map((service) => classOf(question, service, sheets, kept)),
    budget: campaign.budget,
  };
}

function classOf(
  question: PlanQuestion,
  service: TemplateService,
  sheets: readonly LaunchSheet[],
  kept: readonly Readonly<{ pool: PlanPool }>[],
): PlanningClass {
  const own = sheets.filter((sheet) => sheet.service === service.name);
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
    allowed: own.map((sheet) => ({ pool: sheet.poolId, units: sheet.requestsPerSecond })),
    shortagePenaltyPerUnitHour: penalty(question.campaign.budget.currency, own, kept),
  };
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
  kept: readonly Readonly<{ pool: PlanPool }>[],
): Money {
  const dearest = sheets
    .map((sheet) => {
      const pool = kept.find((row) => row.pool.id === sheet.poolId)?.pool;
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

function quotaId(quota: Readonly<{ accountId: string; region: string; group: string }>): string {
  return `${quota.accountId}/${quota.region}/${quota.group}`;
}

/**
 * Private types of one zone stand on the same hosts: each says how many would fit if it were alone. Where there are
 * several, together they get the vCPUs that the roomiest of them would fill.
 */
function sharedHosts(
  offerings: readonly MarketOffering[],
  accounts: readonly PlanAccount[],
): PlanningProblem['quotaGroups'] {
  const own = offerings.filter((offering) => offering.purchaseOption === 'private');
  return [...Map.groupBy(own, (offering) => hostsOf(offering, accounts))]
    .filter(([, types]) => types.length > 1)
    .map(([id, types]) => ({
      id,
      limitVcpu: Math.max(...types.map((offering) => capOf(offering) * offering.vcpu)),
      usedVcpu: 0,
    }));
}

/** Read by people in the plan's reasons. */
function hostsOf({ accountId, zone }: MarketOffering, accounts: readonly PlanAccount[]): string {
  return `${accounts.find((account) => account.id === accountId)?.name ?? accountId}/${zone}/hosts`;
}

function quotaOf(
  groups: PlanningProblem['quotaGroups'],
  offering: MarketOffering,
  accounts: readonly PlanAccount[],
): string | null {
  const isPrivate = offering.purchaseOption === 'private';
  const id = isPrivate
    ? hostsOf(offering, accounts)
    : quotaId({ ...offering, group: offering.quotaGroup ?? '' });
  return groups.some((group) => group.id === id) ? id : null;
}
