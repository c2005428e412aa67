import { money, type Instant } from '@springtide/kernel';
import type { Offering } from '@springtide/provider-kit';
import type { RateCardEntry } from './account.js';
import { sweepMachines, type Vsphere } from './machine-search.js';
import { freePlaces } from './placement.js';

const LOW_BELOW = 5;

/** The rate card for every cluster: what is full stays in the list, with stock `none`. */
export async function readOfferings(
  vsphere: Vsphere,
  region: string,
  deadline: Instant,
): Promise<readonly Offering[]> {
  const datacenter = await vsphere.sites.now(region, deadline);
  const machines = await sweepMachines(vsphere, datacenter, deadline);
  return datacenter.clusters.flatMap((cluster) =>
    vsphere.account.machineTypes.map((type) => {
      const places = freePlaces(datacenter, cluster, type, machines, vsphere.account);
      return offering(vsphere, region, cluster.name, type, places);
    }),
  );
}

function offering(
  vsphere: Vsphere,
  region: string,
  zone: string,
  type: RateCardEntry,
  places: number,
): Offering {
  return {
    region,
    zone,
    machineType: type.name,
    family: type.family,
    arch: 'amd64',
    purchaseOption: 'private',
    vcpu: type.vcpu,
    memoryMiB: type.memoryMiB,
    pricePerHour: money(vsphere.account.currency, type.pricePerHour),
    minimumBillingSeconds: 0,
    stock: { level: places === 0 ? 'none' : places < LOW_BELOW ? 'low' : 'enough', machines: places },
    interruptionPerHour: 0,
  };
}
