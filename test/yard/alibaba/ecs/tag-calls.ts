import type { AlibabaCloud } from '../cloud.js';
import { nextPage, readToken } from '../paging.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { notFound, WireError } from '../wire/wire-error.js';
import { hasTags } from './describe-instances.js';

/** Resources, not tags, per page. */
const PAGE = 50;

type Tagged = Readonly<{ id: string; order: number; visibleAt?: number; tags: Map<string, string> }>;

/** One row per resource and tag; goes past the 1,000 at which listings with a tag filter stop. */
export function listTagResources(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const kind = call.need('ResourceType').toLowerCase();
  const regionId = call.need('RegionId');
  cloud.region(regionId);
  const ids = new Set(call.list('ResourceId'));
  const wanted = new Map([...call.tags(), ...filterTags(call)]);
  const token = call.text('NextToken');
  const below = storeOf(cloud, kind).newest(regionId, token === undefined ? undefined : readToken(token));
  const now = cloud.clock.life();
  const wantedOnly = matching(
    below,
    ({ id, tags, visibleAt = 0 }) =>
      visibleAt <= now && tags.size > 0 && (ids.size === 0 || ids.has(id)) && hasTags(tags, wanted),
  );
  const page = nextPage(wantedOnly, PAGE, 0);
  const rows = page.items.flatMap(({ id, tags }) =>
    [...tags].map(([TagKey, TagValue]) => ({ ResourceType: kind, ResourceId: id, TagKey, TagValue })),
  );
  return { NextToken: page.next, TagResources: { TagResource: rows } };
}

function* matching(all: Iterable<Tagged>, matches: (thing: Tagged) => boolean): Generator<Tagged> {
  for (const thing of all) if (matches(thing)) yield thing;
}

function filterTags(call: ApiCall): ReadonlyMap<string, string> {
  return new Map(
    call
      .records('TagFilter')
      .map((filter) => [filter.get('TagKey') ?? '', filter.get('TagValues.1') ?? ''] as const),
  );
}

export function tagResources(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  for (const { tags } of named(cloud, call)) for (const [key, value] of call.tags()) tags.set(key, value);
  return {};
}

export function untagResources(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const keys = call.flag('All') === true ? undefined : call.list('TagKey');
  for (const { tags } of named(cloud, call)) {
    for (const key of keys ?? [...tags.keys()]) tags.delete(key);
  }
  return {};
}

function named(cloud: AlibabaCloud, call: ApiCall): readonly Tagged[] {
  const kind = call.need('ResourceType').toLowerCase();
  return call.list('ResourceId').map((id) => {
    const found: Tagged | undefined = storeOf(cloud, kind).get(id);
    if (found === undefined) throw notFound('ResourceId', id);
    return found;
  });
}

type TaggedStore = Readonly<{
  get(id: string): Tagged | undefined;
  newest(regionId: string, before?: number): Iterable<Tagged>;
}>;

function storeOf(cloud: AlibabaCloud, kind: string): TaggedStore {
  if (kind === 'instance') return cloud.instances;
  if (kind === 'disk') return cloud.disks;
  if (kind === 'eni') return cloud.interfaces;
  throw new WireError(404, 'InvalidResourceType.NotFound', 'The specified ResourceType is not known here.');
}
