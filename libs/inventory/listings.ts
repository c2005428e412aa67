import { MINUTE, addMs, asSpringtideError } from '@springtide/kernel';
import type { CallControl, CloudClient } from '@springtide/provider-kit';
import type { Place } from './data/place.repository.js';
import type { ListingEnd, Observed, ResourceType } from './domain/index.js';
import type { PlacePass } from './place-pass.js';

/** A long list over a call budget that runs share and come first in takes minutes, and is worth them. */
const PATIENCE_MS = 10 * MINUTE;

/** What this cloud can list at all; the other types are unknown there, not absent. */
export function typesOf(client: CloudClient): readonly ResourceType[] {
  const types = new Set<ResourceType>();
  if (client.offers('compute')) types.add('machine');
  if (client.offers('network')) types.add('network');
  if (client.offers('images')) types.add('image');
  if (client.offers('resources')) for (const kind of client.resources.kinds) types.add(kind);
  return [...types];
}

/** Something that does not wait for the end of a long listing. */
export type BetweenPages = () => Promise<void>;

/** Reads the place page by page into the pass. A failure of the cloud ends the listing; a failure of ours is thrown. */
export async function readInto(
  pass: PlacePass,
  client: CloudClient,
  place: Place,
  betweenPages?: BetweenPages,
): Promise<Omit<ListingEnd, 'at'>> {
  const control = { deadline: addMs(pass.at, PATIENCE_MS), priority: 'sync' } as const;
  const pages = openListing(client, place, control)[Symbol.asyncIterator]();
  let complete = false;
  for (;;) {
    const step = await pages.next().catch(asFailure);
    if ('failure' in step) return { complete: false, reason: step.failure };
    if (step.done === true) break;
    await pass.offer(step.value.items);
    ({ complete } = step.value);
    await betweenPages?.();
  }
  return { complete, reason: complete ? null : 'the listing ended before it was complete' };
}

function asFailure(thrown: unknown): { failure: string } {
  return { failure: asSpringtideError(thrown).message };
}

function openListing(
  client: CloudClient,
  { region, resourceType }: Place,
  control: CallControl,
): AsyncIterable<Readonly<{ items: readonly Observed[]; complete: boolean }>> {
  if (resourceType === 'machine') return client.compute.list({ region }, control);
  if (resourceType === 'network') return client.network.listNetworks({ region }, control);
  if (resourceType === 'image') return client.images.listImages({ region }, control);
  return client.resources.listResources({ region, kind: resourceType }, control);
}
