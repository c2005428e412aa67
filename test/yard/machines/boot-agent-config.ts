import { z } from 'zod';

const capacitySchema = z.strictObject({
  requestsPerSecond: z.number().positive(),
  baseLatencyMs: z.number().min(0),
  queueMs: z.number().min(0).optional(),
});

const sourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('yard'), name: z.string(), adminUrl: z.url() }),
  z.strictObject({ kind: z.literal('simulated'), name: z.string(), url: z.url() }),
  z.strictObject({
    kind: z.literal('vsphere'),
    name: z.string(),
    url: z.url(),
    user: z.string(),
    password: z.string(),
    caPem: z.string(),
  }),
  z.strictObject({
    kind: z.literal('openstack'),
    name: z.string(),
    url: z.url(),
    user: z.string(),
    password: z.string(),
    project: z.string(),
  }),
]);

export const bootAgentConfigSchema = z.strictObject({
  sources: z.array(sourceSchema).min(1),
  /** True capacity per machine type. A machine of a type that is not here stays silent. */
  capacities: z.record(z.string(), capacitySchema),
  /** The service's port on every machine. */
  port: z.int().min(1).max(65_535).default(8_080),
  /** Port of `GET /machines` on 127.0.0.1; 0: a free one. */
  statePort: z.int().min(0).max(65_535).default(0),
  /** From running, as the cloud says, to answering. */
  bootMs: z.int().min(0).default(0),
  pollMs: z.int().min(50).default(300),
  /** Clusters of the yard, which machines join as nodes where their user data says so. */
  clusters: z.array(z.strictObject({ url: z.url(), folder: z.string() })).default([]),
});

export type BootAgentConfig = z.infer<typeof bootAgentConfigSchema>;
export type SourceConfig = BootAgentConfig['sources'][number];
