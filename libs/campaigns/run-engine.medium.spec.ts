import type { PhaseStage } from '@springtide/contracts';
import { MachineLife } from '@springtide/effects';
import { HOUR, MINUTE, SpringtideError, addMs, compareMoney, money, zero } from '@springtide/kernel';
import { manifest as simulated } from '../../providers/simulated/index.js';
import { changedProvider } from '../effects/testing/interruption.js';
import { Provisioning } from './provisioning.service.js';
import type { ResidualSolver } from './residual-planner.js';
import { RunEngine } from './run-engine.service.js';
import { ScaleBack } from './scale-back.service.js';
import { RunOnClouds, campaignsDatabase } from './testing/run-on-clouds.js';

let stage: Awaited<ReturnType<typeof campaignsDatabase>>;

beforeAll(async () => {
  stage = await campaignsDatabase();
}, 120_000);
afterAll(async () => await stage.test.drop());

const nothingSolved: ResidualSolver = async () => await Promise.reject(new Error('nothing is solved here'));

async function open(
  clouds: Parameters<typeof RunOnClouds.open>[1] = [{}],
  solve: ResidualSolver = nothingSolved,
) {
  const run = await RunOnClouds.open(stage, clouds);
  const engine = new RunEngine(run.book, run.ledger, solve);
  const ref = { tenantId: stage.tenant.tenantId, runId: run.runId, fence: run.fence };
  const ground = async (stageOf: PhaseStage = 'full', fence = run.fence) =>
    await engine.readOrders({ ...ref, fence, phase: 'peak', stage: stageOf });
  const missing = async () => (await ground()).grow.map(({ poolId, count }) => [poolId, count]);
  const pool = (index: number) => `${run.cloud(index).accountId}/c2.large`;
  const vanish = (index = 0) => {
    const [id = ''] = run.cloud(index).ours();
    run.cloud(index).cloud.administer({ action: 'delete-outside', id });
    run.clock.advance(MINUTE);
  };
  return { run, engine, ref, ground, missing, pool, vanish };
}

type Open = Awaited<ReturnType<typeof open>>;

async function signals({ run }: Open): Promise<number> {
  const rows = await stage.test.database.systemWork('test', async (tx) =>
    tx.query<unknown[]>(
      `select 1 from outbox where message->>'kind' = 'signal' and message::text like '%' || $1 || '%'`,
      [run.runId],
    ),
  );
  return rows.length;
}

describe('the phase of a run', () => {
  it('is the latest that was prepared or reached: one that only gives back is never prepared', async () => {
    const { run, engine, ref } = await open();
    const shown = async () => (await run.row()).phase;
    await run.book.change(ref.tenantId, ref.runId, ({ phases }) => ({
      phases: phases.flatMap((peak) => [peak, { ...peak, name: 'decay' as const }]),
    }));
    await engine.enterPhase({ ...ref, phase: 'peak' });
    await engine.notePhaseReached({ ...ref, phase: 'decay' });
    expect(await shown()).toBe('decay');
    await engine.notePhaseReached({ ...ref, phase: 'peak' });
    expect(await shown()).toBe('decay');
  });
});

