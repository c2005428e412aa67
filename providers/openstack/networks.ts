import type { CallOptions, Network, NetworkFacet, Page } from '@springtide/provider-kit';
import { z } from 'zod';
import type { At } from './openstack-api.js';
import type { Openstack } from './openstack-session.js';
import { isRefused, networkSchema } from './place-book.js';

const subnetSchema = z.object({
  id: z.string(),
  network_id: z.string(),
  cidr: z.string(),
  ip_version: z.number(),
});
const availabilitySchema = z.object({
  network_ip_availabilities: z.array(
    z.object({
      network_id: z.string(),
      subnet_ip_availability: z.array(
        z.object({ ip_version: z.number(), used_ips: z.number(), total_ips: z.number() }),
      ),
    }),
  ),
});

/** Neutron's networks; they span zones. Free addresses are IPv4's, where the account may see them. */
export class OpenstackNetworks implements NetworkFacet {
  readonly #openstack: Openstack;

  constructor(openstack: Openstack) {
    this.#openstack = openstack;
  }

  async *listNetworks(scope: { region: string }, options: CallOptions): AsyncGenerator<Page<Network>> {
    const at = { region: scope.region, deadline: options.deadline };
    const { api, account } = this.#openstack;
    const { pageSize } = account;
    const [usual, subnets, free] = await Promise.all([
      this.#openstack.places.usualNetwork(at),
      api.all(
        at,
        { service: 'network', path: '/subnets', key: 'subnets', pageSize, doing: 'the list of subnets' },
        subnetSchema,
      ),
      this.#freeAddresses(at),
    ]);
    const pages = api.pages(
      at,
      { service: 'network', path: '/networks', key: 'networks', pageSize, doing: 'the list of networks' },
      networkSchema,
    );
    for await (const page of pages) {
      const items = page.items.map(({ id, name }): Network => {
        const own = subnets.filter((subnet) => subnet.network_id === id && subnet.ip_version === 4);
        const freeAddresses = free?.get(id);
        return {
          id,
          name: name || id,
          region: scope.region,
          ...(own.length === 1 && own[0] !== undefined ? { cidr: own[0].cidr } : {}),
          ...(freeAddresses === undefined ? {} : { freeAddresses }),
          ...(id === usual ? { takesUnnamed: true as const } : {}),
        };
      });
      yield { items, complete: page.complete };
    }
  }

  async #freeAddresses(at: At): Promise<ReadonlyMap<string, number> | undefined> {
    try {
      const { network_ip_availabilities: networks } = await this.#openstack.api.get(
        at,
        { service: 'network', path: '/network-ip-availabilities', doing: 'the question for free addresses' },
        availabilitySchema,
      );
      return new Map(
        networks.map(({ network_id: id, subnet_ip_availability: subnets }) => [
          id,
          subnets
            .filter((subnet) => subnet.ip_version === 4)
            .reduce((sum, subnet) => sum + Math.max(0, subnet.total_ips - subnet.used_ips), 0),
        ]),
      );
    } catch (thrown) {
      // 404: a neutron without this extension.
      if (isRefused(thrown) || (thrown as { code?: unknown }).code === 'not-found') return undefined;
      throw thrown;
    }
  }
}
