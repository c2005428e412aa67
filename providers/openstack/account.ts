import { decimal } from '@springtide/kernel';
import { z } from 'zod';

const priceSchema = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,9})?$/, 'is no decimal number')
  .refine((text) => decimal(text).gt(0), 'is not above zero');

const rateCardEntrySchema = z.strictObject({
  /** Name of a flavour. */
  machineType: z.string().min(1).max(255),
  /** What one hour of it costs the company, in the account's currency: OpenStack knows no prices. */
  pricePerHour: priceSchema,
  family: z.string().min(1).max(63).default('private'),
});

export const settingsSchema = z
  .strictObject({
    /** Of the identity service: `https://keystone.example:5000/v3` */
    url: z.url({ protocol: /^https?$/ }),
    /** With `project`; or `applicationCredentialId` alone. */
    user: z.string().min(1).max(255).optional(),
    userDomain: z.string().min(1).max(64).default('Default'),
    project: z.string().min(1).max(64).optional(),
    projectDomain: z.string().min(1).max(64).default('Default'),
    applicationCredentialId: z.string().min(1).max(64).optional(),
    /** Which of the catalog's addresses are used. */
    interface: z.enum(['public', 'internal', 'admin']).default('public'),
    /** PEM of the authority that signed the endpoints' certificates; absent: the system's authorities. */
    caPem: z.string().startsWith('-----BEGIN CERTIFICATE-----').optional(),
    currency: z.string().regex(/^[A-Z]{3}$/, 'is no ISO 4217 code'),
    /** Flavours that are not in it are listed without a price, and are never bought. */
    rateCard: z
      .array(rateCardEntrySchema)
      .refine((card) => new Set(card.map((entry) => entry.machineType)).size === card.length, 'names repeat'),
    /** Id of the network for machines that name none; absent: the project's only one. */
    network: z.string().min(1).max(64).optional(),
    /** Flavours say nothing of it. */
    arch: z.enum(['amd64', 'arm64']).default('amd64'),
    /** Hands user data over on a drive, where the cloud has no metadata service. */
    configDrive: z.boolean().default(false),
    /** Create calls under way at once for one launch. */
    concurrentCreates: z.int().min(1).max(32).default(8),
    /** Objects per answer of a listing. */
    pageSize: z.int().min(1).max(1_000).default(500),
  })
  .refine(
    (settings) =>
      settings.applicationCredentialId === undefined
        ? settings.user !== undefined && settings.project !== undefined
        : settings.user === undefined && settings.project === undefined,
    'names either a user and a project, or an application credential',
  );

/** The user's password, or the secret of the application credential. */
export const secretSchema = z.strictObject({ password: z.string().min(1).max(1_024) });

export const accountSchema = z
  .object({ settings: settingsSchema, secret: secretSchema })
  .transform(({ settings, secret }) => ({ ...settings, password: secret.password }));

export type OpenstackAccount = z.infer<typeof accountSchema>;