describe('a start that comes too late', () => {
  const late = async (policy: 'start' | 'skip') => {
    const world = await open();
    const { run, engine, ref } = world;
    await run.changeCampaign({ lateStart: { policy, afterMinutes: 15 } });
    const startBy = async () => (await engine.readRun(ref.tenantId, ref.runId)).phases[0]?.startBy;
    const told = async () => (await run.story()).filter((line) => /^phase\.(late|skipped)/.test(line));
    return { ...world, startBy, told };
  };

  it('is judged from when the run was armed, and told once', async () => {
    const { run, engine, ref, ground, startBy, told, pool } = await late('skip');
    const armed = run.now();
    expect(await startBy()).toBe(addMs(armed, 15 * MINUTE));
    run.clock.advance(16 * MINUTE);
    await engine.noteSkipped({ ...ref, phase: 'peak' });
    await engine.noteSkipped({ ...ref, phase: 'peak' });
    expect(await told()).toEqual([expect.stringMatching(/^phase.skipped: .*is skipped: .*15 min/i)]);
    expect((await ground('late')).grow).toEqual([]);
    expect((await ground('full')).grow).toMatchObject([{ poolId: pool(0), count: 4 }]);
  });

  it('is in time again when a person gives the run a command', async () => {
    const { run, startBy, told } = await late('skip');
    run.clock.advance(16 * MINUTE);
    await run.give({ command: 'pause' });
    await run.give({ command: 'resume' });
    expect(await startBy()).toBe(addMs(run.now(), 15 * MINUTE));
    expect(await told()).toEqual([]);
  });

  it('is no question any more once the phase was begun', async () => {
    const { run, engine, ref, startBy, told } = await late('skip');
    await engine.enterPhase({ ...ref, phase: 'peak' });
    run.clock.advance(HOUR);
    expect(await startBy()).toBeUndefined();
    expect(await told()).toEqual([]);
  });

  it('is told where it begins all the same', async () => {
    const { run, ground, startBy, told } = await late('start');
    await ground();
    expect(await told()).toEqual([]);
    run.clock.advance(16 * MINUTE);
    expect(await startBy()).toBeUndefined();
    await ground();
    await ground();
    expect(await told()).toEqual([expect.stringMatching(/^phase.late: .*bought all the same/i)]);
  });
});

describe('the guard of a run', () => {
  it('has what vanished replaced, and wakes the run for it, once', async () => {
    const world = await open();
    const { run, engine, ref, vanish, missing, pool } = world;
    await run.buy(0, 4);
    await engine.guardTick(ref);
    expect([(await run.row()).revision, await missing()]).toEqual([1, []]);
    vanish();
    await engine.guardTick(ref);
    await engine.guardTick(ref);
    expect([(await run.row()).revision, await missing()]).toEqual([2, [[pool(0), 1]]]);
    expect(await signals(world)).toBe(1);
  });

  it('tells of what somebody else booked as lost before it, and of each machine once', async () => {
    const world = await open();
    const { run, engine, ref, vanish } = world;
    await run.buy(0, 4);
    for (const count of [1, 2]) {
      vanish();
      const [intent] = await run.intents();
      await new MachineLife(run.ledger).observe(ref.tenantId, intent?.id ?? '');
      await engine.guardTick(ref);
      await engine.guardTick(ref);
      expect([(await run.row()).revision, await signals(world)]).toEqual([1 + count, count]);
    }
    const told = (await run.story()).filter((line) => line.startsWith('guard.lost'));
    expect(told).toEqual(Array(2).fill('guard.lost: 1 machine vanished and is being replaced.'));
  });

  it('looks at the other clouds although one does not answer, and says that it did not', async () => {
    const { run, engine, ref, vanish, missing, pool } = await open([{}, {}]);
    await run.buy(0, 4);
    await run.buy(1, 4);
    vanish(1);
    run.away.add(run.cloud(0).accountId);
    // Whoever asked goes on to the entrances and what they take.
    expect(await engine.guardTick(ref)).toMatchObject({ over: false });
    run.away.clear();
    expect(await missing()).toEqual([[pool(1), 1]]);
    expect((await run.story()).filter((line) => line.startsWith('guard.unseen'))).toHaveLength(1);
    expect((await run.row()).revision).toBe(2);
  });

  it('freezes purchases when the budget is used up, and not before', async () => {
    const { run, engine, ref } = await open();
    await run.buy(0, 4);
    const state = async () => (await run.ledger.findMandate(ref.tenantId, ref.runId))?.state;
    // Four machines for an hour.
    await run.ledger.changeMandate(ref.tenantId, ref.runId, (mandate) => ({
      ...mandate,
      budget: money('CNY', '1.56'),
    }));
    run.clock.advance(58 * MINUTE);
    await engine.guardTick(ref);
    expect(await state()).toBe('open');
    run.clock.advance(2 * MINUTE);
    await engine.guardTick(ref);
    expect(await state()).toBe('frozen');
    expect((await run.story()).filter((line) => line.startsWith('guard.budget'))).toHaveLength(2);
    expect(run.cloud(0).ours()).toHaveLength(4);
  });

  it('keeps leases while the run wants its machines, and no longer', async () => {
    const { run, engine, ref } = await open();
    await run.buy(0, 1);
    const lease = async () => (await run.intents())[0]?.releaseBy ?? '';
    run.clock.advance(10 * MINUTE);
    expect(await engine.guardTick(ref)).toMatchObject({ over: false });
    const renewed = await lease();
    expect(renewed).toBe(addMs(run.now(), 15 * MINUTE));
    await run.book.change(ref.tenantId, ref.runId, () => ({ state: 'scaling-back' }));
    run.clock.advance(5 * MINUTE);
    expect(await engine.guardTick(ref)).toMatchObject({ over: true });
    expect(await lease()).toBe(renewed);
  });

  it('keeps leases of a paused run too, and between its ticks when a look took long', async () => {
    const { run, engine, ref } = await open();
    await run.buy(0, 1);
    await run.book.change(ref.tenantId, ref.runId, () => ({ control: 'pause' }));
    const lease = async () => (await run.intents())[0]?.releaseBy ?? '';
    for (const between of [false, true]) {
      run.clock.advance(10 * MINUTE);
      await engine.guardTick({ ...ref, between });
      expect([between, await lease()]).toEqual([between, addMs(run.now(), 15 * MINUTE)]);
    }
  });

  it('changes nothing of a run that waits for a person but its leases', async () => {
    const { run, engine, ref, vanish } = await open();
    await run.buy(0, 4);
    await run.book.change(ref.tenantId, ref.runId, () => ({ control: 'hold' }));
    vanish();
    expect(await engine.guardTick(ref)).toMatchObject({ held: true });
    expect((await run.row()).revision).toBe(1);
    expect((await run.intents())[0]?.releaseBy).toBe(addMs(run.now(), 15 * MINUTE));
  });
});

