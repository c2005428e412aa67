import { SpringtideError } from '@springtide/kernel';
import type { MachineId, Satellite } from '@springtide/provider-kit';
import type { AwsApi, AwsScope } from './aws-api.js';
import { addressSatellite, diskSatellite, interfaceSatellite, templateSatellite } from './mapping.js';
import { INTENT_TAG } from './tags.js';

type SatelliteQuery = Readonly<{ machineIds: readonly MachineId[]; intent: string }>;

/**
 * What nobody holds any more and still costs: free disks, interfaces and addresses with the intent's tag. Those that
 * are attached end with their machine, or show up here after it.
 */
export async function listSatellites(
  api: AwsApi,
  at: AwsScope,
  query: SatelliteQuery,
): Promise<readonly Satellite[]> {
  if (query.intent.trim() === '') return [];
  const all = [
    ...(await freeDisks(api, at, query.intent)),
    ...(await freeInterfaces(api, at, query.intent)),
    ...(await freeAddresses(api, at, query.intent)),
    ...(await templates(api, at, query.intent)),
  ];
  // EC2 reads * and ? in a filter as wildcards, so only an exact comparison decides.
  return all.filter(({ intent }) => intent === query.intent);
}

export async function releaseSatellite(
  api: AwsApi,
  at: AwsScope,
  satellite: Satellite,
): Promise<'releasing' | 'gone'> {
  try {
    await release(api, at, satellite);
    return 'releasing';
  } catch (thrown) {
    if (thrown instanceof SpringtideError && thrown.code === 'not-found') return 'gone';
    throw thrown;
  }
}

async function release(api: AwsApi, at: AwsScope, { kind, id }: Satellite): Promise<unknown> {
  switch (kind) {
    case 'disk':
      return api.deleteVolume(at, id);
    case 'network-interface':
      return api.deleteNetworkInterface(at, id);
    case 'address':
      return api.releaseAddress(at, id);
    case 'other':
      // Of all that this provider makes, launch templates alone have no kind of their own.
      return api.deleteLaunchTemplate(at, id);
    case 'timer':
      throw new SpringtideError(
        'unsupported',
        `AWS has no satellites of kind ${kind}; ${id} was not touched`,
      );
  }
}

async function freeDisks(api: AwsApi, at: AwsScope, intent: string): Promise<Satellite[]> {
  const disks: Satellite[] = [];
  let next: string | undefined;
  do {
    const answer = await api.describeVolumes(at, {
      Filters: [
        { Name: `tag:${INTENT_TAG}`, Values: [intent] },
        { Name: 'status', Values: ['available', 'error'] },
      ],
      ...(next === undefined ? {} : { NextToken: next }),
    });
    disks.push(...(answer.Volumes ?? []).map((volume) => diskSatellite(volume, at.region)));
    next = answer.NextToken;
  } while (next);
  return disks;
}

async function freeInterfaces(api: AwsApi, at: AwsScope, intent: string): Promise<Satellite[]> {
  const interfaces: Satellite[] = [];
  let next: string | undefined;
  do {
    const answer = await api.describeNetworkInterfaces(at, {
      Filters: [
        { Name: `tag:${INTENT_TAG}`, Values: [intent] },
        { Name: 'status', Values: ['available'] },
      ],
      ...(next === undefined ? {} : { NextToken: next }),
    });
    interfaces.push(...(answer.NetworkInterfaces ?? []).map((nic) => interfaceSatellite(nic, at.region)));
    next = answer.NextToken;
  } while (next);
  return interfaces;
}

async function freeAddresses(api: AwsApi, at: AwsScope, intent: string): Promise<Satellite[]> {
  const answer = await api.describeAddresses(at, {
    Filters: [{ Name: `tag:${INTENT_TAG}`, Values: [intent] }],
  });
  return (answer.Addresses ?? [])
    .filter(({ AssociationId }) => AssociationId === undefined || AssociationId === '')
    .map((address) => addressSatellite(address, at.region));
}

/** What fleets were made from. Free of charge, and wanted by nobody once the machines are there. */
async function templates(api: AwsApi, at: AwsScope, intent: string): Promise<Satellite[]> {
  const found: Satellite[] = [];
  let next: string | undefined;
  do {
    await at.more?.();
    const answer = await api.describeLaunchTemplates(at, {
      Filters: [{ Name: `tag:${INTENT_TAG}`, Values: [intent] }],
      ...(next === undefined ? {} : { NextToken: next }),
    });
    found.push(...(answer.LaunchTemplates ?? []).map((template) => templateSatellite(template, at.region)));
    next = answer.NextToken;
  } while (next);
  return found;
}
