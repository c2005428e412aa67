import { AsyncLocalStorage } from 'node:async_hooks';
import { SpringtideError } from '@springtide/kernel';
import {
  DataSource,
  type EntityManager,
  type EntityTarget,
  type MixedList,
  type ObjectLiteral,
  type QueryRunner,
} from 'typeorm';
import type { RequestContext } from '../context/request-context.js';
import { asDatabaseError } from './database-error.js';

/** A transaction that others join; `turn` settles when the last of them has come to its end. */
type Together = { readonly context: RequestContext; readonly tx: EntityManager; turn: Promise<unknown> };

/** What a context contributes to the schema: its entities and its migrations, in order. */
export type SchemaPart = Readonly<{
  entities: readonly EntityTarget<ObjectLiteral>[];
  migrations: readonly (new () => Migration)[];
}>;

/** A TypeORM migration; `name` ends in a 13-digit timestamp that orders it among all contexts. */
export interface Migration {
  name: string;
  up(runner: { query(sql: string, parameters?: unknown[]): Promise<unknown> }): Promise<void>;
  down(runner: { query(sql: string, parameters?: unknown[]): Promise<unknown> }): Promise<void>;
}

export type DatabaseRole = 'springtide_owner' | 'springtide_app' | 'springtide_system';

export type DatabaseUrls = Readonly<{ app: string; system: string }>;

/**
 * The two ways to data, and no third. `unitOfWork` acts for one tenant under row-level security that it cannot bypass;
 * `systemWork` is for the named cross-tenant jobs (relay, reconciler, login). Both are short transactions:
 * never keep one open across a network call.
 */
export class Database {
  private readonly together = new AsyncLocalStorage<Together>();

  private constructor(
    private readonly app: DataSource,
    private readonly system: DataSource,
  ) {}

  static async connect(urls: DatabaseUrls, parts: readonly SchemaPart[], poolSize = 10): Promise<Database> {
    const app = dataSource(urls.app, 'springtide_app', parts, poolSize);
    const system = dataSource(urls.system, 'springtide_system', parts, Math.max(2, Math.floor(poolSize / 2)));
    try {
      await Promise.all([app.initialize(), system.initialize()]);
    } catch (thrown) {
      throw asDatabaseError(thrown);
    }
    return new Database(app, system);
  }

  async unitOfWork<T>(context: RequestContext, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    const outer = this.together.getStore();
    if (outer?.context === context) return await this.inTurn(outer, work);
    return await this.inTransaction(this.app, async (tx) => {
      await tx.query(
        `select set_config('springtide.tenant', $1, true), set_config('springtide.user', $2, true)`,
        [context.tenantId, context.actor.id],
      );
      return await work(tx);
    });
  }

  /**
   * One transaction around work that has several of its own: all units of work of this very context inside it join it,
   * one after the other, each as a part that fails alone. For work that waits for nothing but the database.
   */
  async atOnce<T>(context: RequestContext, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return await this.unitOfWork(context, async (tx) => await this.joined({ context, tx }, work));
  }

  /**
   * The end of work, good or bad, comes after the end of all its parts: of several at once one may fail first, and the others
   * would go on in a transaction that is being rolled back.
   */
  private async joined<T>(
    within: Pick<Together, 'context' | 'tx'>,
    work: (tx: EntityManager) => Promise<T>,
  ): Promise<T> {
    const together: Together = { ...within, turn: Promise.resolve() };
    try {
      return await this.together.run(together, async () => await work(within.tx));
    } finally {
      for (let last: unknown; last !== together.turn;) {
        last = together.turn;
        await together.turn;
      }
    }
  }

  /** Parts of one transaction cannot overlap: a savepoint belongs to all statements that come after it. */
  private async inTurn<T>(outer: Together, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    const { context } = outer;
    const part = outer.turn.then(
      async () => await outer.tx.transaction(async (tx) => await this.joined({ context, tx }, work)),
    );
    outer.turn = part.catch(() => undefined);
    try {
      return await part;
    } catch (thrown) {
      throw thrown instanceof SpringtideError ? thrown : asDatabaseError(thrown);
    }
  }

  /** @param job names the cross-tenant job, for the database's own statistics and logs. */
  async systemWork<T>(job: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return await this.inTransaction(this.system, async (tx) => {
      await tx.query(`select set_config('application_name', $1, true)`, [`springtide/${job}`]);
      return await work(tx);
    });
  }

  /** One statement of a cross-tenant job, in a transaction of its own and one round trip. */
  async systemStatement<TRow>(sql: string, parameters: readonly unknown[]): Promise<readonly TRow[]> {
    try {
      return await this.system.query<TRow[]>(sql, [...parameters]);
    } catch (thrown) {
      throw asDatabaseError(thrown);
    }
  }

  /** One round trip; for readiness. */
  async ping(): Promise<void> {
    try {
      await this.app.query('select 1');
    } catch (thrown) {
      throw asDatabaseError(thrown);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.app.destroy(), this.system.destroy()]);
  }

  private async inTransaction<T>(source: DataSource, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    const runner = source.createQueryRunner();
    try {
      await runner.connect();
      await runner.startTransaction();
      const result = await work(runner.manager);
      await commit(runner);
      return result;
    } catch (thrown) {
      if (runner.isTransactionActive) {
        // A broken connection cannot roll back; the server does it. The first error is the one to report.
        await runner.rollbackTransaction().catch(() => undefined);
      }
      throw thrown instanceof SpringtideError ? thrown : asDatabaseError(thrown);
    } finally {
      await runner.release();
    }
  }
}

/** @throws unavailable, effect maybe: an answer to COMMIT that does not come says nothing about it. */
async function commit(runner: QueryRunner): Promise<void> {
  try {
    await runner.commitTransaction();
  } catch (thrown) {
    const error = asDatabaseError(thrown);
    if (error.code !== 'unavailable') throw error;
    throw new SpringtideError(
      'unavailable',
      'the database was lost while a change was being committed; whether it was made is not known',
      {
        cause: thrown,
        effect: 'maybe',
        retryAfterMs: 1_000,
        nextStep: 'Repeat the request with the same idempotency key: what was done is not done again.',
      },
    );
  }
}

/** Brings the schema to this version, as the owner. Safe to run from several processes at once: they queue on a lock. */
export async function migrate(ownerUrl: string, parts: readonly SchemaPart[]): Promise<readonly string[]> {
  const source = dataSource(ownerUrl, null, parts, 2);
  try {
    await source.initialize();
    const lock = source.createQueryRunner();
    await lock.query('select pg_advisory_lock(771301)');
    try {
      const done = await source.runMigrations({ transaction: 'each' });
      return done.map((migration) => migration.name);
    } finally {
      await lock.query('select pg_advisory_unlock(771301)');
      await lock.release();
    }
  } catch (thrown) {
    throw asDatabaseError(thrown);
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}

function dataSource(
  url: string,
  role: DatabaseRole | null,
  parts: readonly SchemaPart[],
  poolSize: number,
): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    entities: parts.flatMap((part) => [...part.entities]) as MixedList<never>,
    migrations: parts.flatMap((part) => [...part.migrations]) as MixedList<never>,
    migrationsTableName: 'schema_migration',
    synchronize: false,
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    poolSize,
    connectTimeoutMS: 5_000,
    extra: {
      // The role is taken at session start: a pooled connection can never be seen without it.
      options: [
        ...(role ? [`-c role=${role}`] : []),
        '-c statement_timeout=30000',
        '-c lock_timeout=10000',
        '-c idle_in_transaction_session_timeout=30000',
        '-c timezone=UTC',
      ].join(' '),
    },
  });
}
