import type { Reason } from '@springtide/contracts';
import type { DemandForecast } from '@springtide/demand/domain';
import type { BurstSettings } from './burst-settings.js';
import { ForecastFollower, type ForecastBelief } from './forecast-follower.js';

/** What the policy scales, and what it may do. */
export type BurstFleet = Readonly<{
  /** Demand that one machine serves at its latency target. */
  machineCapacity: number;
  /** Demand that is served without any machine of the burst: private capacity. */
  standingCapacity: number;
  /** Steps from asking for a machine until it serves. */
  leadSteps: number;
  /** Machines that the approval allows at most, at any time. */
  ceiling: number;
}>;

/** Machines of the burst that should exist now, those still starting included, and why. */
export type BurstDecision = Readonly<{
  machines: number;
  /** Machines that would be needed, if it were not for the ceiling. */
  wanted: number;
  /** What is provided for: the highest demand that may come before a machine asked for later would serve. */
  demand: number;
  reason: Reason;
}>;

/**
 * How many machines a burst needs, step by step. A machine is asked for one lead time before it may be needed, and given
 * back only when it will not be needed again before another one could have taken its place.
 */
export class BurstPolicy {
  readonly #follower: ForecastFollower;
  readonly #steps: number;

  constructor(
    forecast: DemandForecast,
    private readonly fleet: BurstFleet,
    settings?: BurstSettings,
  ) {
    this.#follower = new ForecastFollower(forecast, settings);
    this.#steps = forecast.series.values.length;
  }

  observe(demand: number): void {
    this.#follower.observe(demand);
  }

  /** @param step the step that begins now; negative before the forecast begins. */
  decide(step: number): BurstDecision {
    const until = Math.min(step + this.fleet.leadSteps, this.#steps - 1);
    let highest = 0;
    let at = step;
    for (let ahead = Math.max(0, step); ahead <= until; ahead += 1) {
      const demand = this.#follower.upperDemand(ahead);
      if (demand > highest) [highest, at] = [demand, ahead];
    }
    const { machineCapacity, standingCapacity, ceiling } = this.fleet;
    const wanted = Math.max(0, Math.ceil((highest - standingCapacity) / machineCapacity));
    const machines = Math.min(wanted, ceiling);
    return {
      machines,
      wanted,
      demand: highest,
      reason: this.#explain({ demand: highest, inSteps: at - step, machines, wanted }),
    };
  }

  #explain(outcome: Outcome): Reason {
    const belief = this.#follower.belief();
    const code =
      outcome.wanted > outcome.machines
        ? 'burst-at-ceiling'
        : belief.exceeded
          ? 'burst-above-forecast'
          : belief.earliest === belief.latest
            ? 'burst-forecast-placed'
            : 'burst-forecast-open';
    const params = {
      demand: Math.round(outcome.demand),
      inSteps: outcome.inSteps,
      machines: outcome.machines,
      wanted: outcome.wanted,
      level: Math.round(belief.level * 100),
      margin: Math.round(belief.margin * 100),
      earliest: belief.earliest,
      latest: belief.latest,
    };
    return { code, params, text: reasonText(code, params, belief) };
  }
}

type Outcome = Readonly<{ demand: number; inSteps: number; machines: number; wanted: number }>;
type BurstReasonCode =
  'burst-at-ceiling' | 'burst-above-forecast' | 'burst-forecast-placed' | 'burst-forecast-open';

function reasonText(
  code: BurstReasonCode,
  params: Readonly<Record<string, number>>,
  belief: ForecastBelief,
): string {
  const { demand, machines, wanted, level, margin } = params;
  const need = `Demand may reach ${demand} before a machine asked for later would serve, so ${wanted} machine(s) are needed`;
  const basis = `demand runs at ${level} % of the forecast, ${shiftText(belief)}, and ${margin} % are added for safety`;
  switch (code) {
    case 'burst-at-ceiling':
      return `${need}, but no more than ${machines} are allowed: what is beyond them will not be served. ${capital(basis)}.`;
    case 'burst-above-forecast':
      return `${need}: demand is above everything the forecast allowed for; ${basis}.`;
    case 'burst-forecast-placed':
      return `${need}: ${basis}.`;
    case 'burst-forecast-open':
      return `${need}: ${basis}, until what is observed tells when the forecast's peaks come.`;
  }
}

function shiftText({ earliest, latest }: ForecastBelief): string {
  if (earliest === latest) {
    if (earliest === 0) return 'at the forecast time';
    return `${Math.abs(earliest)} step(s) ${earliest > 0 ? 'earlier' : 'later'} than forecast`;
  }
  return `between ${Math.max(0, earliest)} step(s) earlier and ${Math.max(0, -latest)} later than forecast`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
