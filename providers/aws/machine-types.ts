import type { InstanceTypeInfo } from '@aws-sdk/client-ec2';
import type { AwsApi, AwsScope } from './aws-api.js';

/** A filter takes so many values. */
const AT_ONCE = 200;

/** By filter and not by name: one type that the region does not have would fail the whole call. */
export async function readTypes(
  api: AwsApi,
  at: AwsScope,
  machineTypes: readonly string[],
): Promise<ReadonlyMap<string, InstanceTypeInfo>> {
  const infos = new Map<string, InstanceTypeInfo>();
  for (let from = 0; from < machineTypes.length; from += AT_ONCE) {
    const Values = machineTypes.slice(from, from + AT_ONCE);
    let next: string | undefined;
    do {
      const answer = await api.describeInstanceTypes(at, {
        Filters: [{ Name: 'instance-type', Values }],
        MaxResults: 100,
        ...(next === undefined ? {} : { NextToken: next }),
      });
      next = answer.NextToken;
      for (const info of answer.InstanceTypes ?? []) infos.set(info.InstanceType ?? '', info);
    } while (next);
  }
  return infos;
}
