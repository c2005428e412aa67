import { SpringtideError } from '@springtide/kernel';
import type { Quota } from '@springtide/provider-kit';
import type { AwsAccount } from './account.js';
import type { AwsApi, AwsScope } from './aws-api.js';
import { purchaseOptionOf, STATES_NOT_GONE } from './mapping.js';
import { readTypes } from './machine-types.js';
import type { QuotasApi } from './quotas-api.js';
import { STANDARD_ON_DEMAND, VCPU_QUOTA_CODES, vcpuQuotaOf } from './vcpu-pools.js';

/**
 * vCPU limits by their code, as Service Quotas tells them; the account's own setting rules over the standard one. Without
 * the right to ask, the setting is all there is.
 */
export async function vcpuLimits(
  account: AwsAccount,
  quotas: QuotasApi,
  at: AwsScope,
): Promise<ReadonlyMap<string, number>> {
  const told = await quotas.limits(at).catch((thrown: unknown) => {
    if (thrown instanceof SpringtideError && thrown.code === 'permission-denied') return new Map();
    throw thrown;
  });
  const limits = new Map([...told].filter(([code]) => VCPU_QUOTA_CODES.has(code)));
  const own = account.vcpuLimits[at.region];
  if (own !== undefined) limits.set(STANDARD_ON_DEMAND, own);
  return limits;
}

/** What is used is counted from the machines that EC2 lists: the limits come without it. */
export async function listQuotas(
  account: AwsAccount,
  api: AwsApi,
  quotas: QuotasApi,
  at: AwsScope,
): Promise<readonly Quota[]> {
  const limits = await vcpuLimits(account, quotas, at);
  if (limits.size === 0) return [];
  const counts = await countMachines(api, at);
  await at.more?.();
  const infos = await readTypes(api, at, [...new Set(counts.map(({ machineType }) => machineType))]);
  const used = new Map<string, number>();
  for (const { code, machineType, machines } of counts) {
    const vcpu = infos.get(machineType)?.VCpuInfo?.DefaultVCpus ?? 0;
    used.set(code, (used.get(code) ?? 0) + machines * vcpu);
  }
  return [...limits].map(([group, limitVcpu]) => ({
    group,
    region: at.region,
    limitVcpu,
    usedVcpu: used.get(group) ?? 0,
  }));
}

type Count = Readonly<{ code: string; machineType: string; machines: number }>;

async function countMachines(api: AwsApi, at: AwsScope): Promise<readonly Count[]> {
  const counts = new Map<string, Count>();
  let next: string | undefined;
  do {
    await at.more?.();
    const answer = await api.describeInstances(at, {
      Filters: [
        { Name: 'instance-state-name', Values: STATES_NOT_GONE.filter((name) => name !== 'stopped') },
      ],
      MaxResults: 1000,
      ...(next === undefined ? {} : { NextToken: next }),
    });
    next = answer.NextToken;
    for (const instance of (answer.Reservations ?? []).flatMap(({ Instances = [] }) => Instances)) {
      const machineType = instance.InstanceType ?? '';
      const code = vcpuQuotaOf(machineType, purchaseOptionOf(instance));
      if (code === undefined) continue;
      const key = `${code} ${machineType}`;
      counts.set(key, { code, machineType, machines: (counts.get(key)?.machines ?? 0) + 1 });
    }
  } while (next);
  return [...counts.values()];
}
