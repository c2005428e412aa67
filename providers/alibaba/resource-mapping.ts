import { readOwnershipTags, type Relation, type Resource, type ResourceKind } from '@springtide/provider-kit';
import { toFullInstant } from './mapping.js';
import { readLabels } from './tags.js';

type Facts = Readonly<Record<string, string | number | boolean | undefined | null>>;

type Raw = Readonly<{
  kind: ResourceKind;
  id: string;
  name?: string | null | undefined;
  region: string;
  zone?: string | null | undefined;
  state?: string | null | undefined;
  facts: Facts;
  tags: ReadonlyMap<string, string>;
  relations: readonly (Relation | undefined)[];
  createdAt?: string | null | undefined;
}>;

/** What the cloud left out, be it null, the empty string or nothing, is left out here too. */
export function toResource(raw: Raw): Resource {
  const ownership = readOwnershipTags(raw.tags);
  const facts = Object.entries(raw.facts).filter(
    ([, fact]) => fact !== undefined && fact !== null && fact !== '',
  );
  return {
    kind: raw.kind,
    id: raw.id,
    name: raw.name || raw.id,
    region: raw.region,
    ...(raw.zone ? { zone: raw.zone } : {}),
    ...(raw.state ? { state: raw.state.toLowerCase() } : {}),
    facts: Object.fromEntries(facts) as Resource['facts'],
    labels: readLabels(raw.tags),
    relations: raw.relations.filter((each) => each !== undefined),
    ...(raw.createdAt ? { createdAt: toFullInstant(raw.createdAt) } : {}),
    ...(ownership === undefined ? {} : { ownership }),
  };
}
