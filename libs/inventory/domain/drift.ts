import type { Instant } from '@springtide/kernel';
import { doerOf, type LedgerMachines } from './attribution.js';
import type { DriftEvent, DriftKind, Observed, ResourceType } from './observed.js';
import type { FieldChange, Taken } from './reconciliation.js';

/** What moves with every machine that comes or goes, and with its load: worth storing, not worth telling. */
const VOLATILE: Partial<Record<ResourceType, readonly string[]>> = {
  network: ['freeAddresses'],
  host: ['machines', 'usedCpuMhz', 'usedMemoryMib', 'vcpuUsed', 'memoryUsedMib'].map(
    (fact) => `facts.${fact}`,
  ),
  volume: ['facts.freeGib'],
  workload: ['facts.ready'],
};

type DriftPlace = Readonly<{ accountId: string; region: string; resourceType: ResourceType }>;

/** By whom things may have been done: what the ledger knows, and our creator mark. */
export type Suspicion = Readonly<{ ledger: LedgerMachines; installation: string }>;

/** What a believed look at a place found changed, as events for people and alarms. */
export function driftOf(
  place: DriftPlace,
  found: Pick<Taken<Observed>, 'appeared' | 'changed'>,
  gone: readonly Observed[],
  at: Instant,
  { ledger, installation }: Suspicion,
): DriftEvent[] {
  const { accountId, region, resourceType } = place;
  const event = (resource: Observed, kind: DriftKind, changes: readonly FieldChange[]): DriftEvent => ({
    accountId,
    region,
    resourceType,
    resourceId: resource.id,
    name: resource.name,
    kind,
    changes,
    who: doerOf({ kind, resource, changes }, ledger, installation),
    at,
  });
  const quiet = VOLATILE[resourceType] ?? [];
  return [
    ...found.appeared.map((resource) => event(resource, 'appeared', [])),
    ...found.changed
      .map(({ resource, changes }) => ({
        resource,
        changes: changes.filter((c) => !quiet.includes(c.field)),
      }))
      .filter(({ changes }) => changes.length > 0)
      .map(({ resource, changes }) => event(resource, 'changed', changes)),
    ...gone.map((resource) => event(resource, 'gone', [])),
  ];
}
