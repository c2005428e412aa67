import type { ProviderManifest } from '../contract/session.js';

/** The generated registry: a provider's folder is loaded only when it is asked for. */
export type ProviderRegistry = Readonly<
  Record<string, () => Promise<Readonly<{ manifest: ProviderManifest }>>>
>;

/** All providers of a registry, loaded once, by id. */
export async function loadManifests(
  registry: ProviderRegistry,
): Promise<ReadonlyMap<string, ProviderManifest>> {
  const entries = Object.entries(registry).map(async ([id, load]) => [id, (await load()).manifest] as const);
  return new Map(await Promise.all(entries));
}
