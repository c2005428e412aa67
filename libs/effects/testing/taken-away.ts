import type { Machine, Page } from '@springtide/provider-kit';
import type { EffectStore, EffectTransaction } from '../effect-store.port.js';
import { addMs } from '@springtide/kernel';
import type { changedProvider } from './interruption.js';

/** Ports with one safety taken out of them. The product itself has no switch for any of these. */
type Change = Parameters<typeof changedProvider>[1][number];
type Changes = { [K in keyof EffectTransaction]?: (this: EffectTransaction, ...args: never[]) => unknown };

const MINUTE = 60_000;

export function withTransaction(store: EffectStore, changes: Changes): EffectStore {
  return {
    listScopes: async (since) => await store.listScopes(since),
    transaction: async (tenantId, work) =>
      await store.transaction(tenantId, async (tx) => {
        const changed = new Proxy(tx, {
          get: (target, key) => {
            const method = (Reflect.get(changes, key) ?? Reflect.get(target, key)) as (
              ...args: never[]
            ) => unknown;
            return method.bind(target);
          },
        });
        return await work(changed);
      }),
  };
}

export function withoutFence(store: EffectStore): EffectStore {
  return withTransaction(store, { currentFence: async () => await Promise.resolve(0) });
}

export function withoutStop(store: EffectStore): EffectStore {
  return withTransaction(store, { findStopSwitch: async () => await Promise.resolve(undefined) });
}

/** Nothing that is claimed is ever written down. */
export function withoutReservation(store: EffectStore): EffectStore {
  return withTransaction(store, {
    saveMandate: async () => {
      await Promise.resolve();
    },
  });
}

/** The mandate as its reader would like to have it. */
export function withMandate(store: EffectStore, over: Readonly<Record<string, unknown>>): EffectStore {
  const read = (name: 'lockMandate' | 'findMandateOfRun') =>
    async function (this: EffectTransaction, id: string) {
      const mandate = await this[name](id);
      return mandate === undefined ? undefined : { ...mandate, ...over };
    };
  return withTransaction(store, {
    lockMandate: read('lockMandate'),
    findMandateOfRun: read('findMandateOfRun'),
    saveMandate: async function (
      this: EffectTransaction,
      mandate: Parameters<EffectTransaction['saveMandate']>[0],
    ) {
      const real = await this.lockMandate(mandate.id);
      await this.saveMandate({ ...mandate, ...pick(real, Object.keys(over)) });
    },
  });
}

function pick(of: object | undefined, keys: readonly string[]) {
  return Object.fromEntries(keys.map((key) => [key, Reflect.get(of ?? {}, key) as unknown]));
}

/** Leases that never lapse, for whoever asks. */
export function withoutLeases(store: EffectStore): EffectStore {
  return withTransaction(store, {
    listIntents: async function (
      this: EffectTransaction,
      filter: Parameters<EffectTransaction['listIntents']>[0],
    ) {
      const intents = await this.listIntents(filter);
      return intents.map((intent) => ({ ...intent, releaseBy: '9999-01-01T00:00:00.000Z' }));
    },
  });
}

/** A ledger that claims to know every intent that a machine names. */
export function withoutLedgerCheck(store: EffectStore): EffectStore {
  return withTransaction(store, {
    listIntents: async function (
      this: EffectTransaction,
      filter: Parameters<EffectTransaction['listIntents']>[0],
    ) {
      const known = await this.listIntents(filter);
      const [like] = await this.listIntents({ kind: 'create' });
      const missing = (filter.ids ?? []).filter((id) => !known.some((intent) => intent.id === id));
      const invented = missing.flatMap((id) =>
        like === undefined ? [] : [{ ...like, id, state: 'released' as const, items: [] }],
      );
      return [...known, ...invented];
    },
  });
}

/** As if a repeated call reckoned its timer anew. */
export function withFreshTimers(store: EffectStore): EffectStore {
  return withTransaction(store, {
    lockIntent: async function (this: EffectTransaction, id: string) {
      const intent = await this.lockIntent(id);
      if (intent?.state !== 'sent' || intent.releaseAt === null) return intent;
      return { ...intent, releaseAt: addMs(intent.releaseAt, MINUTE) };
    },
  });
}

/** As if an earlier listing had shown every machine that there is. */
export function withEverythingSeen(
  store: EffectStore,
  machines: () => readonly string[],
  at: string,
): EffectStore {
  return withTransaction(store, {
    findListing: async (accountId: string, region: string) => {
      const sightings = machines().map((machineId) => ({ machineId, firstSeenAt: at }));
      return await Promise.resolve({
        ...{ accountId, region, takenAt: at, trusted: true, count: 0, sightings, strangers: [], doubt: null },
      });
    },
  });
}

export function bornWithoutTimer(): Change {
  return (compute) => ({
    launch: async ({ releaseAt: _releaseAt, ...batch }, options) => await compute.launch(batch, options),
  });
}

/** The tag is put on by nobody: as in a cloud where it would be a second call that failed. */
export function bornUntagged(): Change {
  return (compute) => ({
    launch: async (batch, options) =>
      await compute.launch(
        { ...batch, ownership: { ...batch.ownership, installation: 'untagged' } },
        options,
      ),
  });
}

/** Whoever made a machine, the listing says that we did. */
export function allMarkedOurs(installation: string): Change {
  return (compute) => ({
    list: ({ region }, options) =>
      changedPages(compute.list({ region }, options), (machine) => ({
        ...machine,
        ...(machine.ownership === undefined ? {} : { ownership: { ...machine.ownership, installation } }),
      })),
  });
}

/** A cloud whose reads lose all machines while `blind` says so, and say that it was all. */
export function blindReads(blind: () => boolean): Change {
  return (compute) => ({
    list: (scope, options) =>
      changedPages(compute.list(scope, options), (machine) => (blind() ? undefined : machine)),
    describe: async (ids, ...rest) => {
      if (!blind()) return await compute.describe(ids, ...rest);
      return new Map(ids.map((id) => [id, 'gone'] as const));
    },
  });
}

async function* changedPages(
  pages: AsyncIterable<Page<Machine>>,
  change: (machine: Machine) => Machine | undefined,
): AsyncIterable<Page<Machine>> {
  for await (const page of pages) {
    yield { ...page, items: page.items.flatMap((machine) => change(machine) ?? []) };
  }
}
