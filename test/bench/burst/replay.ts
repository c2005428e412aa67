import type { DemandForecast } from '@springtide/demand/domain';
import type { BurstFleet } from '@springtide/scaling/domain';
import type { CampaignWindow } from './campaign-windows.js';
import { Fleet, type CloudRules } from './fleet.js';
import { POLICIES, type Beforehand, type PolicyName } from './policies.js';
import { seeded } from './seeded.js';

/** Demand and what was served of it are in machines' worth, so that campaigns of different size count alike. */
export type ReplayResult = Readonly<{
  demand: number;
  served: number;
  shortageMinutes: number;
  machineSeconds: number;
  clairvoyantSeconds: number;
}>;

export const MACHINES_AT_PEAK = 200;
export const PRIVATE_MACHINES = 40;

export type ReplayCase = Readonly<{
  window: CampaignWindow;
  beforehand: Beforehand;
  forecast: DemandForecast;
  /** The peak that machines are sized by: the campaign's own, or the highest of the series. */
  peak: number;
  rules: CloudRules;
  seed: number;
}>;

/** One campaign, minute by minute, with one policy: decide, serve the minute, observe it. */
export function replay(name: PolicyName, one: ReplayCase): ReplayResult {
  const { window, forecast, rules } = one;
  const { stepMs } = forecast.series;
  const machineCapacity = one.peak / MACHINES_AT_PEAK;
  const fleet: BurstFleet = {
    machineCapacity,
    standingCapacity: PRIVATE_MACHINES * machineCapacity,
    leadSteps: Math.ceil((rules.bootMs * (rules.spread ? 1.8 : 1)) / stepMs),
    ceiling: MACHINES_AT_PEAK - PRIVATE_MACHINES,
  };
  const scaler = POLICIES[name](forecast, { ...fleet, ceiling: ceilingOf(name, fleet) }, one.beforehand);
  const machines = new Fleet(rules, seeded(one.seed));
  const total = { demand: 0, served: 0, shortageMinutes: 0, clairvoyantSeconds: 0 };
  for (let step = -fleet.leadSteps; step < window.demand.length; step += 1) {
    machines.resize(scaler.wanted(step), step * stepMs);
    if (step < 0) continue;
    const demand = (window.demand[step] ?? 0) / machineCapacity;
    const capacity = PRIVATE_MACHINES + machines.serving(step * stepMs);
    total.demand += demand;
    total.served += Math.min(demand, capacity);
    total.shortageMinutes += demand > capacity + 1e-6 ? 1 : 0;
    const needed = Math.max(0, Math.ceil(demand - 1e-6) - PRIVATE_MACHINES);
    total.clairvoyantSeconds += (needed * stepMs) / 1_000;
    scaler.observe(window.demand[step] ?? 0);
  }
  return { ...total, machineSeconds: machines.close(window.demand.length * stepMs) };
}

/** Nobody knows the true peak but the fixed fleet; the others may buy twice as much as it would take. */
function ceilingOf(name: PolicyName, fleet: BurstFleet): number {
  return name === 'fixed-peak' ? fleet.ceiling : 2 * fleet.ceiling;
}

export function sumOf(results: readonly ReplayResult[]): ReplayResult {
  const total = (part: keyof ReplayResult) => results.reduce((sum, result) => sum + result[part], 0);
  return {
    demand: total('demand'),
    served: total('served'),
    shortageMinutes: total('shortageMinutes'),
    machineSeconds: total('machineSeconds'),
    clairvoyantSeconds: total('clairvoyantSeconds'),
  };
}

export const servedShare = (result: ReplayResult): number => result.served / result.demand;
export const costRatio = (result: ReplayResult): number => result.machineSeconds / result.clairvoyantSeconds;
