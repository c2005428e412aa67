import { z } from 'zod';
import { Id, InstantText } from './scalars.js';

/** A JSON Schema document (draft 2020-12); the console builds its form from it. */
const JsonSchema = z.record(z.string(), z.unknown());

/** A kind of cloud that can be registered, and what must be entered for it. */
export const ProviderBody = z
  .object({
    id: z.string(),
    title: z.string(),
    kind: z.enum(['public-cloud', 'private-cloud', 'traffic', 'cluster']),
    settingsSchema: JsonSchema,
    secretSchema: JsonSchema,
    capabilities: z.record(z.string(), z.object({ supported: z.boolean(), reason: z.string().nullable() })),
  })
  .meta({ id: 'Provider' });
export type ProviderBody = z.infer<typeof ProviderBody>;

export const AccountInput = z
  .object({
    name: z.string().trim().min(1).max(120),
    provider: z.string().min(1).max(60),
    /** By the provider's settings schema. Readable afterwards. */
    settings: z.record(z.string(), z.unknown()).default({}),
    /** By the provider's secret schema. Encrypted at once and never read back. */
    secret: z.record(z.string(), z.unknown()).default({}),
  })
  .meta({ id: 'AccountInput' });
export type AccountInput = z.infer<typeof AccountInput>;

/** What is left out stays as it is. The provider and the credential are not changed by it. */
export const AccountUpdate = z
  .object({
    name: z.string().trim().min(1).max(120).optional(),
    /** All of them, by the provider's settings schema. */
    settings: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'AccountUpdate' });
export type AccountUpdate = z.infer<typeof AccountUpdate>;

export const CredentialInput = z
  .object({
    /** By the provider's secret schema. Tried before it replaces the one in use; encrypted and never read back. */
    secret: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'CredentialInput' });
export type CredentialInput = z.infer<typeof CredentialInput>;

/** What the cloud said about the account when it was last asked. */
export const AccountHealth = z
  .object({
    checkedAt: InstantText,
    identity: z.string().nullable(),
    product: z.string().nullable(),
    regions: z.array(z.string()),
    permissions: z.array(z.object({ action: z.string(), granted: z.boolean(), neededFor: z.string() })),
    clockSkewMs: z.number().nullable(),
    /** Why it is not well, in plain words; null when it is. */
    problem: z.string().nullable(),
    code: z.string().nullable(),
  })
  .meta({ id: 'AccountHealth' });
export type AccountHealth = z.infer<typeof AccountHealth>;

export const ACCOUNT_STATUSES = ['unverified', 'healthy', 'failing', 'disabled'] as const;

export const AccountBody = z
  .object({
    id: Id,
    name: z.string(),
    provider: z.string(),
    kind: z.enum(['public-cloud', 'private-cloud', 'traffic', 'cluster']),
    status: z.enum(ACCOUNT_STATUSES),
    settings: z.record(z.string(), z.unknown()),
    credentialVersion: z.number().int(),
    credentialCreatedAt: InstantText,
    credentialLastUsedAt: InstantText.nullable(),
    health: AccountHealth.nullable(),
    /** Last time the cloud confirmed the account. */
    verifiedAt: InstantText.nullable(),
    version: z.number().int(),
    createdAt: InstantText,
  })
  .meta({ id: 'Account' });
export type AccountBody = z.infer<typeof AccountBody>;
