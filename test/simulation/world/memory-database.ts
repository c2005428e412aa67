import { SpringtideError, asSpringtideError } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import { getMetadataArgsStorage, type EntityManager } from 'typeorm';
import { carryOut, stored } from './memory-statements.js';
import { MemoryTables, type Row } from './memory-tables.js';

type EntityClass = abstract new () => object;
type Columns = ReadonlyMap<string, string>;

/**
 * A stand-in for PostgreSQL that knows the statements of the services under simulation and no others: the services, their
 * rows and their transactions are the real ones. Transactions run one after another and are rolled back whole.
 */
export class MemoryDatabase {
  readonly tables = new MemoryTables();
  #tail: Promise<unknown> = Promise.resolve();

  /** What the services ask for: the same two ways in. */
  asDatabase(): Database {
    return this as unknown as Database;
  }

  async unitOfWork<T>(context: RequestContext, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return await this.#transaction(context.tenantId, work);
  }

  async systemWork<T>(_job: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return await this.#transaction('', work);
  }

  async #transaction<T>(tenantId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    const mine = this.#tail.then(async () => {
      this.tables.begin();
      try {
        return await work(new MemoryTransaction(this.tables, tenantId) as unknown as EntityManager);
      } catch (thrown) {
        this.tables.rollBack();
        throw thrown instanceof SpringtideError ? thrown : asSpringtideError(thrown);
      }
    });
    this.#tail = mine.catch(() => undefined);
    return await mine;
  }
}

/** The part of an entity manager that the services use. */
class MemoryTransaction {
  constructor(
    private readonly tables: MemoryTables,
    private readonly tenantId: string,
  ) {}

  query(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return Promise.resolve(carryOut(this.tables, sql, values, this.tenantId));
  }

  async insert(entity: EntityClass, value: object): Promise<void> {
    await Promise.resolve();
    this.tables.insert(tableOf(entity), toRow(entity, value));
  }

  async save(entity: EntityClass, value: object & { id: string }): Promise<object> {
    await Promise.resolve();
    const row = toRow(entity, value);
    this.tables.update(
      tableOf(entity),
      (other) => other['id'] === value.id,
      () => row,
    );
    return value;
  }

  async findOneBy(entity: EntityClass, where: Record<string, unknown>): Promise<object | null> {
    await Promise.resolve();
    const columns = columnsOf(entity);
    const wanted = Object.fromEntries(
      Object.entries(where).map(([name, value]) => [columns.get(name) ?? name, value]),
    );
    const [row] = this.tables.find(tableOf(entity), { ...wanted, tenant_id: this.tenantId });
    return row === undefined ? null : toEntity(entity, row);
  }

  async findOne(entity: EntityClass, { where }: { where: Record<string, unknown> }): Promise<object | null> {
    return await this.findOneBy(entity, where);
  }

  createQueryBuilder(entity: EntityClass, _alias: string) {
    return {
      where: (condition: string) => {
        if (condition !== 'run.closed_at is null')
          throw new SpringtideError('internal', `no such query: ${condition}`);
        const open = this.tables
          .find(tableOf(entity), { tenant_id: this.tenantId })
          .filter((row) => row['closed_at'] === null);
        return { getMany: () => Promise.resolve(open.map((row) => toEntity(entity, row))) };
      },
    };
  }
}

const known = new Map<EntityClass, Columns>();

function columnsOf(entity: EntityClass): Columns {
  const found = known.get(entity);
  if (found !== undefined) return found;
  const columns = new Map(
    getMetadataArgsStorage()
      .columns.filter((column) => column.target === entity)
      .map(({ propertyName, options }) => [propertyName, options.name ?? propertyName]),
  );
  known.set(entity, columns);
  return columns;
}

const names = new Map<EntityClass, string>();

function tableOf(entity: EntityClass): string {
  const found = names.get(entity);
  if (found !== undefined) return found;
  const name = getMetadataArgsStorage().tables.find((table) => table.target === entity)?.name ?? entity.name;
  names.set(entity, name);
  return name;
}

function toRow(entity: EntityClass, value: object): Row {
  const columns = columnsOf(entity);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const column = columns.get(name) ?? name;
      return [column, stored(column, each)];
    }),
  );
}

function toEntity(entity: EntityClass, row: Row): object {
  const made = Object.create(entity.prototype as object) as Record<string, unknown>;
  for (const [name, column] of columnsOf(entity)) made[name] = row[column] ?? null;
  return made;
}
