import type { PlanContent } from '../domain/plan-content.js';

export const eur = (amount: string) => ({ currency: 'EUR', amount });

function pool(id: string, accountName: string, zone: string): PlanContent['pools'][number] {
  return {
    id,
    accountId: accountName,
    accountName,
    provider: 'simulated',
    region: 'r',
    zone,
    machineType: 'm',
    purchaseOption: id.endsWith('spot') ? 'spot' : 'on-demand',
    pricePerHour: eur('1'),
    cap: 10,
  };
}

const pools = [pool('a', 'east', 'z1'), pool('b', 'east', 'z2'), pool('c-spot', 'west', 'z1')];

/** A plan of one service in one hour of peak; every machine carries 100 requests/s for 1 EUR an hour. */
export function comparablePlan(
  machines: Readonly<Record<string, number>>,
  cost: string,
  short = 0,
): PlanContent {
  const allocations = Object.entries(machines).map(([poolId, count]) => ({
    service: 'web',
    poolId,
    phase: 'peak' as const,
    machines: count,
  }));
  const planned = allocations.reduce((sum, row) => sum + 100 * row.machines, 0);
  return {
    marketSnapshotId: null,
    standing: [],
    capacity: [{ service: 'web', phase: 'peak', demand: planned + short, planned, short }],
    cost: eur(cost),
    lowerBound: null,
    gap: null,
    solver: 'price-ascent 1',
    quality: 'optimal-bound',
    reasons: [],
    pools,
    allocations,
    sheets: pools.map((own) => ({
      service: 'web',
      poolId: own.id,
      requestsPerSecond: 100,
      image: 'i',
      subnet: null,
      securityGroups: [],
      userData: null,
      minimumBillingSeconds: 60,
      launchBatch: 10,
    })),
    services: [],
    phases: [{ name: 'peak', startsAt: '2026-01-01T00:00:00.000Z', endsAt: '2026-01-01T01:00:00.000Z' }],
    leadMs: 0,
  };
}
