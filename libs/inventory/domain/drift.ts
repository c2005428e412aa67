import type { Instant } from '@springtide/kernel';
import type { DriftEvent, Observed, ResourceType } from './observed.js';
import type { FieldChange, Reconciliation } from './reconciliation.js';

/** What moves with every machine that comes or goes: worth storing, not worth telling. */
const VOLATILE: Readonly<Record<ResourceType, readonly string[]>> = {
  machine: [],
  network: ['freeAddresses'],
  image: [],
};

type DriftPlace = Readonly<{ accountId: string; region: string; resourceType: ResourceType }>;

/** What a believed look at a place found changed, as events for people and alarms. */
export function driftOf(
  place: DriftPlace,
  found: Pick<Reconciliation<Observed>, 'appeared' | 'changed'>,
  gone: readonly Observed[],
  at: Instant,
): DriftEvent[] {
  const { accountId, region, resourceType } = place;
  const event = (
    resource: Observed,
    kind: DriftEvent['kind'],
    changes: readonly FieldChange[],
  ): DriftEvent => ({
    accountId,
    region,
    resourceType,
    resourceId: resource.id,
    name: resource.name,
    kind,
    changes,
    at,
  });
  const tells = ({ field }: FieldChange): boolean => !VOLATILE[resourceType].includes(field);
  return [
    ...found.appeared.map((resource) => event(resource, 'appeared', [])),
    ...found.changed
      .map(({ resource, changes }) => ({ resource, changes: changes.filter(tells) }))
      .filter(({ changes }) => changes.length > 0)
      .map(({ resource, changes }) => event(resource, 'changed', changes)),
    ...gone.map((resource) => event(resource, 'gone', [])),
  ];
}
