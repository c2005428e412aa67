import { readOwnershipTags, type Relation, type Resource, type ResourceKind } from '@springtide/provider-kit';
import { toFullInstant } from './mapping.js';
import { readLabels } from './tags.js';

type Facts = Readonly<Record<string, string | number | boolean | undefined | null>>;

type Raw = Readonly<{
  kind: ResourceKind;
  id: string;
  name?: string | undefined;
  region: string;
  zone?: string | undefined;
  state?: string | undefined;
  facts: Facts;
  tags: ReadonlyMap<string, string>;
  relations: readonly (Relation | undefined)[];
  createdAt?: string | undefined;
}>;

/** What the cloud left out is left out here too. */
export function toResource(raw: Raw): Resource {
  const ownership = readOwnershipTags(raw.tags);
  const facts = Object.entries(raw.facts).filter(
    ([, fact]) => fact !== undefined && fact !== null && fact !== '',
  );
  return {
    kind: raw.kind,
    id: raw.id,
    name: raw.name ?? raw.id,
    region: raw.region,
    ...(raw.zone === undefined ? {} : { zone: raw.zone }),
    ...(raw.state === undefined ? {} : { state: raw.state.toLowerCase() }),
    facts: Object.fromEntries(facts) as Resource['facts'],
    labels: readLabels(raw.tags),
    relations: raw.relations.filter((each) => each !== undefined),
    ...(raw.createdAt === undefined ? {} : { createdAt: toFullInstant(raw.createdAt) }),
    ...(ownership === undefined ? {} : { ownership }),
  };
}
