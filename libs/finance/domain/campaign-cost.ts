import {
  addMoney,
  compareMoney,
  money,
  msBetween,
  sumMoney,
  type Instant,
  type Money,
} from '@springtide/kernel';
import { costLines, groupCost, type CostGroups, type CostLine } from './cost-groups.js';
import { plannedAfter } from './planned-cost.js';
import { costOfRunning } from './running-cost.js';
import { isBought, isOwned, type CostBasis, type PricedOption, type UsageInterval } from './usage.js';

/** Four views of the same money. */
export type CostFigures = Readonly<{
  /** What the plan said the whole campaign would cost. */
  planned: Money;
  /** What is owed if every machine stops at `asOf`: running seconds, and minimum billing of those just started. */
  actualToDate: Money;
  /** What is owed if every machine that runs stays as long as it is wanted. */
  committed: Money;
  /** Expected at the end: spent so far and what the plan still schedules, or what is committed if that is more. */
  projected: Money;
}>;

/** The figures at the top are what is bought; `private` stands beside them, never inside them. */
export type CampaignCost = CostFigures &
  CostGroups &
  Readonly<{
    campaignId: string;
    asOf: Instant;
    /** Where the amounts come from; printed on every export. */
    basis: 'running-seconds' | 'settled';
    currency: string;
    budget: Money | null;
    /** Capacity the company owns, at its rate card. */
    private: CostFigures;
    rows: readonly CostLine[];
    runningMachines: number;
    /** What the running bought machines cost per hour from now on. */
    burnPerHour: Money;
    /** Machines without a known price; their cost is in no figure. */
    unratedMachines: number;
    /** Amounts in currencies without an agreed rate to `currency`: real money, in no figure above. */
    otherCurrencies: readonly Money[];
    marketSnapshotIds: readonly string[];
  }>;

export type CampaignUsage = Readonly<{
  campaignId: string;
  basis: CostBasis | null;
  intervals: readonly UsageInterval[];
}>;

/** The campaign's money at an instant. Every total is the exact sum of its rows. */
export function assembleCampaignCost(usage: CampaignUsage, at: Instant): CampaignCost {
  const { basis } = usage;
  const currency = currencyOf(usage);
  const started = usage.intervals.filter((interval) => msBetween(interval.from, at) >= 0);
  const intervals = started.filter((interval) => priceOf(interval, currency).currency === currency);
  const foreign = started.filter((interval) => priceOf(interval, currency).currency !== currency);
  const running = intervals.filter((interval) => isRunning(interval, at));
  const prices = running.filter(isBought).map((interval) => priceOf(interval, currency));
  return {
    campaignId: usage.campaignId,
    asOf: at,
    basis: 'running-seconds',
    currency,
    budget: basis?.budget ?? null,
    ...figures(usage, intervals, isBought, at, currency),
    private: figures(usage, intervals, isOwned, at, currency),
    ...groupCost(basis, intervals, at, currency),
    rows: costLines(costOfRunning({ intervals, at, currency }).rows, currency),
    runningMachines: running.length,
    burnPerHour: sumMoney(currency, prices),
    unratedMachines: intervals.filter((interval) => interval.pricePerHour === null).length,
    otherCurrencies: foreignTotals(foreign, at),
    marketSnapshotIds: [
      ...new Set(started.flatMap((interval) => interval.marketSnapshotId ?? [])),
    ].toSorted(),
  };
}

function figures(
  { basis }: CampaignUsage,
  all: readonly UsageInterval[],
  belongs: (row: Readonly<{ purchaseOption: PricedOption }>) => boolean,
  at: Instant,
  currency: string,
): CostFigures {
  const intervals = all.filter(belongs);
  const rows = (basis?.planned ?? []).filter(belongs);
  const phases = basis?.phases ?? [];
  const planned = rows.map((row) => row.amount);
  const left = rows.map((row) => plannedAfter(row, phases, at));
  const actualToDate = costOfRunning({ intervals, at, currency }).total;
  const kept = intervals.map((interval) => committedCost(interval, at, currency));
  const committed = sumMoney(currency, kept);
  const expected = addMoney(actualToDate, sumMoney(currency, left));
  const projected = compareMoney(expected, committed) >= 0 ? expected : committed;
  return { planned: sumMoney(currency, planned), actualToDate, committed, projected };
}

function committedCost(interval: UsageInterval, at: Instant, currency: string): Money {
  const { wantedUntil } = interval;
  const staysOn = isRunning(interval, at) && wantedUntil !== null && msBetween(at, wantedUntil) > 0;
  const seen = staysOn ? { ...interval, to: wantedUntil } : interval;
  return costOfRunning({ intervals: [seen], at: staysOn ? wantedUntil : at, currency }).total;
}

function foreignTotals(intervals: readonly UsageInterval[], at: Instant): Money[] {
  const byCurrency = Map.groupBy(intervals, (interval) => interval.pricePerHour?.currency ?? '');
  return [...byCurrency]
    .map(([currency, group]) => costOfRunning({ intervals: group, at, currency }).total)
    .toSorted((a, b) => (a.currency < b.currency ? -1 : 1));
}

/** The budget's currency; without a plan, that of the first price. */
function currencyOf(usage: CampaignUsage): string {
  const priced = usage.intervals.find((interval) => interval.pricePerHour !== null);
  return usage.basis?.budget.currency ?? priced?.pricePerHour?.currency ?? 'USD';
}

function isRunning(interval: UsageInterval, at: Instant): boolean {
  return interval.to === null || msBetween(at, interval.to) > 0;
}

function priceOf(interval: UsageInterval, currency: string): Money {
  return interval.pricePerHour ?? money(currency, 0);
}
