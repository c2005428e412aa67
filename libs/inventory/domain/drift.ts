import type { Instant } from '@springtide/kernel';
import type { DriftEvent, Observed, ResourceType } from './observed.js';
import type { FieldChange, Reconciliation } from './reconciliation.js';

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
  return [
    ...found.appeared.map((resource) => event(resource, 'appeared', [])),
    ...found.changed.map(({ resource, changes }) => event(resource, 'changed', changes)),
    ...gone.map((resource) => event(resource, 'gone', [])),
  ];
}
