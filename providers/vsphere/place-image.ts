import { SpringtideError, type Instant } from '@springtide/kernel';
import type { ImageOrder, Ownership, PlacedImage } from '@springtide/provider-kit';
import { copiesIn, findTemplate } from './image-copies.js';
import type { LibraryItem } from './library/library-item.js';
import type { MachineRecord } from './machine-record.js';
import { sweepMachines, type Vsphere } from './machine-search.js';
import { placeCopy } from './place-copy.js';
import { clusterOf, datastoresOf, type Cluster, type Datacenter } from './site-map.js';
import { readTemplateSpace } from './template-space.js';
import { propertyReferences, propertyText, readObjects } from './vim/property-collector.js';

type Site = Readonly<{ datacenter: Datacenter; cluster: Cluster; machines: readonly MachineRecord[] }>;

/** What an order or a launch means by its image. */
type Meant =
  Readonly<{ kind: 'template'; template: MachineRecord }> | Readonly<{ kind: 'item'; item: LibraryItem }>;

/** Idempotent: what is there already with this content is left alone, and older copies of the same image go. */
export async function placeImage(
  vsphere: Vsphere,
  order: ImageOrder,
  deadline: Instant,
): Promise<PlacedImage> {
  const datacenter = await vsphere.sites.now(order.region, deadline);
  const cluster = clusterOf(datacenter, order.zone);
  const machines = await sweepMachines(vsphere, datacenter, deadline);
  const site = { datacenter, cluster, machines };
  const meant = await meaningOf(vsphere, machines, order.image, deadline);
  if (meant.kind === 'template') return placeTemplate(vsphere, site, meant.template, order, deadline);
  const item = meant.item.subscribed ? await syncItem(vsphere, meant.item, deadline) : meant.item;
  await placeItem(vsphere, site, item, order.ownership, deadline);
  const { digest, syncedAt } = item;
  return {
    image: item.id,
    zone: cluster.name,
    ...(digest === undefined ? {} : { digest }),
    ...(syncedAt === undefined ? {} : { syncedAt }),
  };
}

/**
 * What a launch clones. A copy that was placed in the zone goes before its original: what was placed and rehearsed is
 * what runs, whatever was published since. An item that was never placed is placed now.
 * @throws invalid-argument when nothing, or more than one thing, is called so.
 */
export async function templateForLaunch(
  vsphere: Vsphere,
  site: Site,
  wanted: Readonly<{ image: string; ownership: Ownership }>,
  deadline: Instant,
): Promise<MachineRecord> {
  const original = findTemplate(site.machines, wanted.image);
  const [placed] = copiesIn(site.machines, site.cluster.name, original?.instanceUuid ?? wanted.image);
  const known = placed ?? original;
  if (known !== undefined) return known;
  const meant = await meaningOf(vsphere, site.machines, wanted.image, deadline);
  if (meant.kind === 'template') return meant.template;
  const item = meant.item.cached ? meant.item : await syncItem(vsphere, meant.item, deadline);
  return placeItem(vsphere, site, item, wanted.ownership, deadline);
}

async function meaningOf(
  vsphere: Vsphere,
  machines: readonly MachineRecord[],
  image: string,
  deadline: Instant,
): Promise<Meant> {
  const template = findTemplate(machines, image);
  if (template !== undefined) return { kind: 'template', template };
  const item = await vsphere.libraries?.find(image, deadline);
  if (item !== undefined) return { kind: 'item', item };
  throw new SpringtideError(
    'invalid-argument',
    `vSphere has no template${vsphere.libraries === undefined ? '' : ' or library item'} "${image}"; nothing was created`,
    { nextStep: 'Name the image by its id from the list of images.' },
  );
}

async function syncItem(vsphere: Vsphere, item: LibraryItem, deadline: Instant): Promise<LibraryItem> {
  return (await vsphere.libraries?.sync(item, deadline)) ?? item;
}

async function placeItem(
  vsphere: Vsphere,
  { datacenter, cluster, machines }: Site,
  item: LibraryItem,
  ownership: Ownership,
  deadline: Instant,
): Promise<MachineRecord> {
  const { id, name, library, digest, version } = item;
  const source = { id, name, alias: `${library}/${name}`, content: digest ?? `version ${version}` };
  const from = { kind: 'item', item } as const;
  const spaceMiB = item.sizeMiB;
  return placeCopy({ vsphere, datacenter, cluster, machines, source, from, spaceMiB, ownership, deadline });
}

/** Nothing to do where the zone's machines are made on datastores that the template lies on. */
async function placeTemplate(
  vsphere: Vsphere,
  { datacenter, cluster, machines }: Site,
  template: MachineRecord,
  order: ImageOrder,
  deadline: Instant,
): Promise<PlacedImage> {
  const answer = { image: template.instanceUuid, zone: cluster.name };
  const wish = { VirtualMachine: ['datastore', 'config.modified'] };
  const [content] = await readObjects(vsphere.session, [template.ref], wish, deadline);
  const lies = content === undefined ? [] : propertyReferences(content, 'datastore').map(({ id }) => id);
  const near = datastoresOf(datacenter, cluster, vsphere.account.datastores)
    .filter((each) => cluster.hosts.some((host) => each.hosts.has(host.ref.id)))
    .map(({ ref }) => ref.id);
  if (lies.every((id) => near.includes(id))) return answer;
  const modified =
    (content === undefined ? undefined : propertyText(content, 'config.modified')) ?? 'unknown';
  const { instanceUuid: id, name } = template;
  const source = { id, name, alias: name, content: `modified ${modified}` };
  const spaceMiB = (await readTemplateSpace(vsphere, [template], deadline)).get(template.ref.id) ?? 0;
  const from = { kind: 'template', template } as const;
  const { ownership } = order;
  await placeCopy({ vsphere, datacenter, cluster, machines, source, from, spaceMiB, ownership, deadline });
  return answer;
}
