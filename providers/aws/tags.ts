import type { Tag } from '@aws-sdk/client-ec2';
import { OWNERSHIP_TAGS, labelsIn, ownershipTags, type LaunchBatch } from '@springtide/provider-kit';

export const { installation: INSTALLATION_TAG, intent: INTENT_TAG, token: TOKEN_TAG } = OWNERSHIP_TAGS;

const NAME_TAG = 'Name';
const AWS_PREFIX = 'aws:';

/** RunInstances gives one set of tags to the whole batch: the name is the prefix, the number comes from the launch index. */
export function launchTags(batch: LaunchBatch): Tag[] {
  const tags = { ...batch.labels, [NAME_TAG]: batch.namePrefix, ...ownershipTags(batch.ownership) };
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function tagMap(tags: readonly Tag[] | undefined): ReadonlyMap<string, string> {
  return new Map((tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}

export function readLabels(tags: ReadonlyMap<string, string>): Record<string, string> {
  return labelsIn(tags, (key) => key === NAME_TAG || key.startsWith(AWS_PREFIX));
}

export function nameOf(tags: ReadonlyMap<string, string>): string {
  return tags.get(NAME_TAG) ?? '';
}
