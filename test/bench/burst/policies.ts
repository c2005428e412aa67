import type { DemandForecast } from '@springtide/demand/domain';
import { BurstPolicy, type BurstFleet } from '@springtide/scaling/domain';

/** A policy as the replay drives it: it is told each minute as it ends, and asked as the next one begins. */
export type Scaler = Readonly<{
  observe: (demand: number) => void;
  /** Public machines that should exist from now on. */
  wanted: (step: number) => number;
}>;

/** @param latest demand of the last minute before the campaign: what a metric shows as it begins. */
type MakeScaler = (forecast: DemandForecast, fleet: BurstFleet, latest: number) => Scaler;

export const POLICIES = {
  springtide: followForecast,
  'target-tracking-1.3': track(1.3),
  'target-tracking-2': track(2),
  'hourly-schedule': hourlySchedule,
  'fixed-peak': fixedPeak,
  'plain-forecast-1.25': plainForecast(1.25),
  'plain-forecast-1.4': plainForecast(1.4),
} as const satisfies Readonly<Record<string, MakeScaler>>;
export type PolicyName = keyof typeof POLICIES;

/** The baselines that the goal names; the plain forecasts are shown beside them. */
export const BASELINES = [
  'target-tracking-1.3',
  'target-tracking-2',
  'hourly-schedule',
  'fixed-peak',
] as const satisfies readonly PolicyName[];

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
  return (_forecast, fleet, latest) => {
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
    wanted: (step) => {
      const ahead = series.values.slice(Math.max(0, step), Math.max(0, step + fleet.leadSteps) + 1);
      return machinesFor(Math.max(0, ...ahead) * factor, fleet);
    },
  });
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

/** Everything that the true peak needs, all day: it knows what nobody can. */
function fixedPeak(_forecast: DemandForecast, fleet: BurstFleet): Scaler {
  return { observe: () => undefined, wanted: () => fleet.ceiling };
}
