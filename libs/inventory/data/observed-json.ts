import { SpringtideError } from '@springtide/kernel';
import { z } from 'zod';
import type {
  FieldChange,
  Observed,
  ObservedByType,
  ObservedImage,
  ObservedMachine,
  ObservedNetwork,
  ResourceType,
} from '../domain/index.js';

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
  ownership: z.exactOptional(
    z.object({
      installation: z.string(),
      tenant: z.string(),
      intent: z.string(),
      token: z.string(),
      campaign: z.exactOptional(z.string()),
      service: z.exactOptional(z.string()),
      releaseBy: z.exactOptional(z.string()),
    }),
  ),
  labels: z.record(z.string(), z.string()),
  stateReason: z.exactOptional(z.string()),
});

const network: z.ZodType<ObservedNetwork> = z.object({
  id: z.string(),
  name: z.string(),
  region: z.string(),
  zone: z.exactOptional(z.string()),
  cidr: z.exactOptional(z.string()),
  freeAddresses: z.exactOptional(z.number()),
});

const image: z.ZodType<ObservedImage> = z.object({
  id: z.string(),
  name: z.string(),
  region: z.string(),
  arch: z.enum(['amd64', 'arm64']),
  createdAt: z.exactOptional(z.string()),
});

const SCHEMAS: Readonly<{ [K in ResourceType]: z.ZodType<ObservedByType[K]> }> = { machine, network, image };

/** @throws internal when a stored row is not what this version of Springtide writes. */
export function readObserved<K extends ResourceType>(resourceType: K, value: unknown): ObservedByType[K] {
  const parsed = SCHEMAS[resourceType].safeParse(value);
  if (parsed.success) return parsed.data;
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

/** What a text search looks through: name, cloud id and addresses, in lower case. */
export function searchText(resource: Observed): string {
  const more = 'addresses' in resource ? resource.addresses : 'cidr' in resource ? [resource.cidr] : [];
  return [resource.name, resource.id, ...more].join(' ').toLowerCase();
}
