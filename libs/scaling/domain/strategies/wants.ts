import {
  asTold,
  clausesFact,
  ruleInForce,
  sentence,
  type ScalingStrategy,
  type Sentence,
} from '@springtide/contracts';
import { unreachable } from '@springtide/kernel';
import type { ScalingSight, ScalingWant, Seen } from './strategy.js';

const NOT_READ = { missing: sentence('unseen.not-read', {}) } as const;

/** What one strategy wants, from what can be seen now. */
export function wantOf(strategy: ScalingStrategy, sight: ScalingSight): ScalingWant {
  const { machines, told } = opinion(strategy, sight);
  return { strategyId: strategy.id, kind: strategy.kind, machines, ...asTold([told]) };
}

type Opinion = Pick<ScalingWant, 'machines'> & Readonly<{ told: Sentence }>;

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
    return { machines: null, told: sentence('want.manual-over', { until }) };
  }
  const told =
    until === null
      ? sentence('want.manual', { machines })
      : sentence('want.manual-until', { machines, until });
  return { machines, told };
}

function scheduled(strategy: Of<'scheduled'>, { now }: ScalingSight): Opinion {
  const rule = ruleInForce(strategy, now);
  const { timeZone } = strategy;
  if (rule === undefined) return { machines: null, told: sentence('want.no-rule', { timeZone }) };
  const { machines, from, to } = rule;
  return { machines, told: sentence('want.rule', { machines, from, to, timeZone }) };
}

function metric({ metric: name, targetPerMachine }: Of<'metric'>, value: Seen): Opinion {
  if (typeof value !== 'number') {
    const why = clausesFact([value.missing]);
    return { machines: null, told: sentence('want.metric-unknown', { metric: name, why }) };
  }
  const facts = { metric: name, value: plain(value), target: plain(targetPerMachine) };
  return { machines: Math.ceil(value / targetPerMachine), told: sentence('want.metric', facts) };
}

function predictive(strategy: Of<'predictive'>, value: Seen): Opinion {
  if (typeof value !== 'number') {
    return { machines: null, told: sentence('want.no-forecast', { why: clausesFact([value.missing]) }) };
  }
  const { quantile, capacityPerMachine, leadSeconds } = strategy;
  return {
    machines: Math.ceil(value / capacityPerMachine),
    told: sentence('want.forecast', {
      ...{ value: plain(value), seconds: leadSeconds, percent: quantile.slice(1) },
      target: plain(capacityPerMachine),
    }),
  };
}

function campaign(machines: number | null): Opinion {
  if (machines === null) return { machines: null, told: sentence('want.no-campaign', {}) };
  return { machines, told: sentence('want.campaign', { machines }) };
}

function plain(value: number): string {
  return String(Math.round(value * 100) / 100);
}
