import { randomUUID } from 'node:crypto';
import { SpringtideError, addMs, compareMoney, money, multiplyMoney } from '@springtide/kernel';
import { claim, type Claim, type Mandate } from '../domain/index.js';
import type { EffectStore } from '../effect-store.port.js';
import {
  ACCOUNT,
  OTHER_TENANT,
  POOL,
  PRICE,
  START,
  TENANT,
  aMandate,
  anIntent,
  anItem,
} from './effect-fixtures.js';

/** What every ledger memory must do. `open` gives an empty one. */
export function describeEffectStore(name: string, open: () => Promise<EffectStore>): void {
  describe(`${name} keeps the ledger`, () => {
    describeIntents(open);
    describeTransactions(open);
    describeMandates(open);
    describeLeases(open);
    describeListings(open);
    describeTenants(open);
  });
}

function describeIntents(open: () => Promise<EffectStore>): void {
  it('gives an intent back as it was written, to the last digit and millisecond', async () => {
    const store = await open();
    const intent = anIntent({
      campaignId: randomUUID(),
      mandateId: randomUUID(),
      state: 'sent',
      unanswered: 2,
      sentAt: addMs(START, 1),
      deadline: addMs(START, 60_001),
      firstAbsentAt: addMs(START, 61_001),
      releaseAt: addMs(START, 15_300_001),
      reserved: money('CNY', '1.9500000001'),
      problem: { code: 'quota-exceeded', message: 'no “quota” left — 配额' },
      items: [
        anItem({
          index: 0,
          state: 'ready',
          address: '127.0.0.1',
          runningAt: addMs(START, 7),
          readyAt: addMs(START, 9),
          endsAt: addMs(START, 20_000_001),
        }),
        anItem({ index: 1, state: 'gone', machineId: 'm-2', releasingAt: START, goneAt: addMs(START, 999) }),
        anItem({ index: 2, state: 'refused', machineId: null, refusal: { code: 'balance', message: 'b' } }),
      ],
    });
    await store.transaction(TENANT, async (tx) => tx.insertIntent(intent));
    const read = await store.transaction(TENANT, async (tx) => tx.lockIntent(intent.id));
    expect(read).toEqual(intent);
    expect(await store.transaction(TENANT, async (tx) => tx.lockIntentAt(intent))).toEqual(intent);
  });

  it('keeps every change of an item, also one that leaves its state', async () => {
    const store = await open();
    const intent = anIntent({ count: 1, items: [anItem({ state: 'ready' })] });
    const refusal = { code: 'failed-precondition' as const, message: 'termination protection is on' };
    const changed = { ...intent, items: [anItem({ state: 'ready', refusal, readyAt: addMs(START, 5) })] };
    await store.transaction(TENANT, async (tx) => tx.insertIntent(intent));
    await store.transaction(TENANT, async (tx) => tx.saveIntent(changed));
    expect(await store.transaction(TENANT, async (tx) => tx.lockIntent(intent.id))).toEqual(changed);
  });

  it('has one row per effect: the second writer of the same run, step and batch is refused', async () => {
    const store = await open();
    const runId = randomUUID();
    const writes = Array.from({ length: 8 }, async () =>
      outcomeOf(store.transaction(TENANT, async (tx) => tx.insertIntent(anIntent({ runId })))),
    );
    const outcomes = await Promise.all(writes);
    expect(outcomes.filter((code) => code === 'done')).toHaveLength(1);
    expect(outcomes.filter((code) => code === 'already-exists')).toHaveLength(7);
    const kept = await store.transaction(TENANT, async (tx) => tx.listIntents({ runId }));
    expect(kept).toHaveLength(1);
  });

  it('does not save what was never inserted', async () => {
    const store = await open();
    expect(await outcomeOf(store.transaction(TENANT, async (tx) => tx.saveIntent(anIntent())))).toBe(
      'not-found',
    );
    expect(await outcomeOf(store.transaction(TENANT, async (tx) => tx.saveMandate(aMandate())))).toBe(
      'not-found',
    );
  });

  it('lists by every filter, in order of creation', async () => {
    const store = await open();
    const runId = randomUUID();
    const [a, b, c] = [
      anIntent({ runId, step: 'z', createdAt: START }),
      anIntent({
        runId,
        step: 'a',
        batch: 1,
        createdAt: addMs(START, 5),
        service: 'checkout',
        state: 'released',
      }),
      anIntent({ runId, step: 'a', batch: 0, createdAt: addMs(START, 5), kind: 'delete', region: 'west' }),
    ];
    await store.transaction(TENANT, async (tx) => {
      for (const intent of [b, c, a]) await tx.insertIntent(intent);
    });
    const ids = async (filter: object) =>
      store.transaction(TENANT, async (tx) => (await tx.listIntents({ runId, ...filter })).map((i) => i.id));
    expect(await ids({})).toEqual([a.id, c.id, b.id]);
    expect(await ids({ onlyUnreleased: true })).toEqual([a.id, c.id]);
    expect(await ids({ kind: 'delete' })).toEqual([c.id]);
    expect(await ids({ service: 'checkout' })).toEqual([b.id]);
    expect(await ids({ region: 'west', accountId: ACCOUNT })).toEqual([c.id]);
    expect(await ids({ ids: [b.id, randomUUID()] })).toEqual([b.id]);
    expect(await ids({ ids: [] })).toEqual([]);
  });
}

