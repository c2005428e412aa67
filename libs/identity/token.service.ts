import { randomBytes } from 'node:crypto';
import {
  HOUR,
  MINUTE,
  SpringtideError,
  addMs,
  msBetween,
  parseInstant,
  toInstant,
  type Clock,
  type Instant,
} from '@springtide/kernel';
import { newId, sha256, type Database, type RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { checkPermissions, requirePermission, requireUser } from './access.js';
import { recordAudit } from './audit.service.js';
import {
  findToken,
  findTokenOwner,
  insertToken,
  listTokens,
  revokeToken,
  touchToken,
  type ApiToken,
  type TokenOwner,
} from './data/token.repository.js';
import { permissionsOfUser } from './data/user.repository.js';
import { beyondGrantor, effectivePermissions } from './domain/index.js';

/** So that secret scanners recognise a leaked one. */
const PREFIX = 'stk_';
const LONGEST_MS = 365 * 24 * HOUR;
const FIRST_TOKEN_MS = 24 * HOUR;

/** `secret` is shown once and stored nowhere. */
export type IssuedToken = Readonly<{ token: ApiToken; secret: string }>;

export type TokenRequest = Readonly<{
  name: string;
  /** Permissions it is narrowed to, or `*` for all its owner holds when it is used. */
  scopes: readonly string[];
  expiresAt: Instant;
}>;

export class TokenService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Who sends this bearer token. Rights are read anew each time, so that a change applies at once.
   * @throws unauthenticated, without saying which part was wrong.
   */
  async authenticate(bearer: string, requestId: string = newId()): Promise<RequestContext> {
    if (!bearer.startsWith(PREFIX) || bearer.length > 100) throw refused();
    const now = toInstant(this.clock.now());
    const owner = await this.database.systemWork('login', async (tx) => {
      const found = await findTokenOwner(tx, sha256(bearer));
      if (!found || !isUsable(found, now)) return undefined;
      if (isStale(found, now)) await touchToken(tx, found, now);
      return found;
    });
    if (!owner) throw refused();
    const permissions = effectivePermissions(owner.permissions, owner.scopes);
    const actor = { kind: 'user', id: owner.userId, name: owner.userName, permissions } as const;
    return { tenantId: owner.tenantId, actor, requestId };
  }

  /** A token of the caller's own, never with more rights than the caller has in this very request. */
  async issue(ctx: RequestContext, request: TokenRequest): Promise<IssuedToken> {
    const user = requireUser(ctx);
    const now = toInstant(this.clock.now());
    checkLifetime(request.expiresAt, now);
    if (!request.scopes.includes('*')) checkPermissions(request.scopes);
    return await this.database.unitOfWork(ctx, async (tx) => {
      const held = await permissionsOfUser(tx, user.id);
      refuseBeyond(user.permissions, request.scopes.includes('*') ? held : request.scopes);
      const issued = await storeToken(tx, ctx.tenantId, user.id, request, now);
      await recordAudit(tx, ctx, {
        action: 'token.issue',
        target: { kind: 'token', id: issued.token.id },
        after: issued.token,
        at: now,
      });
      return issued;
    });
  }

  async list(ctx: RequestContext): Promise<readonly ApiToken[]> {
    const user = requireUser(ctx);
    return await this.database.unitOfWork(ctx, (tx) => listTokens(tx, user.id));
  }

  /** Idempotent. One's own, or anybody's with user:write. */
  async revoke(ctx: RequestContext, tokenId: string): Promise<void> {
    const user = requireUser(ctx);
    const at = toInstant(this.clock.now());
    await this.database.unitOfWork(ctx, async (tx) => {
      const token = await findToken(tx, tokenId);
      if (!token) throw new SpringtideError('not-found', 'there is no such token');
      if (token.userId !== user.id) requirePermission(ctx, 'user:write');
      if (token.revokedAt !== null) return;
      await revokeToken(tx, tokenId, at);
      await recordAudit(tx, ctx, { action: 'token.revoke', target: { kind: 'token', id: tokenId }, at });
    });
  }
}

/** The way in for a new user: shown once to who made the user, valid for a day, enough to issue a token of one's own. */
export async function issueFirstToken(
  tx: EntityManager,
  tenantId: string,
  userId: string,
  now: Instant,
): Promise<IssuedToken> {
  const request = { name: 'first access', scopes: ['*'], expiresAt: addMs(now, FIRST_TOKEN_MS) };
  return await storeToken(tx, tenantId, userId, request, now);
}

async function storeToken(
  tx: EntityManager,
  tenantId: string,
  userId: string,
  request: TokenRequest,
  now: Instant,
): Promise<IssuedToken> {
  const secret = `${PREFIX}${randomBytes(32).toString('base64url')}`;
  const token = { id: newId(), userId, ...request, createdAt: now };
  await insertToken(tx, tenantId, { ...token, hash: sha256(secret) });
  return { token: { ...token, revokedAt: null, lastUsedAt: null }, secret };
}

function isUsable(owner: TokenOwner, now: Instant): boolean {
  return owner.active && !owner.revoked && owner.expiresAt.getTime() > parseInstant(now).getTime();
}

function isStale(owner: TokenOwner, now: Instant): boolean {
  return owner.lastUsedAt === null || msBetween(owner.lastUsedAt.toISOString(), now) > MINUTE;
}

function checkLifetime(expiresAt: Instant, now: Instant): void {
  const life = msBetween(now, expiresAt);
  if (life > 0 && life <= LONGEST_MS) return;
  throw new SpringtideError('invalid-argument', 'a token must expire in the future, within one year');
}

/** @throws permission-denied, naming what the grantor lacks. */
export function refuseBeyond(grantor: ReadonlySet<string>, wanted: Iterable<string>): void {
  const lacking = beyondGrantor(grantor, wanted);
  if (lacking.length === 0) return;
  throw new SpringtideError(
    'permission-denied',
    `nobody can grant what they do not hold: ${lacking.join(', ')}; nothing was changed`,
    { nextStep: 'Ask somebody who holds these permissions.' },
  );
}

function refused(): SpringtideError {
  return new SpringtideError(
    'unauthenticated',
    'the access token is missing, unknown, expired or revoked; nothing was done',
    { nextStep: 'Send a valid token as "Authorization: Bearer stk_…".' },
  );
}
