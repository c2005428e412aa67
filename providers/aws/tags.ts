import type { Tag } from '@aws-sdk/client-ec2';
import type { LaunchBatch, Ownership } from '@springtide/provider-kit';

export const INSTALLATION_TAG = 'springtide:installation';
export const INTENT_TAG = 'springtide:intent';
export const TOKEN_TAG = 'springtide:token';

const OWN_PREFIX = 'springtide:';
const NAME_TAG = 'Name';
const AWS_PREFIX = 'aws:';

/** RunInstances gives one set of tags to the whole batch: the name is the prefix, the number comes from the launch index. */
export function launchTags(batch: LaunchBatch): Tag[] {
  const tags = { ...batch.labels, [NAME_TAG]: batch.namePrefix, ...ownershipTags(batch.ownership) };
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function ownershipTags(ownership: Ownership): Record<string, string> {
  const tags: Record<string, string | undefined> = {
    [INSTALLATION_TAG]: ownership.installation,
    'springtide:tenant': ownership.tenant,
    [INTENT_TAG]: ownership.intent,
    [TOKEN_TAG]: ownership.token,
    'springtide:campaign': ownership.campaign,
    'springtide:service': ownership.service,
    'springtide:release-by': ownership.releaseBy,
  };
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );
}

export function tagMap(tags: readonly Tag[] | undefined): ReadonlyMap<string, string> {
  return new Map((tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}

/** Undefined unless the whole creator mark is there: half a mark is nobody's permission to delete. */
export function readOwnership(tags: ReadonlyMap<string, string>): Ownership | undefined {
  const installation = tags.get(INSTALLATION_TAG);
  const tenant = tags.get('springtide:tenant');
  const intent = tags.get(INTENT_TAG);
  const token = tags.get(TOKEN_TAG);
  if (!installation || !tenant || !intent || !token) return undefined;
  const campaign = tags.get('springtide:campaign');
  const service = tags.get('springtide:service');
  const releaseBy = tags.get('springtide:release-by');
  return {
    installation,
    tenant,
    intent,
    token,
    ...(campaign === undefined ? {} : { campaign }),
    ...(service === undefined ? {} : { service }),
    ...(releaseBy === undefined ? {} : { releaseBy }),
  };
}

export function readLabels(tags: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(
    [...tags].filter(
      ([key]) => key !== NAME_TAG && !key.startsWith(OWN_PREFIX) && !key.startsWith(AWS_PREFIX),
    ),
  );
}

export function nameOf(tags: ReadonlyMap<string, string>): string {
  return tags.get(NAME_TAG) ?? '';
}