function describeTransactions(open: () => Promise<EffectStore>): void {
  it('leaves nothing of a transaction that fails', async () => {
    const store = await open();
    const mandate = aMandate();
    const intent = anIntent({ runId: mandate.runId });
    await store.transaction(TENANT, async (tx) => tx.insertMandate(mandate));
    const failing = store.transaction(TENANT, async (tx) => {
      await tx.insertIntent(intent);
      await tx.saveMandate({ ...mandate, machines: 5 });
      await tx.takeFence(mandate.runId, 'somebody');
      await tx.saveStopSwitch({ engaged: true, reason: 'never', at: START });
      throw new SpringtideError('cancelled', 'the process ends here');
    });
    expect(await outcomeOf(failing)).toBe('cancelled');
    const left = await store.transaction(TENANT, async (tx) => ({
      intent: await tx.lockIntent(intent.id),
      at: await tx.lockIntentAt(intent),
      mandate: await tx.lockMandate(mandate.id),
      fence: await tx.currentFence(mandate.runId),
      stop: await tx.findStopSwitch(),
    }));
    expect(left).toEqual({ intent: undefined, at: undefined, mandate, fence: 0, stop: undefined });
  });

  it('lets nobody change what is locked: parallel increments are all counted', async () => {
    const store = await open();
    const intent = anIntent();
    await store.transaction(TENANT, async (tx) => tx.insertIntent(intent));
    const raise = async () =>
      store.transaction(TENANT, async (tx) => {
        const locked = await tx.lockIntent(intent.id);
        if (locked === undefined) throw new SpringtideError('internal', 'the intent is gone');
        await tx.saveIntent({ ...locked, generation: locked.generation + 1 });
      });
    await Promise.all(Array.from({ length: 12 }, raise));
    const read = await store.transaction(TENANT, async (tx) => tx.lockIntent(intent.id));
    expect(read?.generation).toBe(12);
  });

  it('numbers the owners of a run: the same owner keeps its number, a new one gets the next', async () => {
    const store = await open();
    const runId = randomUUID();
    const take = async (owner: string) => store.transaction(TENANT, async (tx) => tx.takeFence(runId, owner));
    expect([await take('a'), await take('a'), await take('b'), await take('a')]).toEqual([1, 1, 2, 3]);
    const parallel = await Promise.all(['c', 'd', 'e', 'f', 'g'].map(take));
    expect(parallel.toSorted((a, b) => a - b)).toEqual([4, 5, 6, 7, 8]);
    expect(await store.transaction(TENANT, async (tx) => tx.currentFence(runId))).toBe(8);
  });
}

