import {
  SpringtideError,
  asSpringtideError,
  toInstant,
  type Clock,
  type ErrorCode,
  type Instant,
  type WrongPlace,
} from '@springtide/kernel';
import { newId, type Database, type RequestContext } from '@springtide/platform';
import { recordAudit, requirePermission } from '@springtide/identity';
import type { AccountReport, ProviderManifest } from '@springtide/provider-kit';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import type { AccountSessions } from './account-sessions.js';
import { findAccount, insertAccount, listAccounts, updateAccount } from './data/account.repository.js';
import type { CredentialVault } from './data/credential-vault.js';
import {
  failedHealth,
  healthOf,
  statusAfter,
  type AccountHealth,
  type CloudAccount,
  type ProviderKind,
} from './domain/index.js';

export type NewAccount = Readonly<{ name: string; provider: string; settings: unknown; secret: unknown }>;

export type AccountChange = Readonly<{
  version: number;
  name?: string;
  settings?: unknown;
  /** A new credential is tried before it replaces the one in use. */
  secret?: unknown;
}>;

type Parts = Readonly<{
  database: Database;
  clock: Clock;
  vault: CredentialVault;
  sessions: AccountSessions;
}>;

/** Cloud accounts as a tenant sees them. No method ever returns a secret. */
export class AccountService {
  constructor(private readonly parts: Parts) {}

  /**
   * Stores the account and asks the cloud about it. An account that cannot be reached or is refused is kept as
   * `unverified` with the reason in `health.problem`, so that it can be corrected.
   * @throws invalid-argument naming the field, already-exists for the name.
   */
  async register(ctx: RequestContext, input: NewAccount): Promise<CloudAccount> {
    requirePermission(ctx, 'account:write');
    const { database, clock, vault } = this.parts;
    const manifest = this.parts.sessions.manifest(input.provider);
    const { settings, secret } = parseInput(manifest, input.settings, input.secret);
    const at = toInstant(clock.now());
    const { name, provider } = input;
    const account = {
      id: newId(),
      name,
      provider,
      kind: kindOf(manifest, settings),
      settings,
      createdAt: at,
    };
    const place = { tenantId: ctx.tenantId, accountId: account.id, version: 1 };
    const envelope = await vault.seal(place, secret);
    await database
      .unitOfWork(ctx, async (tx) => {
        await insertAccount(tx, ctx.tenantId, account);
        await vault.insert(tx, place, envelope, at);
        await audit(tx, ctx, 'account.register', account.id, undefined, account, at);
      })
      .catch(nameTaken(name));
    return await this.verify(ctx, account.id);
  }

  /** A refusal by the cloud is an answer, in `health`; it is not thrown. */
  async verify(ctx: RequestContext, accountId: string): Promise<CloudAccount> {
    requirePermission(ctx, 'account:write');
    const asked = await this.probe(() => {
      return this.parts.sessions.use(ctx.tenantId, accountId, (client) => client.verify());
    });
    return await this.change(ctx, accountId, 'account.verify', (before, at) => withAnswer(before, asked, at));
  }

  /** @throws conflict for an old version; failed-precondition where the cloud refuses a new credential: the old one stays. */
  async update(ctx: RequestContext, accountId: string, change: AccountChange): Promise<CloudAccount> {
    requirePermission(ctx, 'account:write');
    const before = await this.get(ctx, accountId);
    if (before.version !== change.version) throw changedMeanwhile();
    if (change.secret !== undefined) return await this.rotate(ctx, before, change, change.secret);
    const { settings = before.settings } = change;
    const manifest = this.parts.sessions.manifest(before.provider);
    const { data, wrong } = parsedPart('settings', manifest, settings);
    refuseWrong(manifest, wrong);
    const { name = before.name } = change;
    await this.change(ctx, accountId, 'account.update', (now) => {
      if (now.version !== change.version) throw changedMeanwhile();
      return { ...now, name, settings: data };
    }).catch(nameTaken(name));
    this.parts.sessions.forget(accountId);
    return await this.verify(ctx, accountId);
  }

  /** Buys nothing more there. What runs is still watched and scaled back, so sessions stay possible. Idempotent. */
  async disable(ctx: RequestContext, accountId: string): Promise<CloudAccount> {
    requirePermission(ctx, 'account:write');
    return await this.change(ctx, accountId, 'account.disable', (now) => ({ ...now, status: 'disabled' }));
  }

  async enable(ctx: RequestContext, accountId: string): Promise<CloudAccount> {
    requirePermission(ctx, 'account:write');
    await this.change(ctx, accountId, 'account.enable', (now) => {
      return now.status === 'disabled' ? { ...now, status: 'unverified' } : now;
    });
    return await this.verify(ctx, accountId);
  }

