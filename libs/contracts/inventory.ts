import { z } from 'zod';
import { Id, InstantText, MoneyBody } from './scalars.js';

const PurchaseOption = z.enum(['private', 'reserved', 'on-demand', 'spot']);

/** Everything an inventory knows, in the words of no vendor. */
export const RESOURCE_TYPES = [
  'machine',
  'network',
  'image',
  'host',
  'disk',
  'snapshot',
  'address',
  'network-interface',
  'router',
  'security-group',
  'load-balancer',
  'cluster',
  'node',
  'workload',
  'volume',
] as const;
export type ResourceType = (typeof RESOURCE_TYPES)[number];

export const MACHINE_STATES = [
  'pending',
  'running',
  'stopping',
  'stopped',
  'terminating',
  'failed',
  'unknown',
  'gone',
] as const;

/** A machine as its cloud was last seen to describe it. */
export const MachineBody = z
  .object({
    id: Id,
    accountId: Id,
    accountName: z.string(),
    provider: z.string(),
    /** The cloud's own id of it. */
    machineId: z.string(),
    name: z.string(),
    state: z.enum(MACHINE_STATES),
    region: z.string(),
    zone: z.string(),
    machineType: z.string(),
    purchaseOption: PurchaseOption,
    addresses: z.array(z.string()),
    image: z.string().nullable(),
    launchedAt: InstantText.nullable(),
    /** Set when Springtide made it. */
    ownership: z
      .object({ intent: z.string(), campaign: z.string().nullable(), service: z.string().nullable() })
      .nullable(),
    /** The cloud's own words on why it failed or stopped. */
    stateReason: z.string().nullable(),
    firstSeenAt: InstantText,
    lastSeenAt: InstantText,
    goneAt: InstantText.nullable(),
  })
  .meta({ id: 'Machine' });
export type MachineBody = z.infer<typeof MachineBody>;

/** How far the rows of one account and region can be believed. */
export const Freshness = z
  .object({
    accountId: Id,
    accountName: z.string(),
    region: z.string(),
    resourceType: z.enum([...RESOURCE_TYPES, 'offering']),
    attemptedAt: InstantText,
    /** End of the last complete listing; null: there never was one. */
    confirmedAt: InstantText.nullable(),
    complete: z.boolean(),
    /** Why the last attempt was not complete. */
    reason: z.string().nullable(),
  })
  .meta({ id: 'Freshness' });
export type Freshness = z.infer<typeof Freshness>;

/** What one account's synchronisation found just now. A place that failed says why; the others count. */
export const SyncResult = z
  .object({
    accountId: Id,
    accountName: z.string(),
    /** Every place was read completely and believed. */
    complete: z.boolean(),
    /** Why the account could not be read at all; null when it could. */
    problem: z.string().nullable(),
    places: z.array(
      z.object({
        region: z.string(),
        resourceType: z.enum([...RESOURCE_TYPES, 'offering']),
        complete: z.boolean(),
        reason: z.string().nullable(),
        seen: z.number().int(),
      }),
    ),
  })
  .meta({ id: 'SyncResult' });
export type SyncResult = z.infer<typeof SyncResult>;

/** What an account offers. `pricePerHour` null: the price is unknown and nothing may be bought there. */
export const OfferingBody = z
  .object({
    accountId: Id,
    accountName: z.string(),
    provider: z.string(),
    region: z.string(),
    zone: z.string(),
    machineType: z.string(),
    family: z.string(),
    arch: z.enum(['amd64', 'arm64']),
    purchaseOption: PurchaseOption,
    vcpu: z.number(),
    memoryMiB: z.number(),
    pricePerHour: MoneyBody.nullable(),
    minimumBillingSeconds: z.number(),
    stock: z.object({
      level: z.enum(['enough', 'normal', 'low', 'none', 'unknown']),
      machines: z.number().int().nullable(),
    }),
    interruptionPerHour: z.number(),
    observedAt: InstantText,
  })
  .meta({ id: 'Offering' });
export type OfferingBody = z.infer<typeof OfferingBody>;

export const SnapshotInput = z
  .object({ name: z.string().trim().min(1).max(80) })
  .meta({ id: 'SnapshotInput' });

export const SnapshotBody = z
  .object({
    /** The cloud's own id. */
    id: z.string(),
    name: z.string(),
  })
  .meta({ id: 'Snapshot' });

/** The machine by its id in the inventory, the snapshot by the cloud's own. */
export const SnapshotPlace = z.object({ id: Id, snapshot: z.string().min(1).max(255) });

/** An image, by its id or a name that a launch would take, and the zone where machines will be made of it. */
export const PlaceImageInput = z
  .object({
    accountId: Id,
    region: z.string().min(1).max(60),
    zone: z.string().min(1).max(120),
    image: z.string().min(1).max(300),
  })
  .meta({ id: 'PlaceImageInput' });
export type PlaceImageInput = z.infer<typeof PlaceImageInput>;

export const PlacedImageBody = z
  .object({
    image: z.string(),
    zone: z.string(),
    digest: z.string().nullable(),
    /** When it was last brought into step with its publisher; null for an original. */
    syncedAt: z.string().nullable(),
  })
  .meta({ id: 'PlacedImage' });
export type PlacedImageBody = z.infer<typeof PlacedImageBody>;
