import { OWNERSHIP_TAGS, labelsIn, ownershipTags, type LaunchBatch } from '@springtide/provider-kit';

export const { installation: INSTALLATION_TAG, intent: INTENT_TAG, token: TOKEN_TAG } = OWNERSHIP_TAGS;

/** Every part of every product may leave out or null what it has none of. */
type RawTag = Readonly<{ Key?: string | null; Value?: string | null; TagKey?: string; TagValue?: string }>;
export type Tag = { Key: string; Value: string };

export function launchTags({ labels, ownership }: Pick<LaunchBatch, 'labels' | 'ownership'>): Tag[] {
  return Object.entries({ ...labels, ...ownershipTags(ownership) }).map(([Key, Value]) => ({ Key, Value }));
}

export function tagMap(tags: readonly RawTag[] | null | undefined): ReadonlyMap<string, string> {
  return new Map(
    (tags ?? []).map((tag) => [tag.Key ?? tag.TagKey ?? '', tag.Value ?? tag.TagValue ?? ''] as const),
  );
}

export function readLabels(tags: ReadonlyMap<string, string>): Record<string, string> {
  return labelsIn(tags, () => false);
}
