import { ruleInForce, type ScalingStrategy } from '@springtide/contracts';
import { unreachable } from '@springtide/kernel';
import type { ScalingSight, ScalingWant, Seen } from './strategy.js';

const NOT_READ = { missing: 'it was not read' } as const;

/** What one strategy wants, from what can be seen now. */
export function wantOf(strategy: ScalingStrategy, sight: ScalingSight): ScalingWant {
  const { machines, text } = opinion(strategy, sight);
  return { strategyId: strategy.id, kind: strategy.kind, machines, text };
}

type Opinion = Pick<ScalingWant, 'machines' | 'text'>;

function opinion(strategy: ScalingStrategy, sight: ScalingSight): Opinion {
  switch (strategy.kind) {
    case 'manual':
      return manual(strategy, sight);
    case 'scheduled':
      return scheduled(strategy, sight);
    case 'metric':
      return metric(strategy, sight.metrics[strategy.id] ?? NOT_READ);
    case 'predictive':
      return predictive(strategy, sight.forecasts[strategy.id] ?? NOT_READ);
    case 'campaign':
      return campaign(sight.campaignMachines);
    default:
      return unreachable(strategy);
  }
}

type Of<K extends ScalingStrategy['kind']> = Extract<ScalingStrategy, { kind: K }>;

function manual({ machines, until }: Of<'manual'>, { now }: ScalingSight): Opinion {
  if (until !== null && Date.parse(until) <= Date.parse(now)) {
    return { machines: null, text: `set by hand until ${until}, which has passed` };
  }
  return {
    machines,
    text: `set by hand to ${machines}${until === null ? ', until changed' : ` until ${until}`}`,
  };
}

function scheduled(strategy: Of<'scheduled'>, { now }: ScalingSight): Opinion {
  const rule = ruleInForce(strategy, now);
  if (rule === undefined) return { machines: null, text: `no rule holds now in ${strategy.timeZone}` };
  const { machines, from, to } = rule;
  return { machines, text: `${machines} from ${from} to ${to}, ${strategy.timeZone}` };
}

function metric({ metric: name, targetPerMachine }: Of<'metric'>, value: Seen): Opinion {
  if (typeof value !== 'number') return { machines: null, text: `${name} is unknown: ${value.missing}` };
  const machines = Math.ceil(value / targetPerMachine);
  return { machines, text: `${name} is ${plain(value)}, at ${plain(targetPerMachine)} per machine` };
}

function predictive(strategy: Of<'predictive'>, value: Seen): Opinion {
  if (typeof value !== 'number') return { machines: null, text: `there is no forecast: ${value.missing}` };
  const { quantile, capacityPerMachine, leadSeconds } = strategy;
  return {
    machines: Math.ceil(value / capacityPerMachine),
    text: `demand stays below ${plain(value)} for ${leadSeconds} s with ${quantile.slice(1)} % probability, at ${plain(capacityPerMachine)} per machine`,
  };
}

function campaign(machines: number | null): Opinion {
  if (machines === null) return { machines: null, text: 'no campaign runs for this service' };
  return { machines, text: `campaigns that run now hold ${machines}` };
}

function plain(value: number): string {
  return String(Math.round(value * 100) / 100);
}
