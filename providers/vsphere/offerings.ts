import { money, type Instant } from '@springtide/kernel';
import type { Offering } from '@springtide/provider-kit';
import type { RateCardEntry } from './account.js';
import { sweepMachines, type Vsphere } from './machine-search.js';
import { freePlaces } from './placement.js';
import { datastoresOf } from './site-map.js';
import { readTemplateSpace, withSwap } from './template-space.js';

const LOW_BELOW = 5;

/** The rate card for every cluster: what is full stays in the list, with stock `none`. */
export async function readOfferings(
  vsphere: Vsphere,
  region: string,
  deadline: Instant,
): Promise<readonly Offering[]> {
  const datacenter = await vsphere.sites.now(region, deadline);
  const machines = await sweepMachines(vsphere, datacenter, deadline);
  const templates = machines.filter((machine) => machine.template);
  const space = await readTemplateSpace(vsphere, templates, deadline);
  // Which template a launch will name is not known here.
  const largestMiB = Math.max(0, ...space.values());
  return datacenter.clusters.flatMap((cluster) => {
    const ground = { cluster, datastores: datastoresOf(datacenter, cluster, vsphere.account.datastores) };
    return vsphere.account.machineTypes.map((type) => {
      const diskMiB = type.diskGib === undefined ? largestMiB : type.diskGib * 1_024;
      const demand = { ...type, spaceMiB: withSwap(diskMiB, type) };
      const places = freePlaces(datacenter, ground, demand, machines, vsphere.account);
      return offering(vsphere, region, cluster.name, type, places);
    });
  });
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
