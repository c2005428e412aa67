import { MINUTE } from '@springtide/kernel';
import type { Satellite } from '../../contract/machine.js';
import type { Bench } from '../bench.js';
import type { Rule } from '../rule.js';

const USUAL_TIME_TO_LIVE_MS = 10 * MINUTE;

export const leftoverRules: readonly Rule[] = [
  {
    id: 'P-70',
    level: 'MUST',
    title: 'what outlives its machine is found by the machine after that is gone, and can be released',
    why: 'forgotten disks and addresses are the bill of next month',
    controls: ['attachSatellite'],
    check: async (bench) => {
      const batch = bench.batch();
      const { id } = await bench.running(batch);
      const satellite = await bench.control('attachSatellite')(id);
      await bench.compute.terminate([id], bench.scope);
      await bench.gone([id]);
      const found = await satellitesOf(bench, id, batch.ownership.intent);
      expect(found.map((each) => each.id)).toContain(satellite);
      await sweep(bench, id, batch.ownership.intent);
    },
  },
  {
    id: 'P-71',
    level: 'MUST',
    title: 'releasing a satellite is idempotent: one that is gone reports gone',
    why: 'the sweep is repeated after a crash',
    controls: ['attachSatellite'],
    check: async (bench) => {
      const batch = bench.batch();
      const { id } = await bench.running(batch);
      const satelliteId = await bench.control('attachSatellite')(id);
      await bench.compute.terminate([id], bench.scope);
      await bench.gone([id]);
      const found = await satellitesOf(bench, id, batch.ownership.intent);
      const satellite = found.find((each) => each.id === satelliteId);
      if (satellite === undefined) throw new Error('the satellite was not found');
      await bench.until('the satellite is gone', async () =>
        (await bench.compute.releaseSatellite(satellite)) === 'gone' ? true : undefined,
      );
      expect(await bench.compute.releaseSatellite(satellite)).toBe('gone');
    },
  },
  {
    id: 'P-72',
    level: 'MUST',
    title: 'an ordinary life leaves nothing behind once its satellites are swept',
    why: 'a campaign closes with zero billable resources by the cloud’s own word',
    check: async (bench) => {
      const batch = bench.batch();
      const { id } = await bench.running(batch);
      await bench.compute.terminate([id], bench.scope);
      await bench.gone([id]);
      await sweep(bench, id, batch.ownership.intent);
      expect((await bench.list(bench.installation)).map((machine) => machine.id)).toEqual([]);
    },
  },
  {
    id: 'P-73',
    level: 'MUST',
    title: 'a machine with a time-to-live ends itself',
    why: 'even our own death ends the bill',
    capabilities: ['timeToLive'],
    controls: ['passTime'],
    check: async (bench) => {
      const ttlMs = timeToLiveOf(bench);
      const { id } = await bench.running(bench.batch({ releaseAt: bench.inMs(ttlMs) }));
      await bench.control('passTime')(ttlMs);
      await bench.gone([id]);
    },
  },
  {
    id: 'P-74',
    level: 'MUST',
    title: 'a time-to-live can be moved and removed',
    why: 'a campaign is extended while it runs',
    capabilities: ['timeToLive'],
    controls: ['passTime'],
    check: async (bench) => {
      const ttlMs = timeToLiveOf(bench);
      const releaseAt = bench.inMs(ttlMs);
      const moved = await bench.running(bench.batch({ releaseAt }));
      const removed = await bench.running(bench.batch({ releaseAt }));
      await bench.compute.setReleaseTime([moved.id], bench.scope, bench.inMs(3 * ttlMs));
      await bench.compute.setReleaseTime([removed.id], bench.scope, null);
      await bench.control('passTime')(ttlMs);
      expect(await bench.describe(moved.id)).toMatchObject({ state: 'running' });
      await bench.control('passTime')(2 * ttlMs);
      await bench.gone([moved.id]);
      expect(await bench.describe(removed.id)).toMatchObject({ state: 'running' });
    },
  },
];

function timeToLiveOf(bench: Bench): number {
  return bench.harness.shortestTimeToLiveMs ?? USUAL_TIME_TO_LIVE_MS;
}

async function satellitesOf(bench: Bench, machineId: string, intent: string): Promise<readonly Satellite[]> {
  return bench.compute.listSatellites({ region: bench.region, machineIds: [machineId], intent });
}

async function sweep(bench: Bench, machineId: string, intent: string): Promise<void> {
  await bench.until('every satellite is swept', async () => {
    const left = await satellitesOf(bench, machineId, intent);
    for (const satellite of left) await bench.compute.releaseSatellite(satellite);
    return left.length === 0 ? true : undefined;
  });
}
