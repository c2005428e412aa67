import { money } from '@springtide/kernel';
import type { Offering, Quota } from '@springtide/provider-kit';
import { z } from 'zod';
import type { At } from './openstack-api.js';
import type { Openstack } from './openstack-session.js';
import type { Flavor, Zone } from './place-book.js';
import { placesIn } from './stock.js';

const LOW_BELOW = 5;
const CORES = 'cores';

const limitsSchema = z.object({
  limits: z.object({ absolute: z.object({ maxTotalCores: z.number(), totalCoresUsed: z.number() }) }),
});

/**
 * Every flavour in every zone: what is full stays in the list, with stock `none`. None at all where it is open to which
 * network a machine that names none would go: nova would refuse what a plan had counted on.
 */
export async function readOfferings(openstack: Openstack, at: At): Promise<readonly Offering[]> {
  if ((await openstack.places.usualNetwork(at)) === undefined) return [];
  const [flavors, zones, stock, quotas] = await Promise.all([
    openstack.places.flavors(at),
    openstack.places.zones(at),
    openstack.stock.read(at),
    readQuotas(openstack, at),
  ]);
  const quotaGroup = quotas.length === 0 ? undefined : CORES;
  return zones.flatMap((zone) =>
    flavors
      .filter((flavor) => flavor.vcpus > 0 && flavor.ram > 0)
      .map((flavor) =>
        offering(openstack, at.region, zone, flavor, placesIn(zone, flavor, stock), quotaGroup),
      ),
  );
}

/** The project's limit of cores. None where it has no limit. */
export async function readQuotas(openstack: Openstack, at: At): Promise<readonly Quota[]> {
  const call = { service: 'compute', path: '/limits', doing: 'the question for limits' } as const;
  const { absolute } = (await openstack.api.get(at, call, limitsSchema)).limits;
  if (absolute.maxTotalCores < 0) return [];
  return [
    {
      group: CORES,
      region: at.region,
      // An administrator may set a limit below what is in use already.
      limitVcpu: Math.max(absolute.maxTotalCores, absolute.totalCoresUsed),
      usedVcpu: absolute.totalCoresUsed,
    },
  ];
}

function offering(
  openstack: Openstack,
  region: string,
  zone: Zone,
  flavor: Flavor,
  places: number | undefined,
  quotaGroup: string | undefined,
): Offering {
  const { rateCard, currency, arch } = openstack.account;
  const price = rateCard.find((entry) => entry.machineType === flavor.name);
  return {
    region,
    zone: zone.name,
    machineType: flavor.name,
    family: price?.family ?? 'private',
    arch,
    purchaseOption: 'private',
    vcpu: flavor.vcpus,
    memoryMiB: flavor.ram,
    ...(price === undefined ? {} : { pricePerHour: money(currency, price.pricePerHour) }),
    minimumBillingSeconds: 0,
    stock:
      places === undefined
        ? { level: 'unknown' }
        : { level: places === 0 ? 'none' : places < LOW_BELOW ? 'low' : 'enough', machines: places },
    ...(quotaGroup === undefined ? {} : { quotaGroup }),
    interruptionPerHour: 0,
  };
}
