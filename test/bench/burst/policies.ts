import { tightestBound, type DemandForecast } from '@springtide/demand/domain';
import { BurstPolicy, type BurstFleet } from '@springtide/scaling/domain';
import type { ForecastError } from './forecast-error.js';

/** A policy as the replay drives it: it is told each minute as it ends, and asked as the next one begins. */
export type Scaler = Readonly<{
  observe: (demand: number) => void;
  /** Public machines that should exist from now on. */
  wanted: (step: number) => number;
}>;

/** What nobody is told but those that are shown for comparison. */
export type Beforehand = Readonly<{
  /** Demand of the minute before the campaign: what a metric shows as it begins. */
  latest: number;
  error: ForecastError;
  /** What the campaign will bring. */
  demand: readonly number[];
}>;

type MakeScaler = (forecast: DemandForecast, fleet: BurstFleet, beforehand: Beforehand) => Scaler;

export const POLICIES = {
  springtide: followForecast,
  'target-tracking-1.3': track(1.3),
  'target-tracking-2': track(2),
  'hourly-schedule': hourlySchedule,
  'fixed-peak': fixedPeak,
  'plain-forecast-1.25': plainForecast(1.25),
  'plain-forecast-1.4': plainForecast(1.4),
  'error-in-hindsight': errorInHindsight,
  'known-demand': knownDemand,
} as const satisfies Readonly<Record<string, MakeScaler>>;
export type PolicyName = keyof typeof POLICIES;

/** What the goal is compared with; the policies that know what nobody can are shown beside them. */
export const BASELINES: ReadonlySet<PolicyName> = new Set<PolicyName>([
  'target-tracking-1.3',
  'target-tracking-2',
  'hourly-schedule',
  'fixed-peak',
  'plain-forecast-1.25',
  'plain-forecast-1.4',
]);

/** The product's own policy, as it is. */
function followForecast(forecast: DemandForecast, fleet: BurstFleet): Scaler {
  const policy = new BurstPolicy(forecast, fleet);
  return {
    observe: (demand) => policy.observe(demand),
    wanted: (step) => policy.decide(step).machines,
  };
}

function machinesFor(demand: number, fleet: BurstFleet): number {
  return Math.max(0, Math.ceil((demand - fleet.standingCapacity) / fleet.machineCapacity));
}

function track(factor: number): MakeScaler {
  return (_forecast, fleet, { latest }) => {
    let observed = latest;
    return {
      observe: (demand) => {
        observed = demand;
      },
      wanted: () => machinesFor(observed * factor, fleet),
    };
  };
}

function plainForecast(factor: number): MakeScaler {
  return ({ series }, fleet) => ({
    observe: () => undefined,
    wanted: (step) => machinesFor(highestAhead(series.values, step, fleet.leadSteps) * factor, fleet),
  });
}

/** From now until a machine that is asked for next would serve. */
function highestAhead(values: readonly number[], step: number, leadSteps: number): number {
  return Math.max(0, ...values.slice(Math.max(0, step), Math.max(0, step + leadSteps) + 1));
}

function hourlySchedule({ series }: DemandForecast, fleet: BurstFleet): Scaler {
  const perHour = 3_600_000 / series.stepMs;
  const hourOf = (step: number) =>
    Math.floor(Math.min(Math.max(step, 0), series.values.length - 1) / perHour);
  const maximum = (hour: number) => Math.max(0, ...series.values.slice(hour * perHour, (hour + 1) * perHour));
  return {
    observe: () => undefined,
    wanted: (step) =>
      machinesFor(1.25 * Math.max(maximum(hourOf(step)), maximum(hourOf(step + fleet.leadSteps))), fleet),
  };
}

/** What the forecast would give if its level and shift were known: no policy that provides for all it allows can cost less. */
function errorInHindsight(forecast: DemandForecast, fleet: BurstFleet, { error }: Beforehand): Scaler {
  const { offset, values } = tightestBound(forecast.series.values, forecast.reach);
  const steps = forecast.series.values.length;
  return {
    observe: () => undefined,
    wanted: (step) => {
      const from = Math.max(0, step);
      const ahead = Array.from({ length: Math.min(step + fleet.leadSteps, steps - 1) - from + 1 }, (_, k) => {
        const at = Math.min(Math.max(from + k + error.shift + offset, 0), values.length - 1);
        return (values[at] ?? 0) / error.level;
      });
      return machinesFor(Math.max(0, ...ahead) * (1 - 1e-9), fleet);
    },
  };
}

/** Exactly what will be needed, a boot before it is: whoever must wait for machines and drops nothing cannot pay less. */
function knownDemand(_forecast: DemandForecast, fleet: BurstFleet, { demand }: Beforehand): Scaler {
  return {
    observe: () => undefined,
    wanted: (step) => machinesFor(highestAhead(demand, step, fleet.leadSteps) * (1 - 1e-9), fleet),
  };
}

/** Everything that the true peak needs, all day: it knows what nobody can. */
function fixedPeak(_forecast: DemandForecast, fleet: BurstFleet): Scaler {
  return { observe: () => undefined, wanted: () => fleet.ceiling };
}
