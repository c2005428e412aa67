import { MINUTE, SpringtideError, toInstant, type Clock } from '@springtide/kernel';
import { jobContext, type Database, type EndpointGate, type Logger } from '@springtide/platform';
import {
  connectAccount,
  type CallObserver,
  type CloudClient,
  type ProviderManifest,
  type RateLimiter,
} from '@springtide/provider-kit';
import { findAccount } from './data/account.repository.js';
import type { CredentialPlace, CredentialVault } from './data/credential-vault.js';
import type { CloudAccount } from './domain/index.js';

/** The providers this installation has; given by the app, which alone may know them. */
export interface ProviderRegistry {
  get(id: string): ProviderManifest | undefined;
  values(): Iterable<ProviderManifest>;
}

export type SessionDependencies = Readonly<{
  database: Database;
  vault: CredentialVault;
  providers: ProviderRegistry;
  gate: EndpointGate;
  clock: Clock;
  log: Logger;
  /** Left out: call budgets of this process alone. */
  limiter?: RateLimiter;
  observer?: CallObserver;
}>;

type Held = {
  readonly key: string;
  readonly client: Promise<CloudClient>;
  readonly openedAt: number;
  users: number;
  retired: boolean;
};

/** A decrypted credential lives no longer than this in memory, plus the call that is using it. */
const LIFE = 5 * MINUTE;

/**
 * Sessions of cloud accounts: decrypted at use, shared by this process's callers, forgotten after five minutes and as
 * soon as the account or its credential changes.
 */
export class AccountSessions {
  readonly #held = new Map<string, Held>();
  #closed = false;

  constructor(private readonly parts: SessionDependencies) {}

  /**
   * For a few calls right away; the session may be closed `LIFE` after it was opened. Work that lasts longer uses `use`.
   * @throws not-found, failed-precondition, permission-denied (gate), unauthenticated, unavailable.
   */
  async open(tenantId: string, accountId: string): Promise<CloudClient> {
    return await (
      await this.#take(tenantId, accountId)
    ).client;
  }

  /** Keeps the session open until the work is done. */
  async use<T>(tenantId: string, accountId: string, work: (client: CloudClient) => Promise<T>): Promise<T> {
    const held = await this.#take(tenantId, accountId);
    held.users += 1;
    try {
      return await work(await held.client);
    } finally {
      held.users -= 1;
      this.#closeIfDone(held);
    }
  }

  /** After a rotation in this process; other processes notice at their next use. */
  forget(accountId: string): void {
    const held = this.#held.get(accountId);
    if (held) this.#retire(accountId, held);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#held.values()];
    this.#held.clear();
    await Promise.all(all.map((held) => this.#end(held)));
  }

  /** Connects without storing or sharing anything: for the probe of a new credential. The caller closes it. */
  async connect(
    account: Pick<CloudAccount, 'id' | 'provider' | 'settings'>,
    secret: unknown,
  ): Promise<CloudClient> {
    const { clock, gate, log, limiter, observer } = this.parts;
    const context = {
      clock,
      gate,
      log: log.child({ account: account.id }),
      account: account.id,
      ...(limiter ? { limiter } : {}),
      ...(observer ? { observer } : {}),
    };
    return await connectAccount(this.manifest(account.provider), account.settings, secret, context);
  }

  /** @throws invalid-argument for a provider this installation does not have. */
  manifest(id: string): ProviderManifest {
    const manifest = this.parts.providers.get(id);
    if (manifest) return manifest;
    const known = [...this.parts.providers.values()].map((one) => one.id).join(', ');
    throw new SpringtideError('invalid-argument', `there is no provider "${id}" in this installation`, {
      nextStep: `Choose among: ${known}.`,
    });
  }

  async #take(tenantId: string, accountId: string): Promise<Held> {
    if (this.#closed) throw new SpringtideError('cancelled', 'this process is ending; nothing was sent');
    const ctx = jobContext('cloud-session', tenantId, `session/${accountId}`);
    const account = await this.parts.database.unitOfWork(ctx, (tx) => findAccount(tx, accountId));
    if (!account) throw new SpringtideError('not-found', 'there is no such cloud account; nothing was sent');
    const key = `${tenantId}/${accountId}/${account.credentialVersion}/${JSON.stringify(account.settings)}`;
    const known = this.#held.get(accountId);
    const now = this.parts.clock.now().getTime();
    if (known?.key === key && now - known.openedAt < LIFE) return known;
    if (known) this.#retire(accountId, known);
    const held = {
      key,
      client: this.#connectStored(tenantId, account),
      openedAt: now,
      users: 0,
      retired: false,
    };
    this.#held.set(accountId, held);
    this.#endInTime(accountId, held);
    // A failed connection is not kept: the next caller tries again.
    held.client.catch(() => {
      if (this.#held.get(accountId) === held) this.#held.delete(accountId);
    });
    return held;
  }

  async #connectStored(tenantId: string, account: CloudAccount): Promise<CloudClient> {
    const { database, vault, clock } = this.parts;
    const place: CredentialPlace = { tenantId, accountId: account.id, version: account.credentialVersion };
    const ctx = jobContext('cloud-session', tenantId, `session/${account.id}`);
    const at = toInstant(clock.now());
    const envelope = await database.unitOfWork(ctx, (tx) => vault.read(tx, place, at));
    return await this.connect(account, await vault.open(place, envelope));
  }

  #endInTime(accountId: string, held: Held): void {
    setTimeout(() => this.#retire(accountId, held), LIFE).unref();
  }

  #retire(accountId: string, held: Held): void {
    if (this.#held.get(accountId) === held) this.#held.delete(accountId);
    held.retired = true;
    this.#closeIfDone(held);
  }

  #closeIfDone(held: Held): void {
    if (held.retired && held.users === 0) void this.#end(held);
  }

  async #end(held: Held): Promise<void> {
    try {
      await (await held.client).close();
    } catch (error) {
      this.parts.log.debug({ error }, 'a cloud session did not close cleanly');
    }
  }
}
