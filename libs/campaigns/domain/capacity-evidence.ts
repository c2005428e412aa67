import { capacityFor, type MarketOffering } from '@springtide/catalog/domain';
import type { PlanPool, Reason } from '@springtide/contracts';
import type { PlanQuestion } from './plan-problem.js';
import type { RunTargets } from './run-targets.js';

type Asked = Pick<PlanQuestion, 'market' | 'services'>;

/** What one machine of each type in the plan is reckoned to serve, and who measured that. */
export function capacityReasons(
  { market, services }: Asked,
  pools: readonly PlanPool[],
  allocations: RunTargets,
): readonly Reason[] {
  const shapes = new Map(market.offerings.map((offering) => [offering.machineType, offering]));
  const typeOf = new Map(pools.map(({ id, machineType }) => [id, machineType]));
  return services.flatMap((service) => {
    const used = allocations.filter((row) => row.service === service.name && row.machines > 0);
    const types = [...new Set(used.flatMap(({ poolId }) => typeOf.get(poolId) ?? []))].toSorted();
    return types.flatMap((type) => basisOf(service, shapes.get(type)));
  });
}

function basisOf(service: Asked['services'][number], shape: MarketOffering | undefined): readonly Reason[] {
  const capacity = shape && capacityFor(service, shape);
  if (shape === undefined || capacity === undefined) return [];
  const { requestsPerSecond, latencyTargetMs: latency, evidence } = capacity;
  const params = { service: service.name, type: shape.machineType, requestsPerSecond, latency, evidence };
  const text = `A machine of ${params.type} is reckoned to serve ${requestsPerSecond} requests/s of ${service.name} within ${latency} ms: ${evidence}.`;
  return [{ code: 'capacity-basis', params, text }];
}
