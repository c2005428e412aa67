import { SpringtideError } from '@springtide/kernel';
import type { Satellite } from '@springtide/provider-kit';
import type { AlibabaApi, Scope } from './api.js';
import { addresses, disks, interfaces } from './listings.js';
import { allOf } from './paging.js';
import type { Parameters } from './parameters.js';
import type { Product } from './products.js';
import { INTENT_TAG } from './tags.js';
import { nothing, tagsOf } from './wire.js';

/**
 * What nobody holds any more and still costs: free disks, interfaces and addresses with the intent's tag. Those that
 * are attached end with their machine, or show up here after it.
 */
export async function listSatellites(
  api: AlibabaApi,
  at: Scope,
  intent: string,
): Promise<readonly Satellite[]> {
  if (intent.trim() === '') return [];
  const free: Parameters = { Tag: [{ Key: INTENT_TAG, Value: intent }], Status: 'Available' };
  const isOurs = (tags: ReadonlyMap<string, string>): boolean => tags.get(INTENT_TAG) === intent;
  const satellite = (kind: Satellite['kind'], id: string): Satellite => ({
    kind,
    id,
    region: at.region,
    intent,
  });
  const freeDisks = (await allOf(disks(api, at, free))).filter(({ Tags }) => isOurs(tagsOf(Tags)));
  const freeInterfaces = (await allOf(interfaces(api, at, free))).filter(({ Tags }) => isOurs(tagsOf(Tags)));
  const freeAddresses = (await allOf(addresses(api, at, free))).filter(({ Tags }) => isOurs(Tags));
  return [
    ...freeDisks.map(({ DiskId }) => satellite('disk', DiskId)),
    ...freeInterfaces.map(({ NetworkInterfaceId }) => satellite('network-interface', NetworkInterfaceId)),
    ...freeAddresses.map(({ AllocationId }) => satellite('address', AllocationId)),
  ];
}

type Release = Readonly<{ product: Product; action: string; parameters: Parameters }>;

export async function releaseSatellite(
  api: AlibabaApi,
  at: Scope,
  satellite: Satellite,
): Promise<'releasing' | 'gone'> {
  try {
    await api.mutate(at, { ...releaseOf(satellite), answer: nothing });
    return 'releasing';
  } catch (thrown) {
    if (thrown instanceof SpringtideError && thrown.code === 'not-found') return 'gone';
    throw thrown;
  }
}

function releaseOf({ kind, id, region }: Satellite): Release {
  switch (kind) {
    case 'disk':
      return { product: 'ecs', action: 'DeleteDisk', parameters: { DiskId: id } };
    case 'network-interface':
      return {
        product: 'ecs',
        action: 'DeleteNetworkInterface',
        parameters: { RegionId: region, NetworkInterfaceId: id },
      };
    case 'address':
      return {
        product: 'vpc',
        action: 'ReleaseEipAddress',
        parameters: { RegionId: region, AllocationId: id },
      };
    case 'timer':
    case 'other':
      throw new SpringtideError(
        'unsupported',
        `Alibaba Cloud has no satellites of kind ${kind}; ${id} was not touched`,
      );
  }
}