describe('the ground of a phase', () => {
  it('lets go what is too much only from the start of the phase on, and what failed at once', async () => {
    const { run, ground, ref } = await open();
    const intentId = await run.buy(0, 6);
    const [intent] = await run.intents();
    if (intent === undefined) throw new Error('nothing was bought');
    const leaving = async (at: 'grow' | 'full') =>
      (await ground(at)).shrink.flatMap(({ targets }) => targets.map(({ machineId }) => machineId));
    expect([await leaving('grow'), (await leaving('full')).length]).toEqual([[], 2]);
    const [bad] = run.cloud(0).ours();
    await run.ledger.change(intent, (current) => ({
      ...current,
      items: current.items.map((item) => (item.machineId === bad ? { ...item, state: 'failed' } : item)),
    }));
    expect([await leaving('grow'), (await leaving('full')).length]).toEqual([[bad], 2]);
    expect([intentId, ref.fence]).toEqual([intent.id, 1]);
  });

  it.each([
    ['the same owner', 'lose', 1],
    ['the same owner', 'fail', 4],
    ['a new owner', 'lose', 1],
    ['a new owner', 'fail', 4],
  ] as const)(
    'sees an interrupted purchase through for %s, whatever came of it (%s)',
    async (owner, effect, count) => {
      let deaf = effect === 'fail';
      const manifest = changedProvider(simulated, [
        (compute) => ({
          launch: async (...args) => {
            if (deaf) throw new SpringtideError('unknown', 'lost on the way there');
            return await compute.launch(...args);
          },
        }),
      ]);
      const { run, ground, missing, pool, ref } = await open([{ manifest }]);
      if (effect === 'lose')
        run.cloud(0).cloud.administer({ action: 'inject', operation: 'RunMachines', effect });
      await run.buy(0, 3);
      deaf = false;
      if (owner === 'a new owner')
        run.fence = await run.ledger.takeFence(ref.tenantId, ref.runId, 'the next run');
      const [intent] = await run.intents();
      // Nobody buys for it while its outcome is unknown.
      expect([intent?.state, await missing()]).toEqual(['sent', [[pool(0), 1]]]);
      const { booting } = await ground();
      expect(booting).toEqual([intent?.id]);
      const provisioning = new Provisioning(run.book, run.ledger);
      for (const intentId of booting) await provisioning.awaitRunning({ ...ref, intentId }, () => undefined);
      expect([await missing(), (await ground()).booting]).toEqual([[[pool(0), count]], []]);
    },
  );
});

