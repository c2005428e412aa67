import type { PlanBody } from '@springtide/contracts';
import { forPeople, money } from './numbers.js';
import { screen, table } from './screen.js';

/** Who, where, what and how many per phase; then the price and the reasons. */
export function showPlan(plan: PlanBody): void {
  const phases = [...new Set(plan.capacity.map((row) => row.phase))];
  const pools = new Map(plan.pools.map((pool) => [pool.id, pool]));
  const keys = [...new Set(plan.allocations.map((row) => `${row.service} ${row.poolId}`))];
  const rows = keys.map((key) => {
    const own = plan.allocations.filter((row) => `${row.service} ${row.poolId}` === key);
    const [first] = own;
    const pool = pools.get(first?.poolId ?? '');
    return [
      first?.service ?? '',
      pool === undefined ? (first?.poolId ?? '') : `${pool.zone} ${pool.machineType}`,
      pool?.purchaseOption ?? '',
      pool === undefined ? '' : money(pool.pricePerHour.amount, pool.pricePerHour.currency),
      ...phases.map((phase) => machinesText(own.find((row) => row.phase === phase)?.machines)),
    ];
  });
  const standing = plan.standing.map(({ service, machines }) => [
    service,
    'standing fleet',
    '',
    '',
    ...phases.map(() => machinesText(machines)),
  ]);
  screen.plain('');
  screen.plain(table(['machines', 'where', 'bought as', 'per hour', ...phases], [...standing, ...rows], 3));
  const bound =
    plan.gap === null ? '' : `, at most ${(plan.gap * 100).toFixed(1)} % above the best possible plan`;
  screen.plain(`\nPlanned cost ${money(plan.cost.amount, plan.cost.currency)}${bound} (${plan.solver}).`);
  for (const text of new Set(plan.reasons.map((reason) => forPeople(reason.text))))
    screen.plain(`  · ${text}`);
  screen.plain('');
}

function machinesText(machines: number | undefined): string {
  return machines === undefined || machines === 0 ? '–' : String(machines);
}
