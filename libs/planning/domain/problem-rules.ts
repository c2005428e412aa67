import { SpringtideError, decimal } from '@springtide/kernel';
import type { PlanningClass, PlanningPool, PlanningProblem } from './problem.js';

/** Everything that makes a problem unanswerable, in words; empty when it can be planned. */
export function problemFaults(problem: PlanningProblem): readonly string[] {
  const pools = new Set(problem.pools.map((pool) => pool.id));
  const groups = new Set(problem.quotaGroups.map((group) => group.id));
  return [
    ...(problem.phases.length === 0 ? ['there is no phase'] : []),
    ...repeated('phase', problem.phases),
    ...repeated('pool', problem.pools),
    ...repeated('class', problem.classes),
    ...repeated('quota group', problem.quotaGroups),
    ...problem.phases.flatMap((phase) =>
      range(`phase ${phase.id}: hours`, phase.hours, Number.MIN_VALUE, 1e5),
    ),
    ...problem.phases.flatMap((phase) =>
      range(`phase ${phase.id}: hours until it starts`, phase.startsInHours ?? 0, -1e5, 1e5),
    ),
    ...problem.quotaGroups.flatMap((group) => [
      ...range(`quota ${group.id}: limit`, group.limitVcpu, 0, 1e9),
      ...range(`quota ${group.id}: used`, group.usedVcpu, 0, 1e9),
    ]),
    ...problem.pools.flatMap((pool) => poolFaults(pool, problem.currency, groups)),
    ...placeFaults(problem),
    ...problem.classes.flatMap((item) => classFaults(item, problem, pools)),
    ...moneyFaults('budget', problem.currency, problem.budget),
    ...(problem.hourlyCeilings ?? []).flatMap((c) =>
      moneyFaults('hourly ceiling', problem.currency, c.perHour),
    ),
  ];
}

/** @throws invalid-argument naming every fault. */
export function requireSoundProblem(problem: PlanningProblem): void {
  const faults = problemFaults(problem);
  if (faults.length === 0) return;
  const shown = faults.slice(0, 10).join('; ');
  throw new SpringtideError(
    'invalid-argument',
    `the planning problem cannot be solved as stated, so nothing was planned: ${shown}`,
    { nextStep: 'Correct the demand, offerings or limits named here and plan again.' },
  );
}

function poolFaults(pool: PlanningPool, currency: string, groups: ReadonlySet<string>): string[] {
  const name = `pool ${pool.id}`;
  return [
    ...range(`${name}: cap`, pool.cap, 0, 1e6),
    ...range(`${name}: vCPU`, pool.vcpu, Number.MIN_VALUE, 1e5),
    ...range(`${name}: memory`, pool.memoryGiB, 0, 1e6),
    ...range(`${name}: lead time in hours`, pool.leadTimeHours ?? 0, 0, 1e5),
    ...moneyFaults(`${name}: price`, currency, pool.pricePerHour),
    ...moneyFaults(`${name}: start cost`, currency, pool.startCost),
    ...(pool.quotaGroup === null || groups.has(pool.quotaGroup)
      ? []
      : [`${name}: quota group ${pool.quotaGroup} is unknown`]),
  ];
}

