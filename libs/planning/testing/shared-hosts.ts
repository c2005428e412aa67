import type { PlanningPool, PlanningProblem } from '../domain/index.js';

const cny = (amount: string) => ({ currency: 'CNY', amount });

const ZONES = ['a', 'b'];
const HOURS = 0.25;

/** A usual campaign: two services share private hosts that carry a third of the peak; the rest is bought. */
export function sharedHosts(): PlanningProblem {
  const pools = ZONES.flatMap((zone) => [
    ...[2, 4].map((vcpu) => privatePool(zone, vcpu)),
    ...[2, 4, 8].map((vcpu) => publicPool(zone, vcpu)),
  ]);
  const demand = (units: readonly number[]) =>
    units.map((all) => ({ units: Math.max(0, all - 300), memoryGiB: 0 }));
  const service = (id: string, perVcpu: number, units: readonly number[]) => ({
    ...{ id, unit: 'requests/s', headroom: 0, spotMax: 0, zoneLossFraction: 0 },
    demand: demand(units),
    allowed: pools.map((pool) => ({ pool: pool.id, units: perVcpu * pool.vcpu })),
    shortagePenaltyPerUnitHour: cny('10'),
  });
  return {
    currency: 'CNY',
    objective: 'private-first',
    phases: ['prewarm', 'ramp', 'peak', 'plateau', 'decay'].map((id) => ({ id, hours: HOURS })),
    quotaGroups: [
      { id: 'public', limitVcpu: 1_000, usedVcpu: 0 },
      ...ZONES.map((zone) => ({ id: `hosts-${zone}`, limitVcpu: 32, usedVcpu: 0 })),
    ],
    pools,
    classes: [
      service('storefront', 50, [800, 2_500, 9_000, 5_000, 1_000]),
      service('checkout', 25, [100, 400, 1_500, 800, 150]),
    ],
    budget: cny('400'),
  };
}

function privatePool(zone: string, vcpu: number): PlanningPool {
  const price = cny((0.06 * vcpu).toFixed(2));
  return {
    ...poolOf(`home-${zone}`, vcpu, `hosts-${zone}`),
    option: 'private',
    pricePerHour: price,
    cap: 32 / vcpu,
  };
}

function publicPool(zone: string, vcpu: number): PlanningPool {
  const price = cny((0.195 * vcpu).toFixed(2));
  return { ...poolOf(`cloud-${zone}`, vcpu, 'public'), option: 'on-demand', pricePerHour: price, cap: 500 };
}

function poolOf(zone: string, vcpu: number, quotaGroup: string) {
  const [account = ''] = zone.split('-');
  return {
    ...{
      id: `${zone}-${vcpu}`,
      account,
      region: 'r',
      zone,
      machineType: `t.${vcpu}`,
      family: 't',
      arch: 'amd64',
    },
    ...{ vcpu, memoryGiB: 2 * vcpu, startCost: cny('0'), quotaGroup, interruptionPerHour: 0 },
  };
}
