import { RESOURCE_TYPES } from '@springtide/contracts';
import { SpringtideError } from '@springtide/kernel';
import { z } from 'zod';
import type {
  Doer,
  FieldChange,
  Observed,
  ObservedByType,
  ObservedImage,
  ObservedMachine,
  ObservedNetwork,
  ObservedOwnership,
  ObservedRelation,
  ObservedResource,
  OtherType,
  ResourceType,
} from '../domain/index.js';

const OTHER_TYPES = RESOURCE_TYPES.filter((type): type is OtherType => !isListedApart(type));

function isListedApart(type: ResourceType): type is 'machine' | 'network' | 'image' {
  return type === 'machine' || type === 'network' || type === 'image';
}

const ownership: z.ZodType<ObservedOwnership> = z.object({
  installation: z.string(),
  tenant: z.string(),
  intent: z.string(),
  token: z.string(),
  campaign: z.exactOptional(z.string()),
  service: z.exactOptional(z.string()),
  releaseBy: z.exactOptional(z.string()),
});

const relation: z.ZodType<ObservedRelation> = z.object({
  kind: z.enum(['runs-on', 'attached-to', 'part-of', 'sends-to', 'inside', 'guarded-by', 'made-from']),
  to: z.enum(RESOURCE_TYPES),
  id: z.string(),
});

const machine: z.ZodType<ObservedMachine> = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(['pending', 'running', 'stopping', 'stopped', 'terminating', 'failed', 'unknown']),
  region: z.string(),
  zone: z.string(),
  machineType: z.string(),
  purchaseOption: z.enum(['private', 'reserved', 'on-demand', 'spot']),
  addresses: z.array(z.string()),
  image: z.exactOptional(z.string()),
  launchedAt: z.exactOptional(z.string()),
  ownership: z.exactOptional(ownership),
  labels: z.record(z.string(), z.string()),
  relations: z.exactOptional(z.array(relation)),
  stateReason: z.exactOptional(z.string()),
  notice: z.exactOptional(z.string()),
});

const network: z.ZodType<ObservedNetwork> = z.object({
  id: z.string(),
  name: z.string(),
  region: z.string(),
  zone: z.exactOptional(z.string()),
  cidr: z.exactOptional(z.string()),
  freeAddresses: z.exactOptional(z.number()),
  takesUnnamed: z.exactOptional(z.literal(true)),
});

const image: z.ZodType<ObservedImage> = z.object({
  id: z.string(),
  name: z.string(),
  region: z.string(),
  arch: z.enum(['amd64', 'arm64']),
  createdAt: z.exactOptional(z.string()),
  library: z.exactOptional(z.string()),
  digest: z.exactOptional(z.string()),
  syncedAt: z.exactOptional(z.string()),
  placedIn: z.exactOptional(z.array(z.string())),
});

const other: z.ZodType<ObservedResource> = z.object({
  kind: z.enum(OTHER_TYPES),
  id: z.string(),
  name: z.string(),
  region: z.string(),
  zone: z.exactOptional(z.string()),
  state: z.exactOptional(z.string()),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  labels: z.record(z.string(), z.string()),
  relations: z.array(relation),
  createdAt: z.exactOptional(z.string()),
  ownership: z.exactOptional(ownership),
});

const LISTED_APART = { machine, network, image };

/** @throws internal when a stored row is not what this version of Springtide writes. */
export function readObserved<K extends ResourceType>(resourceType: K, value: unknown): ObservedByType[K] {
  const schema = isListedApart(resourceType) ? LISTED_APART[resourceType] : other;
  const parsed = schema.safeParse(value);
  // The schema was chosen by the type, which the compiler cannot follow.
  if (parsed.success) return parsed.data as ObservedByType[K];
  throw new SpringtideError(
    'internal',
    `a stored ${resourceType} cannot be read: ${z.prettifyError(parsed.error)}`,
    { retry: 'never', effect: 'none' },
  );
}

const changes: z.ZodType<readonly FieldChange[]> = z.array(
  z.object({ field: z.string(), before: z.string(), after: z.string() }),
);

export function readChanges(value: unknown): readonly FieldChange[] {
  return changes.parse(value);
}

const doer: z.ZodType<Doer> = z.discriminatedUnion('by', [
  z.object({
    by: z.literal('springtide'),
    intentId: z.string(),
    runId: z.string().nullable(),
    campaignId: z.string().nullable(),
  }),
  z.object({ by: z.literal('outside'), trail: z.string().nullable() }),
]);

export function readDoer(value: unknown): Doer {
  return doer.parse(value);
}

/** What a text search looks through: name, cloud id, addresses and short facts, in lower case. */
export function searchText(resource: Observed): string {
  return [resource.name, resource.id, ...moreText(resource)].join(' ').toLowerCase();
}

function moreText(resource: Observed): readonly string[] {
  if ('addresses' in resource) return resource.addresses;
  if ('facts' in resource) return Object.values(resource.facts).filter((fact) => typeof fact === 'string');
  return 'cidr' in resource && resource.cidr !== undefined ? [resource.cidr] : [];
}