  async get(ctx: RequestContext, accountId: string): Promise<CloudAccount> {
    requirePermission(ctx, 'account:read');
    return await this.parts.database.unitOfWork(ctx, (tx) => mustFind(tx, accountId));
  }

  /** By name. `afterName` is the last name of the page before. */
  async list(
    ctx: RequestContext,
    page: Readonly<{ limit: number; afterName?: string }>,
  ): Promise<readonly CloudAccount[]> {
    requirePermission(ctx, 'account:read');
    const { limit, afterName = '' } = page;
    return await this.parts.database.unitOfWork(ctx, (tx) => listAccounts(tx, { limit, afterName }));
  }

  private async rotate(
    ctx: RequestContext,
    before: CloudAccount,
    change: AccountChange,
    newSecret: unknown,
  ): Promise<CloudAccount> {
    const { sessions, vault, clock } = this.parts;
    const manifest = sessions.manifest(before.provider);
    const { settings, secret } = parseInput(manifest, change.settings ?? before.settings, newSecret);
    const report = await this.tryCandidate({ ...before, settings }, secret);
    const place = { tenantId: ctx.tenantId, accountId: before.id, version: before.credentialVersion + 1 };
    const envelope = await vault.seal(place, secret);
    const old = { ...place, version: before.credentialVersion };
    const at = toInstant(clock.now());
    const after = await this.change(
      ctx,
      before.id,
      'account.rotate',
      (now) => {
        if (now.version !== change.version) throw changedMeanwhile();
        const next = { ...now, name: change.name ?? now.name, settings, credentialVersion: place.version };
        return withAnswer(next, report, at);
      },
      async (tx) => {
        await vault.insert(tx, place, envelope, at);
        await vault.retire(tx, old, at);
      },
    );
    sessions.forget(before.id);
    return after;
  }

  private async tryCandidate(account: CloudAccount, secret: unknown): Promise<Answer> {
    try {
      const client = await this.parts.sessions.connect(account, secret);
      try {
        return { report: await client.verify() };
      } finally {
        await client.close();
      }
    } catch (thrown) {
      throw notAccepted(asSpringtideError(thrown));
    }
  }

  private async probe(ask: () => Promise<AccountReport>): Promise<Answer> {
    try {
      return { report: await ask() };
    } catch (thrown) {
      const error = asSpringtideError(thrown);
      if (error.code === 'not-found' || error.code === 'cancelled') throw error;
      return { failure: { code: error.code, problem: problemText(error) } };
    }
  }

  private async change(
    ctx: RequestContext,
    accountId: string,
    action: string,
    next: (before: CloudAccount, at: Instant) => CloudAccount,
    alongside: (tx: EntityManager) => Promise<void> = async () => undefined,
  ): Promise<CloudAccount> {
    const at = toInstant(this.parts.clock.now());
    return await this.parts.database.unitOfWork(ctx, async (tx) => {
      const before = await mustFind(tx, accountId);
      const after = next(before, at);
      if (after === before) return before;
      await alongside(tx);
      if (!(await updateAccount(tx, after))) throw changedMeanwhile();
      await audit(tx, ctx, action, accountId, before, after, at);
      return await mustFind(tx, accountId);
    });
  }
}

type Answer =
  Readonly<{ report: AccountReport }> | Readonly<{ failure: Readonly<{ code: ErrorCode; problem: string }> }>;

function withAnswer(before: CloudAccount, answer: Answer, at: Instant): CloudAccount {
  const answered = 'report' in answer;
  const health: AccountHealth = answered
    ? healthOf(answer.report, at)
    : failedHealth(before.health, answer.failure, at);
  const verifiedAt = answered ? at : before.verifiedAt;
  return { ...before, health, verifiedAt, status: statusAfter(before, answered) };
}

const NEXT_STEP: Partial<Record<ErrorCode, string>> = {
  unauthenticated: 'Check the access key or user name and password, and enter the secret again.',
  unavailable: 'Check the endpoint address and that this host can reach it, then verify again.',
  timeout: 'Check that this host can reach the endpoint, then verify again.',
  'permission-denied': 'Grant the named permissions to the credential, then verify again.',
};

