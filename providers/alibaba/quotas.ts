import type { Quota } from '@springtide/provider-kit';
import type { AlibabaApi, Scope } from './api.js';
import { accountAttributesAnswer } from './wire.js';

export const ON_DEMAND_VCPU = 'postpaid-instance-vcpu';
export const SPOT_VCPU = 'spot-instance-vcpu';

/** The vendor counts vCPU by way of buying, over all zones and families of a region. */
export async function listQuotas(api: AlibabaApi, at: Scope): Promise<readonly Quota[]> {
  const groups = [ON_DEMAND_VCPU, SPOT_VCPU];
  const { AccountAttributeItems } = await api.read(at, {
    product: 'ecs',
    action: 'DescribeAccountAttributes',
    parameters: {
      RegionId: at.region,
      AttributeName: groups.flatMap((group) => [`max-${group}-count`, `used-${group}-count`]),
    },
    answer: accountAttributesAnswer,
  });
  const values = new Map(
    AccountAttributeItems.map(({ AttributeName, AttributeValues }) => [
      AttributeName,
      Number(AttributeValues[0]?.Value ?? Number.NaN),
    ]),
  );
  return groups.flatMap((group) => {
    const limitVcpu = values.get(`max-${group}-count`);
    const usedVcpu = values.get(`used-${group}-count`);
    if (!Number.isFinite(limitVcpu) || !Number.isFinite(usedVcpu)) return [];
    return [{ group, region: at.region, limitVcpu: limitVcpu ?? 0, usedVcpu: usedVcpu ?? 0 }];
  });
}
