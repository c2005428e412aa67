import type { Tag } from '@aws-sdk/client-ec2';
import {
  readOwnershipTags,
  type Relation,
  type RelationKind,
  type RelationTarget,
  type Resource,
  type ResourceKind,
} from '@springtide/provider-kit';
import { nameOf, readLabels, tagMap } from './tags.js';

type RawResource = Readonly<{
  kind: ResourceKind;
  id: string | undefined;
  region: string;
  /** Where the service has names beside the Name tag. */
  name?: string | undefined;
  zone?: string | undefined;
  state?: string | undefined;
  tags?: readonly Tag[] | undefined;
  facts: Readonly<Record<string, string | number | boolean | undefined>>;
  relations?: readonly (Relation | undefined)[];
  createdAt?: Date | undefined;
}>;

export function toResource(raw: RawResource): Resource {
  const tags = tagMap(raw.tags);
  const ownership = readOwnershipTags(tags);
  const id = raw.id ?? '';
  const facts = Object.entries(raw.facts).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [[key, value] as const],
  );
  return {
    kind: raw.kind,
    id,
    name: (raw.name ?? '') || nameOf(tags) || id,
    region: raw.region,
    ...(raw.zone === undefined ? {} : { zone: raw.zone }),
    ...(raw.state === undefined ? {} : { state: raw.state.toLowerCase() }),
    facts: Object.fromEntries(facts),
    labels: readLabels(tags),
    relations: (raw.relations ?? []).filter((relation) => relation !== undefined),
    ...(raw.createdAt === undefined ? {} : { createdAt: raw.createdAt.toISOString() }),
    ...(ownership === undefined ? {} : { ownership }),
  };
}

/** Undefined where there is nothing to point at. */
export function relation(
  kind: RelationKind,
  to: RelationTarget,
  id: string | undefined,
): Relation | undefined {
  return id === undefined || id === '' ? undefined : { kind, to, id };
}

/** What a machine or interface hangs on. */
export function placeOf(
  subnet: string | undefined,
  groups: readonly Readonly<{ GroupId?: string | undefined }>[] | undefined,
): readonly Relation[] {
  return [
    relation('inside', 'network', subnet),
    ...(groups ?? []).map(({ GroupId }) => relation('guarded-by', 'security-group', GroupId)),
  ].filter((each) => each !== undefined);
}
