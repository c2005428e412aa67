import { z } from 'zod';
import { Id, InstantText } from './scalars.js';

/** Who a token speaks for. `permissions` are those of the token: never more than the user's own. */
export const WhoAmI = z
  .object({
    user: z.object({ id: z.string(), name: z.string() }),
    tenantId: Id,
    permissions: z.array(z.string()),
  })
  .meta({ id: 'WhoAmI' });
export type WhoAmI = z.infer<typeof WhoAmI>;

export const TokenInput = z
  .object({
    name: z.string().trim().min(1).max(120),
    /** Permissions the token is narrowed to; `*` is everything its owner holds when it is used. */
    scopes: z.array(z.string()).min(1).max(100).default(['*']),
    /** At most a year. */
    expiresInDays: z.number().int().min(1).max(365).default(90),
  })
  .meta({ id: 'TokenInput' });
export type TokenInput = z.infer<typeof TokenInput>;

export const TokenBody = z
  .object({
    id: Id,
    name: z.string(),
    scopes: z.array(z.string()),
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
    email: z.email().optional(),
    roles: z.array(z.string().min(1).max(60)).min(1).max(20),
  })
  .meta({ id: 'UserInput' });
export type UserInput = z.infer<typeof UserInput>;

export const UserBody = z
  .object({
    id: Id,
    name: z.string(),
    email: z.string().nullable(),
    roles: z.array(z.string()),
    status: z.enum(['active', 'disabled']),
    version: z.number().int(),
    createdAt: InstantText,
  })
  .meta({ id: 'User' });
export type UserBody = z.infer<typeof UserBody>;

/** `firstToken` is shown once, to be handed to the new user; it is valid for a day. */
export const UserCreated = z.object({ user: UserBody, firstToken: z.string() }).meta({ id: 'UserCreated' });
export type UserCreated = z.infer<typeof UserCreated>;
