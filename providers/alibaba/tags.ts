import {
  OWNERSHIP_TAGS,
  labelsIn,
  ownershipTags,
  type LaunchBatch,
  type Ownership,
} from '@springtide/provider-kit';

export const { installation: INSTALLATION_TAG, intent: INTENT_TAG, token: TOKEN_TAG } = OWNERSHIP_TAGS;

const VENDOR_PREFIX = 'acs:';

export type Tag = Readonly<{ Key: string; Value: string }>;

/** The mark of a resource beside its labels, for the create call itself. */
export function creationTags(ownership: Ownership, labels: LaunchBatch['labels']): Tag[] {
  return Object.entries({ ...labels, ...ownershipTags(ownership) }).map(([Key, Value]) => ({ Key, Value }));
}

export function readLabels(tags: ReadonlyMap<string, string>): Record<string, string> {
  return labelsIn(tags, (key) => key.startsWith(VENDOR_PREFIX));
}
