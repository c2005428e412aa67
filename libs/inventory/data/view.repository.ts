import { ResourceFilter } from '@springtide/contracts';
import { toInstant, type Instant } from '@springtide/kernel';
import type { EntityManager } from 'typeorm';

/** A filter that somebody kept under a name. */
export type SavedView = Readonly<{
  id: string;
  ownerId: string;
  ownerName: string;
  name: string;
  shared: boolean;
  query: ResourceFilter;
  version: number;
  updatedAt: Instant;
}>;

type Row = Omit<SavedView, 'query' | 'updatedAt'> & Readonly<{ query: unknown; updatedAt: Date }>;

const COLUMNS = `id, owner_id as "ownerId", owner_name as "ownerName", name, shared, query, version,
  updated_at as "updatedAt"`;

/** The views of one tenant that one user may see: their own and the shared ones. */
export class ViewRepository {
  constructor(
    private readonly tx: EntityManager,
    private readonly tenantId: string,
    private readonly userId: string,
  ) {}

  /** By name. */
  async list(limit: number, after?: Readonly<{ name: string; id: string }>): Promise<SavedView[]> {
    const rows = await this.tx.query<Row[]>(
      `select ${COLUMNS} from inventory_view
       where tenant_id = $1 and (owner_id = $2 or shared) and ($3::text is null or (name, id) > ($3, $4::uuid))
       order by name, id limit $5`,
      [this.tenantId, this.userId, after?.name ?? null, after?.id ?? null, limit],
    );
    return rows.map(toView);
  }

  /** Locked until the transaction ends. */
  async find(id: string): Promise<SavedView | undefined> {
    const rows = await this.tx.query<Row[]>(
      `select ${COLUMNS} from inventory_view where tenant_id = $1 and id = $2 and (owner_id = $3 or shared) for update`,
      [this.tenantId, id, this.userId],
    );
    return rows[0] === undefined ? undefined : toView(rows[0]);
  }

  /** @throws already-exists when the owner has a view of that name. */
  async insert(view: SavedView): Promise<void> {
    await this.tx.query(
      `insert into inventory_view (id, tenant_id, owner_id, owner_name, name, shared, query, version, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
      [
        view.id,
        this.tenantId,
        view.ownerId,
        view.ownerName,
        view.name,
        view.shared,
        view.query,
        view.version,
        view.updatedAt,
      ],
    );
  }

  async save(view: SavedView): Promise<void> {
    await this.tx.query(
      `update inventory_view set name = $3, shared = $4, query = $5, version = $6, updated_at = $7
       where tenant_id = $1 and id = $2`,
      [this.tenantId, view.id, view.name, view.shared, view.query, view.version, view.updatedAt],
    );
  }

  async remove(id: string): Promise<void> {
    await this.tx.query(`delete from inventory_view where tenant_id = $1 and id = $2`, [this.tenantId, id]);
  }
}

function toView(row: Row): SavedView {
  return { ...row, query: ResourceFilter.parse(row.query), updatedAt: toInstant(row.updatedAt) };
}
