import type { Clock } from '@springtide/kernel';
import { z } from 'zod';
import type { At, OpenstackApi } from './openstack-api.js';
import { isRefused, type Flavor, type Zone } from './place-book.js';

const REFUSED_MEMORY_MS = 5 * 60_000;

export const hypervisorSchema = z.object({
  id: z.string(),
  hypervisor_hostname: z.string(),
  state: z.string().default(''),
  status: z.string().default(''),
  hypervisor_type: z.string().default(''),
  host_ip: z.string().nullish(),
  vcpus: z.number().nullish(),
  vcpus_used: z.number().nullish(),
  memory_mb: z.number().nullish(),
  memory_mb_used: z.number().nullish(),
  running_vms: z.number().nullish(),
  service: z.object({ host: z.string() }),
});
const candidatesSchema = z.object({
  provider_summaries: z.record(
    z.string(),
    z.object({ resources: z.record(z.string(), z.object({ capacity: z.number(), used: z.number() })) }),
  ),
});

type Room = Readonly<Record<string, number>>;

/** Free room per host name, as placement counts it: overcommitment, reservations and other tenants included. */
export type Stock = Readonly<{ hosts: ReadonlyMap<string, Room> }>;

/** Reads stock where the account may; the policies for it are in the README. */
export class StockReader {
  #refusedUntil = 0;

  constructor(
    private readonly api: OpenstackApi,
    private readonly clock: Clock,
    private readonly pageSize: number,
  ) {}

  async read(at: At): Promise<Stock | undefined> {
    if (this.clock.now().getTime() < this.#refusedUntil) return undefined;
    if (!(await this.api.has(at, 'placement'))) return undefined;
    try {
      return await this.#read(at);
    } catch (thrown) {
      if (!isRefused(thrown)) throw thrown;
      this.#refusedUntil = this.clock.now().getTime() + REFUSED_MEMORY_MS;
      return undefined;
    }
  }

  async #read(at: At): Promise<Stock> {
    const [hypervisors, { provider_summaries: summaries }] = await Promise.all([
      this.api.all(
        at,
        {
          service: 'compute',
          path: '/os-hypervisors/detail',
          key: 'hypervisors',
          pageSize: this.pageSize,
          doing: 'the list of hypervisors',
        },
        hypervisorSchema,
      ),
      this.api.get(
        at,
        {
          service: 'placement',
          // The scheduler itself leaves out hosts that an administrator has disabled in just this way.
          path: '/allocation_candidates?resources=VCPU:1&required=!COMPUTE_STATUS_DISABLED',
          doing: 'the question for free room',
        },
        candidatesSchema,
      ),
    ]);
    const hosts = new Map<string, Room>();
    for (const { id, service } of hypervisors) {
      // A host that is missing here is full, or switched off.
      const resources = Object.entries(summaries[id]?.resources ?? {});
      hosts.set(
        service.host,
        Object.fromEntries(resources.map(([name, { capacity, used }]) => [name, capacity - used])),
      );
    }
    return { hosts };
  }
}

/** How many more machines of the flavour fit into the zone; undefined where nobody may tell us. */
export function placesIn(zone: Zone, flavor: Flavor, stock: Stock | undefined): number | undefined {
  if (stock === undefined || zone.hosts === undefined) return undefined;
  const need: Readonly<Record<string, number>> = {
    VCPU: flavor.vcpus,
    MEMORY_MB: flavor.ram,
    DISK_GB: flavor.disk + flavor['OS-FLV-EXT-DATA:ephemeral'] + Math.ceil((flavor.swap || 0) / 1_024),
  };
  let places = 0;
  for (const host of zone.hosts) {
    const room = stock.hosts.get(host) ?? {};
    if (room['VCPU'] === undefined) continue;
    // Disks that are on shared storage are no resource of the host.
    const limits = Object.entries(need).filter(([name, each]) => each > 0 && room[name] !== undefined);
    places += Math.max(0, Math.min(...limits.map(([name, each]) => Math.floor((room[name] ?? 0) / each))));
  }
  return places;
}
