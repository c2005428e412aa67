import { SpringtideError } from '@springtide/kernel';
import { manifest as simulated } from '../../../providers/simulated/index.js';
import { TENANT } from './effect-fixtures.js';
import { REGION, type OpenWorld } from './effect-world.js';
import { changedProvider } from './interruption.js';

/** The way back: to rest, released, read back gone, swept, settled. */
export function describeReturn(open: OpenWorld): void {
  it('ends what a run left unanswered before it deletes', async () => {
    const world = await open();
    const process = await world.process();
    world.cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'lose' });
    world.cloud.administer({ action: 'hide-new', forMs: 2_000 });
    await process.ledger.launch(world.request());
    await world.bringBack(process);
    expect([...world.everMade.values()].map((made) => made.size)).toEqual([5]);
    expect(await world.violations(true)).toEqual([]);
  });

  it('sweeps satellites before an intent counts as released', async () => {
    const world = await open({ plan: { behaviour: { survivingDisks: 1 } } });
    const process = await world.process();
    const answer = await world.launch(process);
    const intent = answer.status === 'settled' ? answer.intentId : '';
    const machineIds = [...world.look()];
    await world.bringBack(process);
    const left = await process.client.compute.listSatellites({ region: REGION, machineIds, intent });
    expect(left).toEqual([]);
    // Each was written ahead like every other deletion.
    const deletions = await process.ledger.listIntents(TENANT, { runId: world.run, kind: 'delete' });
    const sweeps = deletions.filter(({ step }) => step.startsWith('sweep/'));
    expect(sweeps).toHaveLength(machineIds.length);
    expect(sweeps.every(({ state }) => state === 'settled')).toBe(true);
    expect(await world.violations(true)).toEqual([]);
  });

  it('asks again for machines that the cloud promised to delete and kept', async () => {
    const world = await open({
      plan: { faults: { stuckTermination: 0.7 } },
      policy: { callDeadlineMs: 4_000 },
    });
    const process = await world.process();
    await world.launch(process);
    await world.bringBack(process);
    const asked = await process.ledger.listIntents(TENANT, { runId: world.run, kind: 'delete' });
    expect(asked.filter((intent) => intent.step.startsWith('again/')).length).toBeGreaterThan(1);
    expect(await world.violations(true)).toEqual([]);
  });

  it('goes on where a release stopped half-way, and says what the cloud refused', async () => {
    const world = await open();
    const protectedIds = new Set<string>();
    const refusing = changedProvider(simulated, [
      (compute) => ({
        terminate: async (ids, ...rest) => {
          const outcomes = new Map(
            await compute.terminate(
              ids.filter((id) => !protectedIds.has(id)),
              ...rest,
            ),
          );
          for (const id of ids) {
            if (protectedIds.has(id))
              outcomes.set(id, new SpringtideError('failed-precondition', 'protected'));
          }
          return outcomes;
        },
      }),
    ]);
    const process = await world.process({ manifest: refusing });
    const answer = await world.launch(process);
    const intentId = answer.status === 'settled' ? answer.intentId : '';
    const ids = [...world.look()];
    protectedIds.add(ids[2] ?? '');
    const release = {
      ...world.request(),
      step: 'release',
      targets: ids.map((machineId) => ({ intentId, machineId })),
    };
    await expect(process.life.release(release)).rejects.toMatchObject({ code: 'failed-precondition' });
    const [half] = await world.intents();
    expect(half?.items.map((item) => item.state).toSorted()).toEqual([
      'accepted',
      ...Array.from({ length: 4 }, () => 'releasing'),
    ]);
    const kept = half?.items.find((item) => item.state === 'accepted');
    expect(kept?.refusal).toEqual({ code: 'failed-precondition', message: 'protected' });
    protectedIds.clear();
    await process.life.release(release);
    world.clock.advance(5_000);
    await process.life.finishRelease(TENANT, intentId);
    expect(await world.violations(true)).toEqual([]);
  });

  it('counts as released only when every satellite went, also one that the cloud would not let go at first', async () => {
    const world = await open({ plan: { behaviour: { survivingDisks: 1 } } });
    let held: string | undefined = '';
    const refusing = changedProvider(simulated, [
      (compute) => ({
        releaseSatellite: async (satellite, ...rest) => {
          if (held === '') held = satellite.id;
          if (held === satellite.id)
            throw new SpringtideError('failed-precondition', 'a snapshot is being taken');
          await compute.releaseSatellite(satellite, ...rest);
          return 'gone';
        },
      }),
    ]);
    const process = await world.process({ manifest: refusing });
    const answer = await world.launch(process);
    const intentId = answer.status === 'settled' ? answer.intentId : '';
    const machineIds = [...world.look()];
    await world.release(process);
    for (let n = 0; n < 3; n += 1) {
      world.clock.advance(60_000);
      await process.life.finishRelease(TENANT, intentId);
    }
    expect(await process.life.finishRelease(TENANT, intentId)).toEqual({ machines: 0, satellites: 1 });
    expect((await world.intents())[0]?.state).toBe('settled');
    held = undefined;
    await world.bringBack(process);
    const left = await process.client.compute.listSatellites({
      region: REGION,
      machineIds,
      intent: intentId,
    });
    expect(left).toEqual([]);
    expect(await world.violations(true)).toEqual([]);
  });

  it('bills a machine until it was first asked to go, however often it is asked again', async () => {
    const world = await open({ plan: { behaviour: { terminateMs: 600_000 } } });
    const process = await world.process();
    await world.launch(process);
    await world.release(process);
    const asked = world.now();
    world.clock.advance(300_000);
    await world.release(process);
    const [intent] = await world.intents();
    expect(new Set(intent?.items.map((item) => item.releasingAt))).toEqual(new Set([asked]));
    world.clock.advance(600_000);
    await world.bringBack(process);
    expect(await world.violations(true)).toEqual([]);
  });

  it('lets only machines that run become capacity, and none that leave', async () => {
    const world = await open();
    const process = await world.process();
    const answer = await world.launch(process);
    const intentId = answer.status === 'settled' ? answer.intentId : '';
    const ids = [...world.look()];
    const states = async () => {
      const { items } = await process.life.markReady(TENANT, intentId, ids);
      return new Set(items.map((item) => item.state));
    };
    expect(await states()).toEqual(new Set(['accepted']));
    world.clock.advance(5_000);
    await process.life.observe(TENANT, intentId);
    expect(await states()).toEqual(new Set(['ready']));
    await world.release(process);
    expect(await states()).toEqual(new Set(['releasing']));
  });
}
