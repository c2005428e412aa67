import type { AfterActionReport } from '@springtide/contracts';
import { costOfItem } from '@springtide/effects/domain';
import { addMoney, sumMoney, zero } from '@springtide/kernel';
import { boughtMachines, isLeftOver, isPlanned, servedUntil, type BoughtMachine } from './bought-machines.js';
import { costByCause } from './cost-by-cause.js';
import { coveredShare, reportCurves } from './curves.js';
import type { ReportFacts } from './facts.js';
import { readyTimes, readyTimesByType } from './ready-times.js';
import { suggestionsOf } from './suggestions.js';

/** Planned against actual, from the facts alone. Nothing in it depends on when it is made but what still runs. */
export function afterActionReport(facts: ReportFacts): AfterActionReport {
  const machines = boughtMachines(facts);
  const findings = {
    curves: [...reportCurves(facts)],
    timeToReady: readyTimes(machines),
    timeToReadyByType: readyTimesByType(machines),
    failures: failuresOf(machines),
  };
  const { campaignId, runId, name, state, author, startedAt, closedAt, plan, input } = facts;
  return {
    campaignId,
    runId,
    name,
    state,
    author,
    timeZone: input.timeZone,
    startedAt,
    closedAt,
    plan: { id: plan.id, hash: plan.hash, cost: plan.cost, leadSeconds: Math.round(plan.leadMs / 1000) },
    approval: approvalOf(facts),
    phases: facts.phases.map((phase) => ({
      ...phaseOf(facts, phase, machines),
      coveredShare: coveredShare(findings.curves, phase),
    })),
    machines: countsOf(facts, machines),
    ...findings,
    fallbacks: fallbacksOf(facts, machines),
    cost: costOf(facts),
    leftovers: machines.filter(isLeftOver).map(leftoverOf),
    suggestions: [...suggestionsOf(facts, findings)],
    story: facts.timeline.filter(isTold),
  };
}

/** What went well needs no telling, but what was decided and what failed does. */
function isTold({ level, step }: AfterActionReport['story'][number]): boolean {
  return level !== 'info' || /^(armed|command\.|provision\.fallback|demand\.|closed)/.test(step);
}

function approvalOf({ approval }: ReportFacts): AfterActionReport['approval'] {
  if (approval === null) return null;
  const { id, decidedAt, envelope, readiness } = approval;
  return { id, decidedAt, budget: envelope.budget, readiness };
}

function phaseOf(
  facts: ReportFacts,
  phase: ReportFacts['phases'][number],
  machines: readonly BoughtMachine[],
): Omit<AfterActionReport['phases'][number], 'coveredShare'> {
  const { plan, input } = facts;
  const standing = plan.standing.reduce((sum, row) => sum + row.requestsPerSecond, 0);
  const planned = plan.allocations.filter((row) => row.phase === phase.name);
  const rateOf = (service: string, poolId: string): number =>
    plan.sheets.find((one) => one.service === service && one.poolId === poolId)?.requestsPerSecond ?? 0;
  const ready = machines.filter((machine) => servedIn(machine, phase));
  return {
    ...phase,
    demandRps: input.demand
      .filter((row) => row.phase === phase.name)
      .reduce((sum, row) => sum + row.requestsPerSecond, 0),
    plannedCapacityRps:
      standing + planned.reduce((sum, row) => sum + row.machines * rateOf(row.service, row.poolId), 0),
    readyCapacityRps: standing + ready.reduce((sum, machine) => sum + machine.requestsPerSecond, 0),
    machinesPlanned: planned.reduce((sum, row) => sum + row.machines, 0),
    machinesReady: ready.length,
  };
}

function servedIn(machine: BoughtMachine, { startsAt, endsAt }: ReportFacts['phases'][number]): boolean {
  const { readyAt } = machine.item;
  if (readyAt === null || Date.parse(readyAt) > Date.parse(endsAt)) return false;
  const until = servedUntil(machine);
  return until === null || Date.parse(until) > Date.parse(startsAt);
}

function countsOf(facts: ReportFacts, machines: readonly BoughtMachine[]): AfterActionReport['machines'] {
  const most = new Map<string, number>();
  for (const { service, poolId, machines: count } of facts.plan.allocations) {
    const key = `${service}|${poolId}`;
    most.set(key, Math.max(most.get(key) ?? 0, count));
  }
  const created = machines.filter(({ item }) => item.machineId !== null);
  return {
    planned: [...most.values()].reduce((sum, count) => sum + count, 0),
    created: created.length,
    refused: machines.filter(({ item }) => item.state === 'refused').length,
    lost: machines.filter(({ item }) => item.state === 'lost').length,
    neverReady: created.filter(({ item }) => item.readyAt === null).length,
  };
}

function failuresOf(machines: readonly BoughtMachine[]): AfterActionReport['failures'] {
  const failed = machines.flatMap(({ item, poolId }) =>
    item.refusal === null ? [] : [{ code: item.refusal.code, pool: poolId }],
  );
  return [...Map.groupBy(failed, ({ code, pool }) => `${code}|${pool}`).values()]
    .flatMap((rows) => (rows[0] === undefined ? [] : [{ ...rows[0], count: rows.length }]))
    .toSorted((a, b) => b.count - a.count || (a.pool < b.pool ? -1 : 1));
}

function fallbacksOf(facts: ReportFacts, machines: readonly BoughtMachine[]): AfterActionReport['fallbacks'] {
  const currency = facts.plan.cost.currency;
  const elsewhere = machines.filter(
    ({ item, service, poolId }) => item.machineId !== null && !isPlanned(facts, service, poolId),
  );
  return [...Map.groupBy(elsewhere, ({ service, poolId }) => `${service}|${poolId}`).values()].flatMap(
    (own) => {
      const [first] = own;
      if (first === undefined) return [];
      const cost = own.reduce((sum, { intent, item }) => {
        const amount = costOfItem(intent, item, facts.until);
        return amount.currency === currency ? addMoney(sum, amount) : sum;
      }, zero(currency));
      const requestsPerSecond = own.reduce((sum, machine) => sum + machine.requestsPerSecond, 0);
      return [{ service: first.service, pool: first.poolId, machines: own.length, requestsPerSecond, cost }];
    },
  );
}

function costOf(facts: ReportFacts): AfterActionReport['cost'] {
  const { currency } = facts.plan.cost;
  const byCause = costByCause(facts);
  const total = (side: 'bought' | 'private') =>
    sumMoney(
      currency,
      byCause.map((row) => ({ currency, amount: row[side] })),
    ).amount;
  return {
    currency,
    planned: facts.plan.cost.amount,
    bought: total('bought'),
    private: total('private'),
    budget: facts.approval?.envelope.budget.amount ?? facts.input.budget.amount,
    byCause,
  };
}

function leftoverOf({ item, intent, poolId }: BoughtMachine): AfterActionReport['leftovers'][number] {
  return {
    machineId: item.machineId ?? '',
    pool: poolId,
    region: intent.region,
    state: item.abandoned === null ? item.state : 'abandoned',
    since: item.acceptedAt,
    costPerHour: intent.pricePerHour,
  };
}
