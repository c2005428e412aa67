import { z } from 'zod';
import { PRODUCTS, publicEndpoint, type Product } from './products.js';
import { routeSchema } from './route-settings.js';

/** General-purpose and compute-optimised sizes that a web tier usually runs on. */
const USUAL_MACHINE_TYPES = ['c7', 'c8i', 'c8y', 'g7', 'g8i', 'g8y'].flatMap((family) =>
  ['large', 'xlarge', '2xlarge', '4xlarge'].map((size) => `ecs.${family}.${size}`),
);

const regionSchema = z.string().regex(/^[a-z]{2,}(-[a-z0-9]+)+$/, 'is no Alibaba Cloud region');
const urlSchema = z.url({ protocol: /^https?$/ });

export const settingsSchema = z.strictObject({
  regions: z.array(regionSchema).min(1),
  /** `acs3` for the public cloud; `rpc` for Apsara Stack deployments that know only the older signature. */
  signature: z.enum(['acs3', 'rpc']).default('acs3'),
  /** Which of the vendor's two sites the account belongs to; decides where its balance is asked. */
  site: z.enum(['china', 'international']).default('china'),
  /** Instead of the vendor's own addresses, for all products: a private deployment's gateway, or a simulator. */
  endpoint: urlSchema.optional(),
  /** Address by product; rules over `endpoint`. */
  endpoints: z.partialRecord(z.enum(PRODUCTS), urlSchema).default({}),
  /** The offerings that this account may buy; all others stay unseen. At most 100. */
  machineTypes: z
    .array(z.string().regex(/^ecs\.[a-z0-9-]+\.[a-z0-9-]+$/))
    .min(1)
    .max(100)
    .default(USUAL_MACHINE_TYPES),
  /** vSwitch id by zone, for launches that name none. */
  subnets: z.record(z.string(), z.string().regex(/^vsw-[a-z0-9]+$/)).default({}),
  /** For launches that name none. */
  securityGroups: z.array(z.string().regex(/^sg-[a-z0-9]+$/)).default([]),
  /** Whose images are listed: `self`, `system`, `others`, `marketplace`. */
  imageOwners: z
    .array(z.enum(['self', 'system', 'others', 'marketplace']))
    .min(1)
    .default(['self']),
  /** Every machine is bought with it, and its price is part of the machine's. */
  systemDisk: z
    .strictObject({ category: z.string().min(1), sizeGib: z.int().min(20).max(2048) })
    .default({ category: 'cloud_essd', sizeGib: 40 }),
  /** Verification warns when less than this is left, in the account's currency. */
  balanceWarning: z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .default('1000'),
  routes: z.record(z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/), routeSchema).default({}),
});

export const secretSchema = z.strictObject({
  accessKeyId: z.string().min(16).max(128),
  accessKeySecret: z.string().min(1).max(256),
  securityToken: z.string().min(1).optional(),
});

export const accountSchema = z
  .object({ settings: settingsSchema, secret: secretSchema })
  .transform(({ settings, secret }) => ({ ...settings, credentials: secret }));

export type AlibabaAccount = z.infer<typeof accountSchema>;

/** Always explicit, so that no environment variable of the host can send calls elsewhere. */
export function endpointOf(
  account: Pick<AlibabaAccount, 'endpoint' | 'endpoints' | 'site'>,
  product: Product,
  region: string,
): string {
  return (
    account.endpoints[product] ??
    account.endpoint ??
    publicEndpoint(product, region, account.site)
  ).replace(/\/$/, '');
}

/**
 * What must be reachable before anything is done. The trail need not be: a region without one, or an operator who lets
 * nobody there, takes names from drift and nothing else. Connections to it pass the gate like all others.
 */
export function endpointsOf(account: AlibabaAccount): string[] {
  const needed = PRODUCTS.filter((product) => product !== 'actiontrail');
  const all = account.regions.flatMap((region) =>
    needed.map((product) => endpointOf(account, product, region)),
  );
  return [...new Set(all)];
}
