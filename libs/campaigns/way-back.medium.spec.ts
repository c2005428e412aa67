import { jest } from '@jest/globals';
import { storyText } from '@springtide/contracts';
import { Reconciler } from '@springtide/effects';
import { HOUR, MINUTE, SpringtideError, msBetween } from '@springtide/kernel';
import { manifest as simulated } from '../../providers/simulated/index.js';
import { changedProvider } from '../effects/testing/interruption.js';
import { wayBackBody } from './way-back-view.js';
import { StuckDesk } from './stuck-desk.service.js';
import { RunOnClouds, campaignsDatabase } from './testing/run-on-clouds.js';

jest.setTimeout(120_000);

let stage: Awaited<ReturnType<typeof campaignsDatabase>>;

beforeAll(async () => {
  stage = await campaignsDatabase();
}, 120_000);
afterAll(async () => await stage.test.drop());

/** As people see it. */
async function seen(run: RunOnClouds) {
  const kept = await run.kept();
  if (kept === undefined) throw new Error('no way back was begun');
  return wayBackBody(kept, await run.plan(), await run.intents(), run.now());
}

const stateOf = async (run: RunOnClouds, name: string) =>
  (await seen(run)).phases.find((row) => row.name === name)?.state;

describe('the way back', () => {
  it('ends every machine, sweeps what outlives them, proves it twice, and closes the books', async () => {
    const run = await RunOnClouds.open(stage, [{ plan: { behaviour: { survivingDisks: 1 } } }, {}]);
    await run.buy(0, 4);
    await run.buy(1, 3);
    await run.bringBack();
    const { phases, leftovers, billCheckAt } = await seen(run);
    expect(phases.map((row) => row.state)).toEqual(Array(10).fill('done'));
    expect([run.cloud(0).ours(), run.cloud(1).ours(), leftovers]).toEqual([[], [], []]);
    expect((await run.row()).state).toBe('closed');
    expect(msBetween(run.now(), billCheckAt ?? '')).toBeGreaterThan(47 * HOUR);
    const mandate = await run.ledger.findMandate(stage.tenant.tenantId, run.runId);
    expect([mandate?.machines, mandate?.reserved.amount, mandate?.state]).toEqual([0, '0', 'closed']);
    expect(await run.story()).toContain('scale-back.gone: gone: done.');
  });

  it('goes on with what an older version wrote, which knew its words alone', async () => {
    const run = await RunOnClouds.open(stage, [{}]);
    await run.buy(0, 1);
    await run.bringBack((phase) => phase === 'terminate');
    await stage.test.database.unitOfWork(stage.tenant.admin, async (tx) => {
      await tx.query(
        `update campaign_way_back set progress = jsonb_set(
           progress #- '{phases,3,waitsForSentences}', '{phases,3,waitsFor}', '"1 machines are not asked"')
         where run_id = $1`,
        [run.runId],
      );
    });
    const [, , , terminate] = (await seen(run)).phases;
    expect(terminate?.waitsFor).toBe('1 machines are not asked');
    expect(storyText(terminate?.waitsForSentences ?? [], { language: 'zh-CN' })).toBe(terminate?.waitsFor);
    await run.bringBack();
    expect((await run.row()).state).toBe('closed');
  });

  it('keeps two listings a visibility lag apart', async () => {
    const run = await RunOnClouds.open(stage, [{}], { visibilityLagMs: 90_000 });
    await run.buy(0, 1);
    let first = '';
    await run.bringBack(async () => {
      first ||= (await run.kept())?.progress.cleanAt ?? '';
      return false;
    });
    const second = (await run.kept())?.progress.cleanAt ?? '';
    expect(msBetween(first, second)).toBeGreaterThanOrEqual(90_000);
  });

  it('lets an account that does not answer keep no other waiting, names what it costs, and goes on asking', async () => {
    const run = await RunOnClouds.open(stage, [{}, {}]);
    await run.buy(0, 3);
    await run.buy(1, 2);
    run.away.add(run.cloud(1).accountId);
    const startedAt = run.now();
    await run.bringBack(() => msBetween(startedAt, run.now()) > 70 * MINUTE);
    expect([run.cloud(0).ours(), run.cloud(1).ours().length]).toEqual([[], 2]);
    const { obstacles, leftovers, round, phases } = await seen(run);
    const waiting = phases.filter(({ waitsFor }) => waitsFor.includes('cloud-1'));
    expect(waiting.length).toBeGreaterThan(0);
    for (const { waitsForSentences = [] } of waiting) {
      expect(storyText(waitsForSentences, { language: 'zh-CN' })).toMatch(
        /cloud-1（sim-east）自 .* 起没有执行所请求的操作/,
      );
    }
    expect(obstacles).toEqual([
      expect.objectContaining({
        account: 'cloud-1',
        kind: 'unreachable',
        code: 'unavailable',
        since: startedAt,
      }),
    ]);
    // For as long as it takes, and never more than five minutes apart.
    expect(msBetween(run.now(), obstacles[0]?.nextTry ?? '')).toBeLessThanOrEqual(5 * MINUTE);
    expect(leftovers.map(({ account, costPerHour }) => [account, costPerHour?.amount])).toEqual([
      ['cloud-1', '0.39'],
      ['cloud-1', '0.39'],
    ]);
    expect([(await run.row()).state, (await run.row()).closedAt]).toEqual(['stuck', null]);
    expect(round).toBeGreaterThan(1);
    expect((await run.story()).length).toBeLessThan(30);
    run.away.clear();
    await run.bringBack();
    expect([run.cloud(1).ours(), (await run.row()).state]).toEqual([[], 'closed']);
    // The other account's machines were read gone, and paid, only until they were.
    const gone = (await run.intents()).filter(({ accountId }) => accountId === run.cloud(0).accountId);
    for (const { items } of gone) expect(msBetween(startedAt, items[0]?.goneAt ?? '')).toBeLessThan(MINUTE);
  });

  it('asks a cloud that refuses twenty times, then a person', async () => {
    let protectedNow = true;
    let asked = 0;
    const refusing = changedProvider(simulated, [
      (compute) => ({
        terminate: async (ids, ...rest) => {
          asked += 1;
          if (!protectedNow) return await compute.terminate(ids, ...rest);
          return new Map(ids.map((id) => [id, new SpringtideError('failed-precondition', 'protected')]));
        },
      }),
    ]);
    const run = await RunOnClouds.open(stage, [{ manifest: refusing }], {}, 'demo');
    await run.buy(0, 1);
    const startedAt = run.now();
    await run.bringBack(() => msBetween(startedAt, run.now()) > 10 * MINUTE);
    const { obstacles } = await seen(run);
    expect([asked, obstacles[0]?.kind, obstacles[0]?.nextTry]).toEqual([20, 'refused', null]);
    expect((await run.row()).state).toBe('stuck');
    protectedNow = false;
  });

  it('finds in its proof what the ledger took for gone, and ends it', async () => {
    const run = await RunOnClouds.open(stage, [{}]);
    const intentId = await run.buy(0, 2);
    const [intent] = await run.intents();
    if (intent === undefined) throw new Error('no purchase');
    const [lost] = run.cloud(0).ours();
    await run.ledger.change(intent, (current, at) => ({
      ...current,
      items: current.items.map((item) =>
        item.machineId === lost ? { ...item, state: 'lost', goneAt: at } : item,
      ),
    }));
    await run.bringBack();
    expect((await run.kept())?.progress.round).toBe(2);
    expect([run.cloud(0).ours(), (await run.row()).state]).toEqual([[], 'closed']);
    expect((await run.story()).join('\n')).toContain(
      'proof: not clean: 1 machine of this run is still listed',
    );
    expect(intentId).not.toBe('');
  });

  it('finds out what else came of a purchase of which a part is known, before it closes', async () => {
    const run = await RunOnClouds.open(stage, [{}]);
    const { accountId, cloud } = run.cloud(0);
    cloud.administer({ action: 'limit-room', zone: 'sim-east-a', machineType: 'c2.large', machines: 3 });
    cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'lose' });
    await run.buy(0, 5);
    run.clock.advance(MINUTE);
    const scope = { tenantId: stage.tenant.tenantId, accountId, region: 'sim-east' };
    expect(await new Reconciler(run.ledger).pass(scope)).toMatchObject({ adopted: 3 });
    expect((await run.intents()).map(({ state }) => state)).toEqual(['sent']);
    await run.bringBack(() => run.now() > '2026-11-11T03:00');
    expect([run.cloud(0).ours(), (await run.row()).state]).toEqual([[], 'closed']);
    const states = (await run.intents()).flatMap(({ items }) => items.map((item) => item.state));
    expect(states.toSorted()).toEqual(['absent', 'absent', 'gone', 'gone', 'gone']);
  });

  it('sees to the entrances once more at the proof, and says which one still sends requests to nobody', async () => {
    const run = await RunOnClouds.open(stage, [{}]);
    await run.buy(0, 1);
    run.before.sendHome = ['the entrance of storefront takes no orders'];
    await run.bringBack((phase) => phase === 'proof');
    const told = async () => (await run.story()).filter((line) => line.startsWith('scale-back.not-home'));
    expect(await told()).toEqual([]);
    await run.bringBack();
    expect((await told()).join()).toContain('the entrance of storefront takes no orders');
    expect((await run.row()).state).toBe('closed');
  });

  it('goes on where another worker stopped, and fences that one off', async () => {
    const run = await RunOnClouds.open(stage, [{}]);
    await run.buy(0, 2);
    const ids = { tenantId: stage.tenant.tenantId, runId: run.runId };
    const old = await run.wayBack.begin({ ...ids, owner: 'old', reason: 'drill' });
    await run.wayBack.look({ ...ids, fence: old.fence }, 'weights');
    await run.bringBack((phase) => phase === 'gone');
    await expect(run.wayBack.look({ ...ids, fence: old.fence }, 'terminate')).resolves.toMatchObject({
      next: 'gone',
    });
    await expect(run.buy(0, 1, 'late')).rejects.toMatchObject({ code: 'conflict' });
    await run.bringBack();
    expect((await run.row()).state).toBe('closed');
  });
});