describe('an owner that was replaced', () => {
  it('does not cut short what the newer one is buying', async () => {
    const { run, ground, ref } = await open();
    run.fence = await run.ledger.takeFence(ref.tenantId, ref.runId, 'the next run');
    run.cloud(0).cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'lose' });
    await run.buy(0, 3);
    expect((await ground('full', ref.fence)).booting).toEqual([]);
    expect((await ground()).booting).toHaveLength(1);
  });
});

describe('a shortage', () => {
  const deficit = (poolId: string) => [
    { service: 'storefront', poolId, code: 'insufficient-capacity', count: 4 },
  ];

  it('is planned around with the money that is left, within its rounds', async () => {
    const asked: Parameters<ResidualSolver>[0][] = [];
    const world = await open([{}, {}], async (problem) => {
      asked.push(problem);
      const pool = problem.pools[0]?.id ?? '';
      return await Promise.resolve({
        phases: ['peak'],
        machines: [{ class: 'storefront', pool, counts: [4] }],
        shortage: [],
      });
    });
    const { run, engine, ref, pool } = world;
    await run.buy(1, 2);
    const round = { ...ref, phase: 'peak' as const, deficits: deficit(pool(0)) };
    const orders = await engine.planFallback({ ...round, round: 1 });
    expect(asked[0]?.pools.map(({ id }) => id)).toEqual([pool(1)]);
    const { budget, reserved, committed } = (await run.ledger.findMandate(ref.tenantId, ref.runId)) ?? {};
    if (budget === undefined || reserved === undefined || committed === undefined)
      throw new Error('no mandate');
    expect(compareMoney(reserved, zero('CNY'))).toBe(1);
    expect(Number(asked[0]?.budget?.amount)).toBeCloseTo(
      Number(budget.amount) - Number(reserved.amount) - Number(committed.amount),
      9,
    );
    // Four for this pool, as it was; four that stand in; two of them are there.
    expect(orders.map(({ poolId, count }) => [poolId, count])).toEqual([[pool(1), 6]]);
    expect(await engine.planFallback({ ...round, round: 3 })).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it.each(['before', 'while'])(
    'is neither told nor bought elsewhere by a run that was stopped %s',
    async (when) => {
      const stop = async () => await world.run.give({ command: 'abort', reason: 'drill' });
      const world = await open([{}, {}], async (problem) => {
        if (when === 'while') await stop();
        const pool = problem.pools[0]?.id ?? '';
        return { phases: ['peak'], machines: [{ class: 'storefront', pool, counts: [4] }], shortage: [] };
      });
      const { engine, ref, pool, run } = world;
      if (when === 'before') await stop();
      const round = { ...ref, phase: 'peak' as const, deficits: deficit(pool(0)) };
      expect(await engine.planFallback({ ...round, round: 1 })).toEqual([]);
      await engine.noteShortage(round);
      expect((await run.story()).filter((line) => line.startsWith('provision.'))).toEqual([]);
    },
  );

  it('does not undo a command that came while it was thought about', async () => {
    const world = await open([{}, {}], async (problem) => {
      await world.run.give({
        command: 'change-target',
        service: 'storefront',
        phase: 'peak',
        requestsPerSecond: 200,
      });
      const pool = problem.pools[0]?.id ?? '';
      return {
        phases: ['peak'],
        machines: [{ class: 'storefront', pool, counts: [4] }],
        shortage: [],
      };
    });
    const { engine, ref, pool, run } = world;
    await engine.planFallback({ ...ref, phase: 'peak', round: 1, deficits: deficit(pool(0)) });
    const { targets, revision } = await run.row();
    expect(revision).toBe(2);
    expect(targets.reduce((sum, row) => sum + row.machines, 0)).toBe(2);
  });
});

describe('a batch', () => {
  async function bought(bootMs = 1_000) {
    const world = await open([{ plan: { behaviour: { bootMs } } }]);
    await world.run.changePlan();
    const provisioning = new Provisioning(world.run.book, world.run.ledger);
    const order = {
      ...world.ref,
      phase: 'peak' as const,
      revision: 1,
      round: 0,
      service: 'storefront',
      poolId: world.pool(0),
      batch: 0,
      count: 2,
    };
    const launch = async (over: Partial<typeof order> = {}) =>
      (await provisioning.launchBatch({ ...order, ...over }, () => undefined)).intentId ?? '';
    return { ...world, provisioning, launch };
  }

  it('is bought once for the same order, and afresh for another batch, round or revision', async () => {
    const { run, launch } = await bought();
    const purchases = [
      await launch(),
      await launch(),
      await launch({ batch: 1 }),
      await launch({ round: 1 }),
      await launch({ revision: 2 }),
    ];
    expect(new Set(purchases).size).toBe(4);
    expect(run.cloud(0).ours()).toHaveLength(8);
  });

  it('that never comes up is given up in time, and counts as missing', async () => {
    const { run, provisioning, launch, ref, missing, pool, ground } = await bought(24 * HOUR);
    const intentId = await launch();
    const startedAt = run.now();
    const seen = await provisioning.awaitRunning({ ...ref, intentId }, () => undefined);
    expect(seen).toMatchObject({ running: 0, refused: [{ code: 'failed-to-boot', count: 2 }] });
    expect(run.now() < addMs(startedAt, HOUR)).toBe(true);
    expect(await missing()).toEqual([[pool(0), 4]]);
    expect((await ground()).shrink).toHaveLength(2);
  });
});

describe('closing', () => {
  it('a second time changes nothing: the engine may have missed the first', async () => {
    const { run, ref } = await open();
    await run.buy(0, 1);
    await run.bringBack();
    const closedAt = (await run.row()).closedAt;
    run.clock.advance(HOUR);
    await new ScaleBack(run.book, run.ledger).close(ref);
    expect((await run.row()).closedAt).toEqual(closedAt);
    expect((await run.story()).filter((line) => line.startsWith('closed:'))).toHaveLength(1);
  });

  it('waits for satellites that a person holds', async () => {
    const { run } = await open([{ plan: { behaviour: { survivingDisks: 1 } } }]);
    await run.buy(0, 1);
    await run.give({ command: 'hold', at: 'satellites', minutes: 120, reason: 'a dump' });
    const startedAt = run.now();
    await run.bringBack(() => run.now() > addMs(startedAt, HOUR));
    const [intent] = await run.intents();
    expect([run.cloud(0).ours(), intent?.state]).toEqual([[], 'settled']);
    const machineIds = intent?.items.map(({ machineId }) => machineId ?? '') ?? [];
    const query = { region: 'sim-east', machineIds, intent: intent?.id ?? '' };
    expect(await run.cloud(0).client.compute.listSatellites(query)).not.toEqual([]);
    await run.give({ command: 'go-on' });
    await run.bringBack();
    expect(await run.cloud(0).client.compute.listSatellites(query)).toEqual([]);
    expect((await run.row()).state).toBe('closed');
  });
});
