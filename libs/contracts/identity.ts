import { z } from 'zod';
import { Id, InstantText } from './scalars.js';

/** Who a token speaks for. `permissions` are those of the token: never more than the user's own. */
export const WhoAmI = z
  .object({
    user: z.object({ id: z.string(), name: z.string() }),
    tenant: z.object({ id: Id, name: z.string() }),
    permissions: z.array(z.string()),
  })
  .meta({ id: 'WhoAmI' });
export type WhoAmI = z.infer<typeof WhoAmI>;

export const TokenInput = z
  .object({
    name: z.string().trim().min(1).max(120),
    /** Permissions of the token; left out: all that the owner has, now and as they change. */
    scopes: z.array(z.string()).min(1).max(100).optional(),
    /** At most a year. */
    expiresInDays: z.number().int().min(1).max(365).default(90),
  })
  .meta({ id: 'TokenInput' });
export type TokenInput = z.infer<typeof TokenInput>;

export const TokenBody = z
  .object({
    id: Id,
    name: z.string(),
    /** First characters of the token, to recognise it by; the rest is not kept. */
    prefix: z.string(),
    scopes: z.array(z.string()).nullable(),
    createdAt: InstantText,
    expiresAt: InstantText,
    lastUsedAt: InstantText.nullable(),
    revokedAt: InstantText.nullable(),
  })
  .meta({ id: 'Token' });
export type TokenBody = z.infer<typeof TokenBody>;

/** The only answer that ever holds the token itself. */
export const TokenCreated = z.object({ token: TokenBody, secret: z.string() }).meta({ id: 'TokenCreated' });
export type TokenCreated = z.infer<typeof TokenCreated>;

export const UserInput = z
  .object({
    name: z.string().trim().min(1).max(120),
    roles: z.array(z.string().min(1).max(60)).min(1).max(20),
  })
  .meta({ id: 'UserInput' });
export type UserInput = z.infer<typeof UserInput>;

export const UserBody = z
  .object({
    id: Id,
    name: z.string(),
    roles: z.array(z.string()),
    disabled: z.boolean(),
    createdAt: InstantText,
  })
  .meta({ id: 'User' });
export type UserBody = z.infer<typeof UserBody>;