function describeMandates(open: () => Promise<EffectStore>): void {
  const one: Claim = { poolId: POOL, count: 5, pricePerHour: PRICE, amount: multiplyMoney(PRICE, 5) };
  const limits: readonly [string, Partial<Mandate>][] = [
    ['machines', { maxMachines: 23 }],
    ['budget', { budget: multiplyMoney(PRICE, 23) }],
    ['hourly rate', { maxPerHour: multiplyMoney(PRICE, 23) }],
  ];
  it.each(limits)('never grants more than the mandate’s %s, however many ask at once', async (_, limit) => {
    const store = await open();
    const mandate = aMandate(limit);
    await store.transaction(TENANT, async (tx) => tx.insertMandate(mandate));
    const ask = async (batch: number) =>
      store.transaction(TENANT, async (tx) => {
        const locked = await tx.lockMandate(mandate.id);
        if (locked === undefined) throw new SpringtideError('internal', 'the mandate is gone');
        const claimed = claim(locked, one, START);
        if (!claimed.ok) return false;
        await tx.saveMandate(claimed.value);
        await tx.insertIntent(anIntent({ runId: mandate.runId, batch }));
        return true;
      });
    const granted = await Promise.all(Array.from({ length: 12 }, (_unused, batch) => ask(batch)));
    expect(granted.filter(Boolean)).toHaveLength(4);
    const left = await store.transaction(TENANT, async (tx) => tx.findMandateOfRun(mandate.runId));
    expect(left?.machines).toBe(20);
    expect(compareMoney(left?.reserved ?? PRICE, multiplyMoney(PRICE, 20))).toBe(0);
    const intents = await store.transaction(TENANT, async (tx) => tx.listIntents({ runId: mandate.runId }));
    expect(intents).toHaveLength(4);
  });

  it('has one mandate per run', async () => {
    const store = await open();
    const runId = randomUUID();
    const inserts = [1, 2, 3].map(async () =>
      outcomeOf(store.transaction(TENANT, async (tx) => tx.insertMandate(aMandate({ runId })))),
    );
    expect((await Promise.all(inserts)).toSorted()).toEqual(['already-exists', 'already-exists', 'done']);
  });
}

function describeLeases(open: () => Promise<EffectStore>): void {
  it('renews all unreleased leases of one run, and none backwards', async () => {
    const store = await open();
    const runId = randomUUID();
    const later = addMs(START, 3_600_000);
    const rows = [
      anIntent({ runId, batch: 0 }),
      anIntent({ runId, batch: 1, state: 'released' }),
      anIntent({ runId, batch: 2, kind: 'delete', releaseBy: null }),
      anIntent({ runId, batch: 3, releaseBy: addMs(later, 1) }),
      anIntent({ batch: 4 }),
    ];
    await store.transaction(TENANT, async (tx) => {
      for (const row of rows) await tx.insertIntent(row);
    });
    expect(await store.transaction(TENANT, async (tx) => tx.renewLeases(runId, later))).toBe(2);
    const read = await Promise.all(
      rows.map(async ({ id }) =>
        store.transaction(TENANT, async (tx) => (await tx.lockIntent(id))?.releaseBy),
      ),
    );
    expect(read).toEqual([later, rows[1]?.releaseBy, null, rows[3]?.releaseBy, rows[4]?.releaseBy]);
  });

  it('counts what was let go since a moment, in one account and region', async () => {
    const store = await open();
    const accountId = randomUUID();
    const items = [0, 1, 2].map((index) =>
      anItem({ index, machineId: `m-${index}`, state: 'releasing', releasingAt: addMs(START, index) }),
    );
    await store.transaction(TENANT, async (tx) => {
      await tx.insertIntent(anIntent({ accountId, items, count: 3 }));
      await tx.insertIntent(anIntent({ accountId, items, count: 3, region: 'elsewhere' }));
    });
    const count = async (ms: number) =>
      store.transaction(TENANT, async (tx) =>
        tx.countReleasing({ accountId, region: 'sim-east' }, addMs(START, ms)),
      );
    expect([await count(0), await count(2), await count(3)]).toEqual([3, 1, 0]);
  });
}

