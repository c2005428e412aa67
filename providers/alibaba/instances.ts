import type { AlibabaApi, Scope } from './api.js';
import { allOf, tokenPages } from './paging.js';
import type { Tag } from './tags.js';
import { instancesAnswer, tagResourcesAnswer, type WireInstance } from './wire.js';

const PAGE_SIZE = 100;
/** A listing filtered by tag ends here without a word, so one that got so far is finished another way. */
const TAG_FILTER_END = 1_000;

export type InstancePage = Readonly<{ items: readonly WireInstance[]; complete: boolean }>;

/** At most a hundred ids. Those that no machine has are left out of the answer, not refused. */
export async function instancesById(
  api: AlibabaApi,
  at: Scope,
  ids: readonly string[],
): Promise<readonly WireInstance[]> {
  if (ids.length === 0) return [];
  return allOf(
    tokenPages(async (NextToken) => {
      const InstanceIds = JSON.stringify(ids);
      const { Instances, NextToken: next } = await api.read(at, {
        product: 'ecs',
        action: 'DescribeInstances',
        parameters: { RegionId: at.region, InstanceIds, MaxResults: PAGE_SIZE, NextToken },
        answer: instancesAnswer,
      });
      return { items: Instances, next };
    }),
  );
}

export async function* instancePages(
  api: AlibabaApi,
  at: Scope,
  tags: readonly Tag[],
): AsyncGenerator<InstancePage> {
  const seen = new Set<string>();
  let next: string | undefined;
  do {
    const answer = await api.read(at, {
      product: 'ecs',
      action: 'DescribeInstances',
      parameters: { RegionId: at.region, MaxResults: PAGE_SIZE, NextToken: next, Tag: tags },
      answer: instancesAnswer,
    });
    next = answer.NextToken;
    for (const { InstanceId } of answer.Instances) seen.add(InstanceId);
    const cutShort = next === undefined && tags.length > 0 && seen.size >= TAG_FILTER_END;
    yield { items: answer.Instances, complete: next === undefined && !cutShort };
    if (cutShort) yield* beyondTheFilter(api, at, tags, seen);
  } while (next !== undefined);
}

/** The index of tags has no end: it tells the ids, and the machines are read by those. */
async function* beyondTheFilter(
  api: AlibabaApi,
  at: Scope,
  tags: readonly Tag[],
  seen: ReadonlySet<string>,
): AsyncGenerator<InstancePage> {
  const missing = (await taggedIds(api, at, tags)).filter((id) => !seen.has(id));
  for (let start = 0; start < missing.length; start += PAGE_SIZE) {
    const items = await instancesById(api, at, missing.slice(start, start + PAGE_SIZE));
    yield { items, complete: start + PAGE_SIZE >= missing.length };
  }
  if (missing.length === 0) yield { items: [], complete: true };
}

async function taggedIds(api: AlibabaApi, at: Scope, tags: readonly Tag[]): Promise<string[]> {
  const ids = new Set<string>();
  let next: string | undefined;
  do {
    const answer = await api.read(at, {
      product: 'ecs',
      action: 'ListTagResources',
      parameters: { RegionId: at.region, ResourceType: 'instance', Tag: tags, NextToken: next },
      answer: tagResourcesAnswer,
    });
    for (const { ResourceId } of answer.TagResources) ids.add(ResourceId);
    next = answer.NextToken;
  } while (next !== undefined);
  return [...ids];
}