/** Rules about networks, lines, launch limits, promises and what runs already. */
function placeFaults(problem: PlanningProblem): string[] {
  const { subnets = [], links = [], launchLimits = [], delivered = [], phases } = problem;
  const known = (what: string, items: readonly { id: string }[], id: string | undefined, who: string) =>
    id === undefined || items.some((entry) => entry.id === id) ? [] : [`${who}: ${what} ${id} is unknown`];
  const perPhase = (what: string, values: readonly number[] | undefined) =>
    values === undefined
      ? []
      : [
          ...(values.length === phases.length ? [] : [`${what} needs one number per phase`]),
          ...values.flatMap((value) => range(what, value, 0, 1e9)),
        ];
  return [
    ...repeated('network', subnets),
    ...repeated('line', links),
    ...repeated('launch limit', launchLimits),
    ...subnets.flatMap((subnet) =>
      range(`network ${subnet.id}: free addresses`, subnet.freeAddresses, 0, 1e9),
    ),
    ...subnets.flatMap((subnet) => perPhase(`network ${subnet.id}: promised`, subnet.promised)),
    ...links.flatMap((link) => range(`line ${link.id}: bandwidth`, link.freeMbps, 0, 1e9)),
    ...links.flatMap((link) => perPhase(`line ${link.id}: promised`, link.promised)),
    ...launchLimits.flatMap((limit) => perPhase(`launch limit ${limit.id}`, limit.starts)),
    ...problem.quotaGroups.flatMap((group) => perPhase(`quota ${group.id}: promised`, group.promisedVcpu)),
    ...problem.pools.flatMap((pool) => [
      ...known('network', subnets, pool.subnet, `pool ${pool.id}`),
      ...known('launch limit', launchLimits, pool.launchLimit, `pool ${pool.id}`),
      ...perPhase(`pool ${pool.id}: promised`, pool.promised),
    ]),
    ...problem.classes.flatMap((item) =>
      item.allowed.flatMap(({ traffic }) => known('line', links, traffic?.link, `class ${item.id}`)),
    ),
    ...delivered.flatMap((row) => {
      const name = `${row.class} on ${row.pool}`;
      const item = problem.classes.find((candidate) => candidate.id === row.class);
      const allowed = item?.allowed.some((entry) => entry.pool === row.pool) === true;
      const whole = Number.isSafeInteger(row.machines) && row.machines >= 0;
      return [
        ...(allowed ? [] : [`${name} runs already, but is not allowed`]),
        ...(whole ? [] : [`${name}: ${row.machines} is no number of machines`]),
      ];
    }),
  ];
}

function classFaults(item: PlanningClass, problem: PlanningProblem, pools: ReadonlySet<string>): string[] {
  const name = `class ${item.id}`;
  const penalty = item.shortagePenaltyPerUnitHour;
  return [
    ...range(`${name}: headroom`, item.headroom, 0, 100),
    ...range(`${name}: spot share`, item.spotMax, 0, 1),
    ...range(`${name}: zone-loss fraction`, item.zoneLossFraction, 0, 1),
    ...range(`${name}: share of a zone`, item.zoneShareMax ?? 1, 0, 1),
    ...range(`${name}: share of a spot pool`, item.spotPoolShareMax ?? 1, 0, 1),
    ...(item.demand.length === problem.phases.length ? [] : [`${name}: needs one demand per phase`]),
    ...item.demand.flatMap((demand) => [
      ...range(`${name}: demand`, demand.units, 0, 1e9),
      ...range(`${name}: memory demand`, demand.memoryGiB, 0, 1e9),
      ...(demand.units === 0 && demand.memoryGiB > 0
        ? [`${name}: memory is asked for without any units`]
        : []),
    ]),
    ...repeated(
      `${name}: pool`,
      item.allowed.map((entry) => ({ id: entry.pool })),
    ),
    ...item.allowed.flatMap((entry) => [
      ...(pools.has(entry.pool) ? [] : [`${name}: pool ${entry.pool} is unknown`]),
      ...range(`${name}: units of ${entry.pool}`, entry.units, 0, 1e9),
      ...range(`${name}: traffic of ${entry.pool}`, entry.traffic?.mbps ?? 0, 0, 1e9),
    ]),
    ...moneyFaults(`${name}: shortage penalty`, problem.currency, penalty),
  ];
}

function repeated(what: string, items: readonly { id: string }[]): string[] {
  const seen = new Set<string>();
  const faults: string[] = [];
  for (const { id } of items) {
    if (seen.has(id)) faults.push(`${what} ${id} is listed twice`);
    seen.add(id);
  }
  return faults;
}

function range(what: string, value: number, from: number, to: number): string[] {
  return Number.isFinite(value) && value >= from && value <= to
    ? []
    : [`${what} is ${value}, outside ${from} … ${to}`];
}

function moneyFaults(
  what: string,
  currency: string,
  value: { currency: string; amount: string } | undefined,
): string[] {
  if (value === undefined) return [];
  if (value.currency !== currency) return [`${what} is in ${value.currency}, the problem in ${currency}`];
  const isNumber = value.amount.trim() !== '' && Number.isFinite(Number(value.amount));
  if (!isNumber) return [`${what} is ${value.amount}, which is no amount of money`];
  return decimal(value.amount).lt(0) ? [`${what} is negative`] : [];
}
