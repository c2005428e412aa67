import { SpringtideError } from '@springtide/kernel';

export type Row = Readonly<Record<string, unknown>>;

/** Columns that say that a row is this row and no other; `insert` refuses a second one. */
const UNIQUE: Readonly<Record<string, readonly (readonly string[])[]>> = {
  effect_mandate: [['id'], ['tenant_id', 'run_id']],
  effect_intent: [['id'], ['tenant_id', 'run_id', 'step', 'batch']],
  effect_item: [['intent_id', 'index']],
  effect_fence: [['tenant_id', 'run_id']],
  effect_stop: [['tenant_id']],
  effect_listing: [['tenant_id', 'account_id', 'region']],
  campaign_timeline: [['run_id', 'once_key']],
  campaign_way_back: [['run_id']],
  campaign_demand_reading: [['run_id', 'service', 'at']],
  campaign_surge: [['run_id', 'service']],
};

/** Tables as maps, by a key that never changes; rows are replaced, never changed, so that they can be put back. */
export class MemoryTables {
  readonly #tables = new Map<string, Map<string, Row>>();
  #undo: (() => void)[] = [];
  #serial = 0;

  rows(table: string): readonly Row[] {
    return [...this.#table(table).values()];
  }

  where(table: string, test: (row: Row) => boolean): Row[] {
    const found: Row[] = [];
    for (const row of this.#table(table).values()) if (test(row)) found.push(row);
    return found;
  }

  find(table: string, where: Row): readonly Row[] {
    const wanted = Object.entries(where);
    return this.where(table, (row) => wanted.every(([column, value]) => row[column] === value));
  }

  /** @throws already-exists, as PostgreSQL's unique constraints do. */
  insert(table: string, row: Row): void {
    for (const columns of UNIQUE[table] ?? [['id']]) {
      const same = Object.fromEntries(columns.map((column) => [column, row[column]]));
      if (columns.every((column) => row[column] !== undefined) && this.find(table, same).length > 0) {
        throw new SpringtideError('already-exists', `${table}: ${JSON.stringify(same)} is there`);
      }
    }
    this.#serial += 1;
    this.#put(table, String(this.#serial).padStart(9, '0'), { id: this.#serial, ...row });
  }

  update(table: string, where: (row: Row) => boolean, change: (row: Row) => Row): readonly Row[] {
    const changed: Row[] = [];
    for (const [key, row] of this.#table(table)) {
      if (!where(row)) continue;
      const next = { ...row, ...change(row) };
      this.#put(table, key, next);
      changed.push(next);
    }
    return changed;
  }

  remove(table: string, where: (row: Row) => boolean): void {
    const rows = this.#table(table);
    for (const [key, row] of rows) {
      if (!where(row)) continue;
      rows.delete(key);
      this.#undo.push(() => rows.set(key, row));
    }
  }

  begin(): void {
    this.#undo = [];
  }

  rollBack(): void {
    for (const step of this.#undo.toReversed()) step();
    this.#undo = [];
  }

  #put(table: string, key: string, row: Row): void {
    const rows = this.#table(table);
    const before = rows.get(key);
    this.#undo.push(() => (before === undefined ? rows.delete(key) : rows.set(key, before)));
    rows.set(key, row);
  }

  #table(name: string): Map<string, Row> {
    const known = this.#tables.get(name) ?? new Map<string, Row>();
    this.#tables.set(name, known);
    return known;
  }
}
