import { toInstant } from '@springtide/kernel';
import type { Deed } from '@springtide/provider-kit';
import { trailEvent, type WireTrailEvent } from './wire.js';

/**
 * What an event tells of these machines: nothing when it failed, only looked, names nobody, or is of another shape
 * (alibabacloud.com/help/doc-detail/28819).
 */
export function toDeeds(event: unknown, wanted: ReadonlySet<string>): readonly Deed[] {
  const parsed = trailEvent.safeParse(event);
  if (!parsed.success) return [];
  const { eventName, eventTime, eventRW, errorCode, userIdentity, referencedResources } = parsed.data;
  const who = whoOf(userIdentity);
  if (errorCode !== undefined || eventRW === 'Read' || who === undefined) return [];
  const at = toInstant(new Date(eventTime));
  const touched = new Set(Object.values(referencedResources).flat());
  return [...touched]
    .filter((id) => wanted.has(id))
    .map((machineId) => ({ machineId, who, what: eventName, at }));
}

/** A session of a role is named `role:session` by the vendor. */
function whoOf({ type, userName, principalId }: WireTrailEvent['userIdentity']): string | undefined {
  if (type === 'root-account') return 'root account';
  const name = userName ?? principalId;
  if (name === undefined) return undefined;
  if (type === 'assumed-role') return `role ${name}`;
  return userName ?? `${type ?? 'user'} ${name}`;
}
