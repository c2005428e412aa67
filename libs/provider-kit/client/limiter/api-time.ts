import { SECOND } from '@springtide/kernel';
import type { ProviderRates, RateBudget } from '../../contract/rates.js';
import { budgetOf } from './call-budgets.js';

/** Machines to be launched at one time in one region of one account. */
export type PlannedLaunch = Readonly<{
  account: string;
  region: string;
  machines: number;
  /** Machines per call. */
  launchBatch: number;
  rates: ProviderRates;
}>;

/** `budget` is the limit that takes so long; undefined when all calls can be sent at once. */
export type ApiTime = Readonly<{
  account: string;
  region: string;
  machines: number;
  calls: number;
  ms: number;
  budget: string | undefined;
}>;

/**
 * How long the clouds' own limits make launches take, from budgets that are full at the start, with nobody else calling
 * and answers at once: no client can be faster. Accounts and regions go side by side, except in budgets of a whole account.
 */
export function apiTime(launches: readonly PlannedLaunch[]): readonly ApiTime[] {
  return launches.map((launch) => {
    const names = launch.rates.operations?.launch ?? ['mutate'];
    let slowest: { name: string; ms: number } | undefined;
    for (const name of names) {
      const ms = timeIn(budgetOf(launch.rates, name), sharing(launch, launches, name));
      if (ms > (slowest?.ms ?? 0)) slowest = { name, ms };
    }
    const { account, region, machines } = launch;
    return {
      account,
      region,
      machines,
      calls: callsOf(launch),
      ms: slowest?.ms ?? 0,
      budget: slowest?.name,
    };
  });
}

function sharing(
  launch: PlannedLaunch,
  all: readonly PlannedLaunch[],
  name: string,
): readonly PlannedLaunch[] {
  if (budgetOf(launch.rates, name).per !== 'account') return [launch];
  return all.filter((other) => other.account === launch.account);
}

function timeIn(budget: RateBudget, launches: readonly PlannedLaunch[]): number {
  const amount = launches.reduce(
    (sum, launch) => sum + (budget.counts === 'machines' ? launch.machines : callsOf(launch)),
    0,
  );
  if ('burst' in budget) return Math.max(0, ((amount - budget.burst) / budget.perSecond) * SECOND);
  if ('window' in budget) return Math.max(0, Math.ceil(amount / budget.most) - 1) * budget.everyMs;
  // Its last turn is the time of the machines themselves, not of the API.
  return Math.max(0, Math.ceil(amount / budget.atOnce) - 1) * budget.typicalMs;
}

function callsOf({ machines, launchBatch }: PlannedLaunch): number {
  return Math.ceil(machines / launchBatch);
}

type Place = Pick<PlannedLaunch, 'launchBatch' | 'rates'>;

/**
 * The reverse: machines that these limits let be launched within a time, from budgets that are full at its start.
 * `regions` share a budget of the whole account; each has those of a region for itself.
 */
export function launchesWithin(place: Place, ms: number, regions: number): number {
  const names = place.rates.operations?.launch ?? ['mutate'];
  const each = names.map((name) => {
    const budget = budgetOf(place.rates, name);
    const machines = amountIn(budget, ms) * (budget.counts === 'machines' ? 1 : place.launchBatch);
    return budget.per === 'account' ? machines : machines * regions;
  });
  return Math.floor(Math.min(...each));
}

/** Whether launches draw on a budget that all regions of an account share. */
export function sharesLaunches(rates: ProviderRates): boolean {
  return (rates.operations?.launch ?? ['mutate']).some((name) => budgetOf(rates, name).per === 'account');
}

function amountIn(budget: RateBudget, ms: number): number {
  if ('burst' in budget) return Math.floor(budget.burst + (ms / SECOND) * budget.perSecond);
  if ('window' in budget) return budget.most * (1 + Math.floor(ms / budget.everyMs));
  return budget.atOnce * (1 + Math.floor(ms / budget.typicalMs));
}
