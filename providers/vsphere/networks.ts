import type { CallOptions, Network, NetworkFacet, Page } from '@springtide/provider-kit';
import type { Instant } from '@springtide/kernel';
import type { Vsphere } from './machine-search.js';
import type { Datacenter } from './site-map.js';
import { propertyText, readWholeTree, type ObjectContent } from './vim/property-collector.js';

/** Standard networks and distributed port groups of the datacenter. */
export async function readNetworks(
  vsphere: Vsphere,
  datacenter: Datacenter,
  deadline: Instant,
): Promise<readonly ObjectContent[]> {
  return readWholeTree(vsphere.session, datacenter.ref, { Network: ['name'] }, deadline);
}

export class VsphereNetworks implements NetworkFacet {
  readonly #vsphere: Vsphere;

  constructor(vsphere: Vsphere) {
    this.#vsphere = vsphere;
  }

  /** vSphere hands out no addresses: there is neither a range nor a count of free ones to tell. */
  async *listNetworks(scope: { region: string }, options: CallOptions): AsyncGenerator<Page<Network>> {
    const datacenter = await this.#vsphere.sites.recent(scope.region, options.deadline);
    const networks = await readNetworks(this.#vsphere, datacenter, options.deadline);
    const items = networks.map((network) => ({
      id: network.object.id,
      name: propertyText(network, 'name') ?? network.object.id,
      region: scope.region,
    }));
    yield { items, complete: true };
  }
}
