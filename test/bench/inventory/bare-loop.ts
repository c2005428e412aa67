import type { CloudClient } from '@springtide/provider-kit';

type Listing = AsyncIterable<Readonly<{ items: readonly unknown[] }>>;

/** What a script would do: page through everything the account has, and keep nothing. @returns how much there was. */
export async function bareLoop(client: CloudClient, region: string): Promise<number> {
  const listings: Listing[] = [client.compute.list({ region })];
  if (client.offers('network')) listings.push(client.network.listNetworks({ region }));
  if (client.offers('images')) listings.push(client.images.listImages({ region }));
  if (client.offers('resources')) {
    const { resources } = client;
    listings.push(...resources.kinds.map((kind) => resources.listResources({ region, kind })));
  }
  let found = 0;
  for (const listing of listings) for await (const page of listing) found += page.items.length;
  return found;
}
