import { createHash } from 'node:crypto';
import { SpringtideError } from '@springtide/kernel';
import type { Ownership } from '@springtide/provider-kit';
import type { MachineRecord } from './machine-record.js';
import type { Marks } from './ownership-marks.js';

/** What is copied: the same id with the same content needs no second copy in a zone. */
export type CopySource = Readonly<{
  /** Of the template, or of the library item. */
  id: string;
  name: string;
  /** Other names by which a launch may ask for it. */
  alias: string;
  content: string;
  digest?: string;
}>;

/** The same for every try to make this copy, so that vSphere itself refuses a second one. */
export function copyName(source: CopySource, zone: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([source.id, source.content, zone]))
    .digest('hex');
  const readable = source.name.replaceAll(/[^A-Za-z0-9.-]+/g, '-').slice(0, 48);
  return `image-${readable}-${hash.slice(0, 12)}`;
}

export function copyMarks(source: CopySource, zone: string, ownership: Ownership): Marks {
  return {
    installation: ownership.installation,
    tenant: ownership.tenant,
    'copy-of': source.id,
    'copy-name': source.name,
    'copy-alias': source.alias,
    'copy-zone': zone,
    'copy-content': source.content,
  };
}

/** A template that Springtide made of another image, to be cloned in one zone. */
export function isCopy({ template, marks }: Pick<MachineRecord, 'template' | 'marks'>): boolean {
  return template && marks['copy-of'] !== undefined;
}

/** Copies in the zone of what this id or name means, the newest first. */
export function copiesIn(
  machines: readonly MachineRecord[],
  zone: string,
  image: string,
): readonly MachineRecord[] {
  return machines
    .filter((machine) => isCopy(machine) && machine.marks['copy-zone'] === zone)
    .filter(({ marks }) => [marks['copy-of'], marks['copy-name'], marks['copy-alias']].includes(image))
    .toSorted((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? ''));
}

/** The zones in which a copy of the image lies. */
export function zonesOfCopies(machines: readonly MachineRecord[], id: string): readonly string[] {
  const zones = machines
    .filter((machine) => isCopy(machine) && machine.marks['copy-of'] === id)
    .map((machine) => machine.marks['copy-zone'] ?? '');
  return [...new Set(zones)];
}

/**
 * The template that an image id (its instance UUID) or a name means; our own copies are found through what they copy.
 * @throws invalid-argument when there are several with that name.
 */
export function findTemplate(machines: readonly MachineRecord[], image: string): MachineRecord | undefined {
  const templates = machines.filter((machine) => machine.template && !isCopy(machine));
  const found = templates.filter((each) => each.instanceUuid === image.toLowerCase() || each.name === image);
  if (found.length <= 1) return found[0];
  throw new SpringtideError(
    'invalid-argument',
    `${found.length} templates are called "${image}"; nothing was created`,
    { nextStep: 'Name the template by its id from the list of images.' },
  );
}
