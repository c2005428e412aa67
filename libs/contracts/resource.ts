import { z } from 'zod';
import { RESOURCE_TYPES } from './inventory.js';
import { Id, InstantText } from './scalars.js';

const ResourceTypeName = z.enum(RESOURCE_TYPES);

export const RELATION_KINDS = [
  'runs-on',
  'attached-to',
  'part-of',
  'sends-to',
  'inside',
  'guarded-by',
  'made-from',
] as const;
const RelationKindName = z.enum(RELATION_KINDS);

/** What lists are sorted by; with a minus sign in front, the other way round. */
export const RESOURCE_SORTS = [
  'name',
  '-name',
  'state',
  '-state',
  'zone',
  '-zone',
  'firstSeen',
  '-firstSeen',
] as const;

/** Everything that is given must hold. The same words in a list's query and in a saved view. */
export const ResourceFilter = z.object({
  type: ResourceTypeName.optional(),
  accountId: Id.optional(),
  region: z.string().max(120).optional(),
  zone: z.string().max(120).optional(),
  /** The cloud's word, or `gone`; without it, what is gone is left out. */
  state: z.string().max(60).optional(),
  service: z.string().max(120).optional(),
  campaignId: Id.optional(),
  /** `true`: only what Springtide made. */
  owned: z.enum(['true', 'false']).optional(),
  /** Labels that must all be there, as `key=value` or `key`, separated by commas. */
  label: z.string().max(500).optional(),
  /** Part of a name, cloud id, address or short fact. */
  search: z.string().max(120).optional(),
  sort: z.enum(RESOURCE_SORTS).optional(),
});
export type ResourceFilter = z.infer<typeof ResourceFilter>;

/** Anything a cloud has, as it was last seen to describe it. */
export const ResourceBody = z
  .object({
    id: Id,
    type: ResourceTypeName,
    accountId: Id,
    accountName: z.string(),
    provider: z.string(),
    /** The cloud's own id of it. */
    resourceId: z.string(),
    name: z.string(),
    state: z.string().nullable(),
    region: z.string(),
    zone: z.string().nullable(),
    /** Short facts worth showing, with the unit in the key. */
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    labels: z.record(z.string(), z.string()),
    /** What it hangs on, by the cloud's ids. */
    relations: z.array(z.object({ kind: RelationKindName, to: ResourceTypeName, id: z.string() })),
    /** Set when Springtide made it. */
    ownership: z
      .object({ intent: z.string(), campaign: z.string().nullable(), service: z.string().nullable() })
      .nullable(),
    firstSeenAt: InstantText,
    /** Until when it is known to have been there. */
    lastSeenAt: InstantText,
    goneAt: InstantText.nullable(),
  })
  .meta({ id: 'Resource' });
export type ResourceBody = z.infer<typeof ResourceBody>;

/** Something is not as it was at the last look: what, when it was noticed, and who did it. */
export const DriftBody = z
  .object({
    id: z.string(),
    accountId: Id,
    accountName: z.string(),
    region: z.string(),
    type: ResourceTypeName,
    resourceId: z.string(),
    name: z.string(),
    kind: z.enum(['appeared', 'changed', 'gone']),
    changes: z.array(z.object({ field: z.string(), before: z.string(), after: z.string() })),
    /** `outside`: Springtide did not ask for it; `trail` is what the cloud itself says, where it says anything. */
    who: z.discriminatedUnion('by', [
      z.object({
        by: z.literal('springtide'),
        intentId: z.string(),
        runId: z.string().nullable(),
        campaignId: z.string().nullable(),
      }),
      z.object({ by: z.literal('outside'), trail: z.string().nullable() }),
    ]),
    at: InstantText,
  })
  .meta({ id: 'Drift' });
export type DriftBody = z.infer<typeof DriftBody>;

const Dependants = z.object({ type: ResourceTypeName, kind: RelationKindName, count: z.number().int() });

/** What a resource hangs on and what hangs on it. Arrows go from the dependent to what it hangs on. */
export const TopologyBody = z
  .object({
    /** Key of the node that was asked for. */
    root: z.string(),
    nodes: z.array(
      z.object({
        key: z.string(),
        /** Null: something points to it, and the inventory does not have it. */
        id: Id.nullable(),
        type: ResourceTypeName,
        resourceId: z.string(),
        name: z.string(),
        state: z.string().nullable(),
        accountId: Id,
        accountName: z.string(),
        region: z.string(),
        /** Steps from the root. */
        distance: z.number().int(),
        /** All that hang on it, shown or not; null where nobody looked. */
        dependants: z.array(Dependants).nullable(),
      }),
    ),
    edges: z.array(z.object({ from: z.string(), to: z.string(), kind: RelationKindName })),
    /** True: there is more than the limit let through. */
    cut: z.boolean(),
  })
  .meta({ id: 'Topology' });
export type TopologyBody = z.infer<typeof TopologyBody>;

/** How many there are of each type, and how much of it hangs on what. */
export const TopologySummaryBody = z
  .object({
    types: z.array(z.object({ type: ResourceTypeName, count: z.number().int() })),
    relations: z.array(
      z.object({
        from: ResourceTypeName,
        kind: RelationKindName,
        to: ResourceTypeName,
        count: z.number().int(),
      }),
    ),
  })
  .meta({ id: 'TopologySummary' });
export type TopologySummaryBody = z.infer<typeof TopologySummaryBody>;

/** A filter that somebody kept under a name. */
export const ViewInput = z.object({
  name: z.string().trim().min(1).max(80),
  /** Everybody in the tenant sees it; only its owner changes it. */
  shared: z.boolean().default(false),
  query: ResourceFilter,
});
export type ViewInput = z.infer<typeof ViewInput>;

export const ViewBody = ViewInput.extend({
  id: Id,
  shared: z.boolean(),
  ownerName: z.string(),
  /** Made by the one who asks. */
  mine: z.boolean(),
  version: z.number().int(),
  updatedAt: InstantText,
}).meta({ id: 'InventoryView' });
export type ViewBody = z.infer<typeof ViewBody>;