/** The cloud refused, not Springtide: the caller is signed in here, and may do this here. */
function notAccepted(error: SpringtideError): SpringtideError {
  if (error.code === 'cancelled' || error.code === 'invalid-argument') return error;
  const said = error.message.replace(/\.$/, '');
  return new SpringtideError(
    'failed-precondition',
    `the cloud did not accept the new credential: ${said}; the credential in use stays, and machines are not affected`,
    {
      nextStep: error.nextStep ?? NEXT_STEP[error.code] ?? 'Correct the credential and send it again.',
      facts: { cause: error.code },
      places: [{ path: 'secret', message: error.message }],
      cause: error,
    },
  );
}

function problemText(error: SpringtideError): string {
  const next = error.nextStep ?? NEXT_STEP[error.code];
  return next === undefined ? error.message : `${error.message}. ${next}`;
}

function parseInput(
  manifest: ProviderManifest,
  settings: unknown,
  secret: unknown,
): Readonly<{ settings: Readonly<Record<string, unknown>>; secret: unknown }> {
  const parts = {
    settings: parsedPart('settings', manifest, settings),
    secret: parsedPart('secret', manifest, secret),
  };
  refuseWrong(manifest, [...parts.settings.wrong, ...parts.secret.wrong]);
  const { data } = parts.settings;
  refuseWhole(manifest, { settings: data, secret: parts.secret.data });
  return { settings: data, secret: parts.secret.data };
}

/** What only both parts together can show. A provider words its own checks (`custom`) without the values they judge. */
function refuseWhole(
  manifest: ProviderManifest,
  parts: Readonly<{ settings: unknown; secret: unknown }>,
): void {
  const parsed = manifest.accountSchema.safeParse(parts, { reportInput: false });
  if (parsed.success) return;
  const wrong = parsed.error.issues.map(({ path, code, message }) => {
    const shown = code === 'custom' || path[0] !== 'secret' ? message : code.replaceAll('_', ' ');
    return { path: path.map(String).join('.'), message: shown };
  });
  refuseWrong(manifest, wrong);
}

function refuseWrong(manifest: ProviderManifest, places: readonly WrongPlace[]): void {
  if (places.length === 0) return;
  const told = places.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new SpringtideError(
    'invalid-argument',
    `this is no ${manifest.title} account: ${told}; nothing was stored`,
    { nextStep: 'Correct the named fields and send it again.', places },
  );
}

/** A provider that stands for clouds of several kinds asks for the kind in its settings. */
function kindOf(manifest: ProviderManifest, settings: Readonly<Record<string, unknown>>): ProviderKind {
  const { kind } = settings;
  return kind === 'public-cloud' || kind === 'private-cloud' ? kind : manifest.kind;
}

type ParsedPart = Readonly<{ data: Readonly<Record<string, unknown>>; wrong: readonly WrongPlace[] }>;

/** The refusal names fields and rules; the values a user typed into secret fields never appear in it. */
function parsedPart(part: 'settings' | 'secret', manifest: ProviderManifest, value: unknown): ParsedPart {
  const schema: z.ZodType = part === 'settings' ? manifest.settingsSchema : manifest.secretSchema;
  const parsed = schema.safeParse(value, { reportInput: false });
  if (parsed.success) return { data: parsed.data as Readonly<Record<string, unknown>>, wrong: [] };
  const wrong = parsed.error.issues.map(({ path, code, message }) => ({
    path: [part, ...path].map(String).join('.'),
    message: part === 'secret' ? code.replaceAll('_', ' ') : message,
  }));
  return { data: {}, wrong };
}

async function mustFind(tx: EntityManager, accountId: string): Promise<CloudAccount> {
  const account = await findAccount(tx, accountId);
  if (account) return account;
  throw new SpringtideError('not-found', 'there is no such cloud account');
}

async function audit(
  tx: EntityManager,
  ctx: RequestContext,
  action: string,
  accountId: string,
  before: unknown,
  after: unknown,
  at: Instant,
): Promise<void> {
  const target = { kind: 'account', id: accountId };
  await recordAudit(tx, ctx, { action, target, before, after, at });
}

function nameTaken(name: string): (thrown: unknown) => never {
  return (thrown) => {
    if (!(thrown instanceof SpringtideError) || thrown.code !== 'already-exists') throw thrown;
    throw new SpringtideError(
      'already-exists',
      `there is a cloud account "${name}" already; nothing was stored`,
      {
        nextStep: 'Choose another name, or change the existing account.',
        places: [{ path: 'name', message: 'another cloud account has this name' }],
      },
    );
  };
}

function changedMeanwhile(): SpringtideError {
  return new SpringtideError(
    'conflict',
    'the cloud account was changed by somebody else; nothing was changed',
    { retry: 'never', nextStep: 'Read it again and repeat your change.' },
  );
}
