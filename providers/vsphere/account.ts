import { decimal } from '@springtide/kernel';
import { z } from 'zod';

const positiveDecimal = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,9})?$/, 'is no decimal number')
  .refine((text) => decimal(text).gte(0));

const machineTypeSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, 'has letters, digits, dots and dashes only'),
  family: z.string().min(1).max(63).default('private'),
  vcpu: z.int().min(1).max(768),
  memoryMiB: z.int().min(4).max(25_165_824),
  /** What one hour of it costs the company, in the account's currency: vSphere knows no prices. */
  pricePerHour: positiveDecimal,
  /** Space that the disks of one machine take, for the count of free places; absent: that of the largest template. */
  diskGib: z.number().min(0).max(65_536).optional(),
  /** Most machines of this type that Springtide may have in a zone; absent: as many as fit. */
  mostPerZone: z.int().min(0).optional(),
});

export const settingsSchema = z.strictObject({
  /** `https://vcenter.example/sdk` */
  url: z.url({ protocol: /^https$/ }),
  user: z.string().min(1).max(255),
  /** PEM of the authority that signed the endpoint's certificate; absent: the system's authorities. */
  caPem: z.string().startsWith('-----BEGIN CERTIFICATE-----').optional(),
  /** Folder below the datacenter's VM folder that holds our machines and nothing else; made when absent. */
  folder: z.string().min(1).max(80).default('springtide'),
  /** The one datastore for a zone's disks; in a zone that is not named, whichever its hosts see and has room. */
  datastores: z.record(z.string(), z.string()).default({}),
  /** Whether machines also get vSphere tags, by which people find them in the vSphere client. */
  tags: z.boolean().default(true),
  /** Whether content libraries are read, and machines made from their items. */
  libraries: z.boolean().default(true),
  /** Take, revert to and delete snapshots of machines; needs three privileges that no campaign needs. */
  snapshots: z.boolean().default(false),
  currency: z.string().regex(/^[A-Z]{3}$/, 'is no ISO 4217 code'),
  /** The rate card. */
  machineTypes: z
    .array(machineTypeSchema)
    .min(1)
    .refine((types) => new Set(types.map((type) => type.name)).size === types.length, 'names repeat'),
  /** Powered-on memory may reach the hosts' memory times this. */
  memoryOvercommit: z.number().min(0.1).max(4).default(1),
  /** vCPUs per physical core. */
  cpuOvercommit: z.number().min(0.1).max(32).default(4),
  /** Share of a datastore that is never filled, for snapshots and for disks that grow. */
  datastoreReserve: z.number().min(0).max(0.9).default(0.1),
  /** Share of a thin disk's size that a new machine is expected to fill. */
  thinDiskShare: z.number().min(0).max(1).default(1),
  /** Clones under way at once; vCenter queues what its hosts cannot take. */
  concurrentClones: z.int().min(1).max(64).default(20),
  /** Objects per answer of a listing. */
  pageSize: z.int().min(1).max(1_000).default(200),
});

export const secretSchema = z.strictObject({ password: z.string().min(1).max(255) });

export const accountSchema = z
  .object({ settings: settingsSchema, secret: secretSchema })
  .transform(({ settings, secret }) => ({ ...settings, password: secret.password }));

export type VsphereAccount = z.infer<typeof accountSchema>;
export type RateCardEntry = z.infer<typeof machineTypeSchema>;
