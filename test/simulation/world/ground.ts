import { toInstant } from '@springtide/kernel';
import {
  approvalOf,
  camel,
  intentOf,
  itemOf,
  mandateOf,
  type Row,
} from '../../../libs/oracle/data/book-rows.js';
import type { Books, CloudListing, Deletion, Entrance } from '@springtide/oracle/domain';
import { simulatedListing } from '../../../libs/oracle/testing/simulated-ground.js';
import type { MemoryTables } from './memory-tables.js';
import { routeOf } from './scenario.js';
import type { World } from './world.js';

/** What the clouds of a story truly hold, without lag, faults or credentials. */
export function listingsIn({ clouds, time }: World): readonly CloudListing[] {
  return clouds.map(({ cloud, account }) => simulatedListing(cloud, account.id, time));
}

/** Every machine that a call of ours has ended, as the clouds' own trails would tell. */
export function deletionsIn({ clouds }: World): readonly Deletion[] {
  return clouds.flatMap(({ trail }) => trail);
}

/** Shares as they are set, members as they really are. */
export function entrancesIn({ sides }: World): readonly Entrance[] {
  return sides.flatMap(({ cast, entrance, ids }) => {
    const place = { tenantId: ids.tenant, accountId: ids.entrance, unreadable: null };
    return cast.services.map(routeOf).map((route) => ({ ...place, route, groups: entrance.groups(route) }));
  });
}

/** The committed rows of a story, in the oracle's words. Nobody seals the audit here: its chain is not among them. */
export class MemoryBooks {
  /** Rows are replaced and never changed: what was read of one holds for as long as it is there. */
  readonly #known = new WeakMap<Row, unknown>();

  constructor(
    private readonly tables: MemoryTables,
    private readonly world: Pick<World, 'time' | 'acknowledged'>,
  ) {}

  read(): Books {
    const readAt = toInstant(this.world.time.now());
    const taken = new Set(this.#all('effect_fence', camel).map(({ runId }) => runId));
    const alerts = this.#all('campaign_timeline', camel).filter(({ level }) => level !== 'info');
    const runs = this.#all('campaign_run', camel).map((run) => ({ ...run, taken: taken.has(run['id']) }));
    const decided = this.#all('audit_record', camel).filter(({ result }) => result === 'ok');
    const outbox = this.#all('outbox', (row) => ({
      tenantId: row['tenant_id'],
      workflowId: (row['message'] as Row)['workflowId'],
    }));
    return {
      readAt,
      intents: this.#intents(),
      intentsSince: null,
      mandates: this.#all('effect_mandate', mandateOf),
      stops: typed(this.#all('effect_stop', camel)),
      listings: typed(this.#all('effect_listing', camel)),
      runs: typed(runs),
      approvals: this.#all('approval', approvalOf).flatMap((approval) => approval ?? []),
      outbox: typed(outbox),
      alerts: typed(alerts),
      audit: { records: typed(decided), chains: [] },
      acknowledged: this.world.acknowledged.map(({ table, ...promise }) => ({
        ...promise,
        found: this.tables.rows(table).some((row) => String(row['id']) === promise.id),
      })),
    };
  }

  #intents(): Books['intents'] {
    const items = Map.groupBy(this.tables.rows('effect_item'), (row) => row['intent_id']);
    return this.tables.rows('effect_intent').map((row) => {
      const own = (items.get(row['id']) ?? []).map((item) => this.#once(item, itemOf));
      return { ...this.#once(row, (each) => intentOf(each, [])), items: own };
    });
  }

  #all<T>(table: string, as: (row: Row) => T): T[] {
    return this.tables.rows(table).map((row) => this.#once(row, as));
  }

  #once<T>(row: Row, as: (row: Row) => T): T {
    if (!this.#known.has(row)) this.#known.set(row, as(row));
    return this.#known.get(row) as T;
  }
}

/** They are rows of the tables that the types are named after. */
function typed(rows: readonly object[]): never[] {
  return rows as never[];
}
