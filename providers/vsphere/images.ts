import type { CallOptions, Image, ImageFacet, ImageOrder, Page, PlacedImage } from '@springtide/provider-kit';
import { isCopy, zonesOfCopies } from './image-copies.js';
import type { LibraryItem } from './library/library-item.js';
import { zoneOf, type MachineRecord } from './machine-record.js';
import { sweepMachines, type Vsphere } from './machine-search.js';
import { placeImage } from './place-image.js';
import type { Datacenter } from './site-map.js';

/** Templates, and what content libraries hold; copies are shown as the zones in which their image lies. */
export class VsphereImages implements ImageFacet {
  readonly #vsphere: Vsphere;

  constructor(vsphere: Vsphere) {
    this.#vsphere = vsphere;
  }

  async *listImages(scope: { region: string }, options: CallOptions): AsyncGenerator<Page<Image>> {
    const datacenter = await this.#vsphere.sites.recent(scope.region, options.deadline);
    const machines = await sweepMachines(this.#vsphere, datacenter, options.deadline);
    const originals = machines.filter((machine) => machine.template && !isCopy(machine));
    yield { items: originals.map((each) => templateAsImage(each, datacenter, machines)), complete: false };
    const items = (await this.#vsphere.libraries?.items(options)) ?? [];
    yield { items: items.map((item) => itemAsImage(item, scope.region, machines)), complete: true };
  }

  async placeImage(order: ImageOrder, options: CallOptions): Promise<PlacedImage> {
    return placeImage(this.#vsphere, order, options.deadline);
  }
}

function templateAsImage(
  template: MachineRecord,
  datacenter: Datacenter,
  machines: readonly MachineRecord[],
): Image {
  const { instanceUuid: id, name, createdAt } = template;
  const zones = [zoneOf(template, datacenter), ...zonesOfCopies(machines, id)].filter((zone) => zone !== '');
  return {
    id,
    name,
    region: datacenter.name,
    // vSphere virtualises x86 only.
    arch: 'amd64',
    ...(createdAt === undefined ? {} : { createdAt }),
    placedIn: [...new Set(zones)],
  };
}

function itemAsImage(item: LibraryItem, region: string, machines: readonly MachineRecord[]): Image {
  const { id, name, library, digest, createdAt, syncedAt } = item;
  return {
    id,
    name,
    region,
    arch: 'amd64',
    library,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(digest === undefined ? {} : { digest }),
    ...(syncedAt === undefined ? {} : { syncedAt }),
    placedIn: zonesOfCopies(machines, id),
  };
}
