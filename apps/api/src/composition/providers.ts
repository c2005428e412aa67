import { providers } from '@springtide/providers';
import type { ProviderManifest } from '@springtide/provider-kit';

/** All providers of this installation, loaded once. */
export async function loadProviders(): Promise<ReadonlyMap<string, ProviderManifest>> {
  const entries = Object.entries(providers).map(async ([id, load]) => [id, (await load()).manifest] as const);
  return new Map(await Promise.all(entries));
}