describe('hands on the way back', () => {
  it('hold a phase: machines and leases are kept until it goes on, also when somebody cancels', async () => {
    const run = await RunOnClouds.open(stage, [{}]);
    await run.buy(0, 2);
    await run.give({ command: 'hold', at: 'terminate', minutes: 300, reason: 'a dump' });
    await run.give({ command: 'abort', reason: 'somebody else is in a hurry' });
    const startedAt = run.now();
    await run.bringBack(() => msBetween(startedAt, run.now()) > 2 * HOUR);
    expect([
      run.cloud(0).ours().length,
      await stateOf(run, 'terminate'),
      await stateOf(run, 'drain'),
    ]).toEqual([2, 'held', 'done']);
    for (const intent of await run.intents()) expect((intent.releaseBy ?? '') > run.now()).toBe(true);
    await run.give({ command: 'go-on' });
    await run.bringBack();
    expect([run.cloud(0).ours(), (await run.row()).state]).toEqual([[], 'closed']);
  });

  it('cannot hold beyond what was approved, nor against the stop switch', async () => {
    const run = await RunOnClouds.open(stage, [{}]);
    await run.buy(0, 1);
    await run.give({ command: 'hold', at: 'terminate', minutes: 7 * 24 * 60, reason: '' });
    const startedAt = run.now();
    await run.bringBack((phase) => {
      if (phase === 'terminate') run.clock.advance(20 * MINUTE);
      return phase === 'gone';
    });
    const mandate = await run.ledger.findMandate(stage.tenant.tenantId, run.runId);
    expect(run.now() >= (mandate?.validUntil ?? '')).toBe(true);
    expect(msBetween(startedAt, run.now())).toBeLessThan(9 * HOUR);

    const other = await RunOnClouds.open(stage, [{}]);
    await other.buy(0, 1);
    await other.give({ command: 'hold', at: 'terminate', minutes: 600, reason: '' });
    await other.bringBack(() => other.now() > '2026-11-11T00:10');
    expect(await stateOf(other, 'terminate')).toBe('held');
    await other.ledger.setStopSwitch(stage.tenant.tenantId, {
      engaged: true,
      reason: 'drill',
      at: other.now(),
    });
    const pulledAt = other.now();
    await other.bringBack((phase) => phase === 'gone');
    expect(msBetween(pulledAt, other.now())).toBeLessThan(MINUTE);
    await expect(other.give({ command: 'hold', at: 'proof', minutes: 5, reason: '' })).rejects.toThrow(
      /stop switch/,
    );
    await other.bringBack();
    await other.ledger.setStopSwitch(stage.tenant.tenantId, { engaged: false, reason: '', at: other.now() });
    expect((await other.row()).state).toBe('closed');
  });

  it('with the stop switch pulled, machines are asked to go within a minute, whatever stands before', async () => {
    const run = await RunOnClouds.open(stage, [{}]);
    await run.buy(0, 2);
    run.before.sendHome = ['the entrance takes no orders'];
    run.before.drain = ['connections'];
    run.before.evict = ['node-1: a budget'];
    await run.ledger.setStopSwitch(stage.tenant.tenantId, { engaged: true, reason: 'drill', at: run.now() });
    const pulledAt = run.now();
    await run.bringBack((phase) => phase === 'gone');
    const asked = (await run.intents()).flatMap(({ items }) => items.map((item) => item.releasingAt ?? ''));
    expect(asked.length).toBe(2);
    for (const at of asked) expect(msBetween(pulledAt, at)).toBeLessThanOrEqual(MINUTE);
    await run.ledger.setStopSwitch(stage.tenant.tenantId, { engaged: false, reason: '', at: run.now() });
    await run.bringBack();
  });

  it('end a waiting, never the proof; two at once: the second is told', async () => {
    const run = await RunOnClouds.open(stage, [{}]);
    await run.buy(0, 1);
    run.before.sendHome = ['the entrance takes no orders'];
    await run.bringBack(async () => (await stateOf(run, 'weights')) === 'working');
    const { revision } = await run.row();
    const skip = { command: 'skip-waiting', at: 'weights' } as const;
    const outcomes = await Promise.allSettled([run.give(skip, revision), run.give(skip, revision)]);
    expect(outcomes.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await run.bringBack((phase) => phase === 'proof');
    expect(await stateOf(run, 'weights')).toBe('skipped');
    await expect(run.give({ command: 'skip-waiting', at: 'proof' })).rejects.toThrow(/cannot be skipped/);
    await expect(run.give({ command: 'pause' })).rejects.toThrow(/on their way out/);
    await run.bringBack();
    expect((await run.row()).state).toBe('closed');
  });
});

describe('what is stuck', () => {
  const desk = (run: RunOnClouds) => new StuckDesk(stage.test.database, run.ledger, run.clock);
  const listOf = async (run: RunOnClouds) =>
    (await desk(run).list(stage.tenant.admin, { limit: 50, runId: run.runId }, () => 'cloud-0')).items;

  it('is listed within fifteen minutes, with choices that say what they cost; retry asks the cloud at once', async () => {
    let protectedNow = true;
    const refusing = changedProvider(simulated, [
      (compute) => ({
        terminate: async (ids, ...rest) =>
          protectedNow
            ? new Map(ids.map((id) => [id, new SpringtideError('failed-precondition', 'protected')]))
            : await compute.terminate(ids, ...rest),
      }),
    ]);
    const run = await RunOnClouds.open(stage, [{ manifest: refusing }]);
    await run.buy(0, 2);
    const startedAt = run.now();
    let listedAt = '';
    await run.bringBack(async () => {
      if ((await listOf(run)).length > 0) listedAt ||= run.now();
      return listedAt !== '';
    });
    expect(msBetween(startedAt, listedAt)).toBeLessThanOrEqual(15 * MINUTE);
    const [stuck] = await listOf(run);
    expect(stuck).toMatchObject({
      kind: 'not-deleted',
      count: 2,
      costPerHour: { currency: 'CNY', amount: '0.78' },
      problem: { code: 'failed-precondition', message: 'protected' },
    });
    expect(
      stuck?.choices.map(({ choice, effect }) => [choice, /0\.78 CNY an hour \(18\.72 a day\)/.test(effect)]),
    ).toEqual([
      ['retry', false],
      ['abandon', true],
    ]);
    const retry = async () =>
      await desk(run).resolve(stage.tenant.admin, stuck?.id ?? '', { choice: 'retry' });
    expect(await retry()).toMatchObject({
      outcome: 'still-stuck',
      message: expect.stringMatching(/protected/),
    });
    protectedNow = false;
    expect(await retry()).toMatchObject({ outcome: 'done' });
    await expect(retry()).rejects.toMatchObject({ code: 'not-found' });
    await run.bringBack();
    expect([run.cloud(0).ours(), (await run.row()).state]).toEqual([[], 'closed']);
  });

  it('is abandoned by whoever may, with its cost on record: the run closes, says so, and its books follow the machine', async () => {
    const held = changedProvider(simulated, [
      (compute) => ({
        terminate: async (ids, ...rest) => {
          const [kept, ...others] = ids.toSorted();
          const outcomes = await compute.terminate(others, ...rest);
          return new Map([
            ...outcomes,
            [kept ?? '', new SpringtideError('failed-precondition', 'legal hold')],
          ]);
        },
      }),
    ]);
    const run = await RunOnClouds.open(stage, [{ manifest: held }]);
    await run.buy(0, 3);
    const startedAt = run.now();
    await run.bringBack(() => msBetween(startedAt, run.now()) > 15 * MINUTE);
    const [stuck] = await listOf(run);
    const nobody = (await stage.tenant.user(['read-only'])).ctx;
    const decision = { choice: 'abandon', reason: 'evidence in a case' } as const;
    await expect(desk(run).resolve(nobody, stuck?.id ?? '', decision)).rejects.toMatchObject({
      code: 'permission-denied',
    });
    await desk(run).resolve(stage.tenant.admin, stuck?.id ?? '', decision);
    await run.bringBack();
    const row = await run.row();
    expect([row.state, row.summary]).toEqual([
      'closed',
      'Closed: 1 machine was given up, all others are back.',
    ]);
    expect(run.cloud(0).ours()).toHaveLength(1);
    const { leftovers } = await seen(run);
    expect(leftovers).toEqual([expect.objectContaining({ abandoned: 'admin: evidence in a case' })]);
    const mandate = await run.ledger.findMandate(stage.tenant.tenantId, run.runId);
    expect([mandate?.machines, mandate?.perHour.amount]).toEqual([1, '0.39']);
    // Neither the reconciler nor a lapsed lease touches it; when it goes by itself, the books follow.
    const reconciler = new Reconciler(run.ledger);
    const scope = { tenantId: stage.tenant.tenantId, accountId: run.cloud(0).accountId, region: 'sim-east' };
    run.clock.advance(HOUR);
    for (let pass = 0; pass < 3; pass += 1) {
      expect(await reconciler.pass(scope)).toMatchObject({ orphansDeleted: 0, lapsedRunIds: [] });
      run.clock.advance(10 * MINUTE);
    }
    expect(run.cloud(0).ours()).toHaveLength(1);
    run.cloud(0).cloud.administer({ action: 'delete-outside', id: run.cloud(0).ours()[0] ?? '' });
    for (let pass = 0; pass < 4; pass += 1) {
      await reconciler.pass(scope);
      run.clock.advance(10 * MINUTE);
    }
    const after = await run.ledger.findMandate(stage.tenant.tenantId, run.runId);
    expect(after?.machines).toBe(0);
    await run.bringBack();
    expect((await run.intents()).map((intent) => intent.state)).toEqual(['released']);
  });

  it('of unknown outcome: a machine is adopted only when it carries the marks of the purchase', async () => {
    const run = await RunOnClouds.open(stage, [{}]);
    run.cloud(0).cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'lose' });
    await run.buy(0, 1);
    run.clock.advance(11 * MINUTE);
    run.cloud(0).cloud.administer({ action: 'create-foreign' });
    const [stuck] = await listOf(run);
    expect(stuck?.kind).toBe('unknown-outcome');
    const [ours] = run.cloud(0).ours();
    const foreign = run
      .cloud(0)
      .cloud.machines()
      .find((machine) => machine.id !== ours);
    const adopt = async (machineId = '') =>
      await desk(run).resolve(stage.tenant.admin, stuck?.id ?? '', { choice: 'adopt', machineId });
    await expect(adopt(foreign?.id)).rejects.toThrow(/does not carry the marks/);
    expect(await adopt(ours)).toMatchObject({ outcome: 'done' });
    await run.bringBack();
    expect([run.cloud(0).ours(), (await run.row()).state]).toEqual([[], 'closed']);
    expect(
      run
        .cloud(0)
        .cloud.machines()
        .map(({ id }) => id),
    ).toEqual([foreign?.id]);
  });
});
