import type { LaunchBatch, Ownership } from '@springtide/provider-kit';

const OWN_PREFIX = 'springtide:';
export const INSTALLATION_TAG = 'springtide:installation';
export const INTENT_TAG = 'springtide:intent';
export const TOKEN_TAG = 'springtide:token';

/** Every part of every product may leave out or null what it has none of. */
type RawTag = Readonly<{ Key?: string | null; Value?: string | null; TagKey?: string; TagValue?: string }>;
export type Tag = { Key: string; Value: string };

export function launchTags(batch: Pick<LaunchBatch, 'labels' | 'ownership'>): Tag[] {
  const { ownership } = batch;
  const tags: Record<string, string | undefined> = {
    ...batch.labels,
    [INSTALLATION_TAG]: ownership.installation,
    'springtide:tenant': ownership.tenant,
    [INTENT_TAG]: ownership.intent,
    [TOKEN_TAG]: ownership.token,
    'springtide:campaign': ownership.campaign,
    'springtide:service': ownership.service,
    'springtide:release-by': ownership.releaseBy,
  };
  return Object.entries(tags).flatMap(([Key, Value]) => (Value === undefined ? [] : [{ Key, Value }]));
}

export function tagMap(tags: readonly RawTag[] | null | undefined): ReadonlyMap<string, string> {
  return new Map(
    (tags ?? []).map((tag) => [tag.Key ?? tag.TagKey ?? '', tag.Value ?? tag.TagValue ?? ''] as const),
  );
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
  return Object.fromEntries([...tags].filter(([key]) => !key.startsWith(OWN_PREFIX)));
}
