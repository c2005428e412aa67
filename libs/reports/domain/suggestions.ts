import type { AfterActionReport, Reason, ReportCurve } from '@springtide/contracts';
import { boughtMachines, type BoughtMachine } from './bought-machines.js';
import type { ReportFacts } from './facts.js';

type Findings = Pick<AfterActionReport, 'timeToReady' | 'timeToReadyByType' | 'failures' | 'curves'>;

const TEXTS = {
  'ready-later':
    'Plan {{p95}} s from order to traffic for {{type}}: that is what 95 % of {{machines}} machines needed, and the plan allowed {{lead}} s.',
  'ready-sooner':
    'Machines were ready within {{p95}} s; the plan allowed {{lead}} s. Buying later would have saved what they cost while waiting.',
  'quota-refused':
    'Ask for a higher quota before the next time: {{count}} machines of {{pool}} were refused for it.',
  'stock-refused':
    'Plan with less of {{pool}}, or reserve capacity there: {{count}} machines were refused because it was sold out.',
  'type-failed':
    '{{failed}} of {{machines}} machines of {{type}} never served: try its image in a rehearsal.',
  'demand-higher':
    'Demand of {{service}} was {{taken}} requests/s at most where {{planned}} were planned: plan more, or widen the forecast.',
  'demand-lower':
    'Demand of {{service}} was {{taken}} requests/s at most where {{planned}} were planned: the forecast was too high.',
  'capacity-higher':
    'Machines of {{service}} carried {{taken}} requests/s where the capacity model allows {{ready}}: measure it again, fewer may be enough.',
  'demand-unseen':
    'What {{service}} was asked for is not known: its entrance counted no requests. Connect counters before the next time.',
} as const;

/** What the next plan should know that this one did not. */
export function suggestionsOf(facts: ReportFacts, findings: Findings): readonly Reason[] {
  return [
    ...leadTimes(facts, findings),
    ...refusals(findings),
    ...failedTypes(boughtMachines(facts)),
    ...findings.curves.flatMap(demandOf),
  ];
}

/** Half the allowed time is so far from it that waiting cost real money. */
const MUCH_SOONER = 0.5;

function leadTimes(facts: ReportFacts, { timeToReady, timeToReadyByType }: Findings): readonly Reason[] {
  const lead = Math.round(facts.plan.leadMs / 1000);
  const late = timeToReadyByType.filter(({ p95 }) => p95 > lead);
  if (late.length > 0) {
    return late.map(({ machineType: type, machines, p95 }) =>
      say('ready-later', { type, machines, p95: Math.ceil(p95), lead }),
    );
  }
  if (timeToReady === null || timeToReady.p95 >= lead * MUCH_SOONER) return [];
  return [say('ready-sooner', { p95: Math.ceil(timeToReady.p95), lead })];
}

const REFUSED = {
  'quota-exceeded': 'quota-refused',
  'insufficient-capacity': 'stock-refused',
} as const;

function refusals({ failures }: Findings): readonly Reason[] {
  return failures.flatMap(({ code, pool, count }) => {
    const advice = code in REFUSED ? REFUSED[code as keyof typeof REFUSED] : undefined;
    return advice === undefined ? [] : [say(advice, { pool, count })];
  });
}

const MANY_FAILED = 0.05;

function failedTypes(machines: readonly BoughtMachine[]): readonly Reason[] {
  const made = machines.filter(({ item }) => item.machineId !== null);
  const types = Map.groupBy(made, ({ pool, poolId }) => pool?.machineType ?? poolId);
  return [...types].flatMap(([type, own]) => {
    const failed = own.filter(({ item }) => item.readyAt === null).length;
    if (failed < 2 || failed < own.length * MANY_FAILED) return [];
    return [say('type-failed', { type, failed, machines: own.length })];
  });
}

const MUCH_LOWER = 0.7;
const HIGHER = 1.05;

function demandOf({ service, taken, demand, ready }: ReportCurve): readonly Reason[] {
  if (taken === null) return [say('demand-unseen', { service })];
  const most = highest(taken);
  const planned = highest(demand);
  const params = { service, taken: Math.round(most), planned: Math.round(planned) };
  const found: Reason[] = [];
  if (most > planned * HIGHER) found.push(say('demand-higher', params));
  if (most < planned * MUCH_LOWER) found.push(say('demand-lower', params));
  const capacity = highest(ready);
  if (most > capacity * HIGHER) {
    found.push(say('capacity-higher', { service, taken: Math.round(most), ready: Math.round(capacity) }));
  }
  return found;
}

function highest(points: readonly Readonly<{ requestsPerSecond: number }>[]): number {
  return Math.max(0, ...points.map((point) => point.requestsPerSecond));
}

function say(code: keyof typeof TEXTS, params: Readonly<Record<string, string | number>>): Reason {
  const text = TEXTS[code].replaceAll(/\{\{(\w+)\}\}/g, (_hole, name: string) => String(params[name] ?? '?'));
  return { code, params: { ...params }, text };
}
