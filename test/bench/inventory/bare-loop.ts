import { MINUTE, addMs, toInstant } from '@springtide/kernel';
import { systemClock } from '@springtide/platform';
import type { CallControl, CloudClient } from '@springtide/provider-kit';

type Listing = AsyncIterable<Readonly<{ items: readonly unknown[] }>>;

/** As patient as a sync. */
export function patiently(): CallControl {
  return { deadline: addMs(toInstant(systemClock.now()), 10 * MINUTE), priority: 'sync' };
}

/** What a script would do: page through everything the account has, and keep nothing. @returns how much there was. */
export async function bareLoop(client: CloudClient, region: string): Promise<number> {
  const control = patiently();
  const listings: Listing[] = [client.compute.list({ region }, control)];
  if (client.offers('network')) listings.push(client.network.listNetworks({ region }, control));
  if (client.offers('images')) listings.push(client.images.listImages({ region }, control));
  if (client.offers('resources')) {
    const { resources } = client;
    listings.push(...resources.kinds.map((kind) => resources.listResources({ region, kind }, control)));
  }
  let found = 0;
  for (const listing of listings) for await (const page of listing) found += page.items.length;
  return found;
}
