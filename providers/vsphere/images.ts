import { SpringtideError } from '@springtide/kernel';
import type { CallOptions, Image, ImageFacet, Page } from '@springtide/provider-kit';
import type { MachineRecord } from './machine-record.js';
import { sweepMachines, type Vsphere } from './machine-search.js';

/**
 * The template that an image id (its instance UUID) or a name means.
 * @throws invalid-argument when there is none, or several with that name.
 */
export function findTemplate(machines: readonly MachineRecord[], image: string): MachineRecord {
  const templates = machines.filter((machine) => machine.template);
  const found = templates.filter((each) => each.instanceUuid === image.toLowerCase() || each.name === image);
  const [template] = found;
  if (template !== undefined && found.length === 1) return template;
  throw new SpringtideError(
    'invalid-argument',
    found.length === 0
      ? `vSphere has no template "${image}"; nothing was created`
      : `${found.length} templates are called "${image}"; nothing was created`,
    { nextStep: 'Name the template by its id from the list of images.' },
  );
}

export class VsphereImages implements ImageFacet {
  readonly #vsphere: Vsphere;

  constructor(vsphere: Vsphere) {
    this.#vsphere = vsphere;
  }

  async *listImages(scope: { region: string }, options: CallOptions): AsyncGenerator<Page<Image>> {
    const datacenter = await this.#vsphere.sites.recent(scope.region, options.deadline);
    const machines = await sweepMachines(this.#vsphere, datacenter, options.deadline);
    const items = machines
      .filter((machine) => machine.template)
      .map((template): Image => {
        const created = template.createdAt === undefined ? {} : { createdAt: template.createdAt };
        // vSphere virtualises x86 only.
        return {
          id: template.instanceUuid,
          name: template.name,
          region: scope.region,
          arch: 'amd64',
          ...created,
        };
      });
    yield { items, complete: true };
  }
}