function describeListings(open: () => Promise<EffectStore>): void {
  it('keeps the last listing of each account and region, and the stop switch', async () => {
    const store = await open();
    const accountId = randomUUID();
    const record = {
      accountId,
      region: 'sim-east',
      takenAt: START,
      trusted: false,
      count: 12,
      sightings: [{ machineId: 'm-1', firstSeenAt: START }],
      strangers: [
        {
          machineId: 'm-2',
          intentId: randomUUID(),
          firstSeenAt: START,
          abandoned: { at: START, by: 'Ada', reason: 'kept for the auditors', costPerHour: null },
        },
      ],
      doubt: { count: 3, times: 1 },
    };
    const stop = { engaged: true, reason: 'drill', at: START };
    const read = await store.transaction(TENANT, async (tx) => {
      await tx.saveListing({ ...record, trusted: true, doubt: null });
      await tx.saveListing(record);
      await tx.saveStopSwitch(stop);
      await tx.saveStopSwitch({ ...stop, engaged: false });
      return {
        record: await tx.findListing(accountId, 'sim-east'),
        none: await tx.findListing(accountId, 'elsewhere'),
        all: (await tx.listListings()).filter((one) => one.accountId === accountId),
        stop: await tx.findStopSwitch(),
      };
    });
    expect(read).toEqual({ record, none: undefined, all: [record], stop: { ...stop, engaged: false } });
  });

  it('names the places with something unreleased, and those where something was bought lately', async () => {
    const store = await open();
    const [live, old, recent] = [randomUUID(), randomUUID(), randomUUID()];
    await store.transaction(TENANT, async (tx) => {
      await tx.insertIntent(anIntent({ accountId: live }));
      await tx.insertIntent(anIntent({ accountId: old, state: 'released' }));
      await tx.insertIntent(anIntent({ accountId: recent, state: 'released', createdAt: addMs(START, 10) }));
      await tx.insertIntent(anIntent({ accountId: randomUUID(), kind: 'delete' }));
    });
    const accounts = async (since?: string) =>
      (await store.listScopes(since)).map((scope) => scope.accountId);
    expect(await accounts()).toEqual([live]);
    expect((await accounts(addMs(START, 5))).toSorted()).toEqual([live, recent].toSorted());
  });
}

function describeTenants(open: () => Promise<EffectStore>): void {
  it('shows a tenant nothing of another one, and takes nothing from it', async () => {
    const store = await open();
    const intent = anIntent();
    const mandate = aMandate({ runId: intent.runId });
    await store.transaction(TENANT, async (tx) => {
      await tx.insertIntent(intent);
      await tx.insertMandate(mandate);
      await tx.takeFence(intent.runId, 'owner');
      await tx.saveStopSwitch({ engaged: true, reason: 'own', at: START });
    });
    const seen = await store.transaction(OTHER_TENANT, async (tx) => ({
      intent: await tx.lockIntent(intent.id),
      list: await tx.listIntents({ ids: [intent.id] }),
      mandate: await tx.findMandateOfRun(intent.runId),
      fence: await tx.currentFence(intent.runId),
      stop: await tx.findStopSwitch(),
      renewed: await tx.renewLeases(intent.runId, addMs(START, 9_000_000)),
    }));
    expect(seen).toEqual({
      intent: undefined,
      list: [],
      mandate: undefined,
      fence: 0,
      stop: undefined,
      renewed: 0,
    });
    const theft = store.transaction(OTHER_TENANT, async (tx) =>
      tx.saveIntent({ ...intent, state: 'released' }),
    );
    expect(await outcomeOf(theft)).toBe('not-found');
    expect(await store.transaction(TENANT, async (tx) => tx.lockIntent(intent.id))).toEqual(intent);
  });
}

async function outcomeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'done',
    (thrown: unknown) => (thrown instanceof SpringtideError ? thrown.code : String(thrown)),
  );
}
