import { SpringtideError } from '@springtide/kernel';
import type { CallOptions, Page, Resource, ResourceFacet, ResourceKind } from '@springtide/provider-kit';
import type { Vsphere } from './machine-search.js';
import {
  cardsOf,
  DEVICE_PROPERTIES,
  disksOf,
  SNAPSHOT_PROPERTIES,
  snapshotsOf,
} from './parts-as-resources.js';
import {
  CLUSTER_PROPERTIES,
  clusterAsResource,
  datastoreAsResource,
  HOST_PROPERTIES,
  hostAsResource,
  VOLUME_PROPERTIES,
} from './places-as-resources.js';
import { readTree, type ObjectContent, type PropertyWish } from './vim/property-collector.js';

type Reading = Readonly<{
  wish: PropertyWish;
  read(content: ObjectContent, region: string): readonly Resource[];
}>;

const READINGS: Readonly<Partial<Record<ResourceKind, Reading>>> = {
  host: { wish: HOST_PROPERTIES, read: (content, region) => [hostAsResource(content, region)] },
  cluster: { wish: CLUSTER_PROPERTIES, read: (content, region) => [clusterAsResource(content, region)] },
  volume: { wish: VOLUME_PROPERTIES, read: (content, region) => [datastoreAsResource(content, region)] },
  disk: { wish: DEVICE_PROPERTIES, read: disksOf },
  'network-interface': { wish: DEVICE_PROPERTIES, read: cardsOf },
  snapshot: { wish: SNAPSHOT_PROPERTIES, read: snapshotsOf },
};

export class VsphereResources implements ResourceFacet {
  readonly kinds = Object.keys(READINGS) as readonly ResourceKind[];
  readonly #vsphere: Vsphere;

  constructor(vsphere: Vsphere) {
    this.#vsphere = vsphere;
  }

  async *listResources(
    scope: Readonly<{ region: string; kind: ResourceKind }>,
    options: CallOptions,
  ): AsyncGenerator<Page<Resource>> {
    const reading = READINGS[scope.kind];
    if (reading === undefined) {
      throw new SpringtideError('unsupported', `vSphere cannot list resources of kind ${scope.kind}`);
    }
    const { session, sites, account } = this.#vsphere;
    const { deadline } = options;
    const { ref } = await sites.recent(scope.region, deadline);
    const paging = { pageSize: account.pageSize, deadline };
    for await (const page of readTree(session, ref, reading.wish, paging)) {
      const items = page.objects.flatMap((content) => reading.read(content, scope.region));
      yield { items, complete: page.complete };
    }
  }
}
