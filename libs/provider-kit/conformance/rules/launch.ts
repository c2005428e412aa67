import { SpringtideError } from '@springtide/kernel';
import type { LaunchBatch } from '../../contract/compute.js';
import type { Bench } from '../bench.js';
import type { Rule } from '../rule.js';

const CJK_AND_EMOJI = { 店铺: '双十一 🌊 抢购' };

export const launchRules: readonly Rule[] = [
  {
    id: 'P-10',
    level: 'MUST',
    title: 'an accepted machine comes to run under the id of the receipt',
    why: 'the receipt is what the ledger writes down',
    check: async (bench) => {
      const batch = bench.batch();
      const machine = await bench.running(batch);
      const { region, zone, machineType, purchaseOption } = batch;
      expect(machine).toMatchObject({ region, zone, machineType, purchaseOption, state: 'running' });
      expect((await bench.find(batch)).map((found) => found.id)).toEqual([machine.id]);
    },
  },
  {
    id: 'P-11',
    level: 'MUST',
    title: 'a machine that runs gets an address by which it can be reached',
    why: 'without one it takes no traffic and only costs',
    check: async (bench) => {
      const { id } = await bench.running();
      const addresses = await bench.until(`${id} has an address`, async () => {
        const machine = await bench.describe(id);
        return machine !== 'gone' && machine.addresses.length > 0 ? machine.addresses : undefined;
      });
      for (const address of addresses) expect(address).toMatch(/^[0-9a-f.:]+$/i);
    },
  },
  {
    id: 'P-12',
    level: 'MUST',
    title: 'the same token with the same batch gives the same machines, however often it is sent',
    why: 'every lost answer is repaired by sending again; a second machine would be money lost silently',
    check: async (bench) => {
      const batch = bench.batch({ count: severalOf(bench) });
      const first = await bench.launch(batch);
      expect((await bench.launch(batch)).toSorted()).toEqual(first.toSorted());
      expect((await bench.launch(batch)).toSorted()).toEqual(first.toSorted());
      await bench.passVisibilityLag();
      expect((await bench.find(batch)).map((machine) => machine.id).toSorted()).toEqual(first.toSorted());
    },
  },
  {
    id: 'P-13',
    level: 'MUST',
    title: 'the same token with another batch is a conflict and creates nothing',
    why: 'it is a programming error that must not buy machines nobody planned',
    check: async (bench) => {
      const batch = bench.batch();
      const first = await bench.launch(batch);
      const changed: LaunchBatch = {
        ...batch,
        image: `${batch.image}x`,
        userData: '#cloud-config\n# changed\n',
      };
      const error = await bench.refusal(async () => bench.compute.launch(changed));
      expect([error.code, error.effect]).toEqual(['conflict', 'none']);
      await bench.passVisibilityLag();
      expect((await bench.find(batch)).map((machine) => machine.id)).toEqual(first);
    },
  },
  {
    id: 'P-14',
    level: 'MUST',
    title: 'one token sent twice at the same time still gives one batch',
    why: 'a paused worker wakes up while its successor sends the same intent',
    check: async (bench) => {
      const batch = bench.batch();
      const sent = await Promise.allSettled([bench.launch(batch), bench.launch(batch)]);
      await bench.passVisibilityLag();
      const found = await bench.find(batch);
      expect(found).toHaveLength(1);
      const received = sent.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
      for (const id of received) expect(id).toBe(found[0]?.id);
    },
  },
  {
    id: 'P-15',
    level: 'MUST',
    title: 'a batch answers with one outcome per machine; machines are named in order',
    why: 'the deficit of a batch is counted from its outcomes',
    capabilities: ['batchLaunch'],
    check: async (bench) => {
      const batch = bench.batch({ count: severalOf(bench) });
      const ids = await bench.launch(batch);
      expect(new Set(ids).size).toBe(batch.count);
      await bench.passVisibilityLag();
      const names = (await bench.find(batch)).map((machine) => machine.name).toSorted();
      expect(names).toEqual(ids.map((_, n) => `${batch.namePrefix}-${n}`).toSorted());
    },
  },
  {
    id: 'P-16',
    level: 'MUST',
    title: 'what does not fit is refused machine by machine, down to the minimum',
    why: 'partial capacity is normal at the peak; only the deficit is bought elsewhere',
    capabilities: ['batchLaunch', 'partialLaunch'],
    controls: ['limitStock'],
    check: async (bench) => {
      const undo = await bench.control('limitStock')(
        bench.target.sample.zone,
        bench.target.sample.machineType,
        2,
      );
      try {
        const batch = bench.batch({ count: 3, minimum: 1 });
        const { items } = await bench.compute.launch(batch);
        const refused = items.flatMap((item) => (item.outcome === 'refused' ? [item.error] : []));
        expect(refused.map((error) => [error.code, error.effect])).toEqual([
          ['insufficient-capacity', 'none'],
        ]);
        await bench.passVisibilityLag();
        expect(await bench.find(batch)).toHaveLength(2);
      } finally {
        await undo();
      }
    },
  },
  {
    id: 'P-17',
    level: 'MUST',
    title: 'below the minimum nothing is created',
    why: 'a group that is too small serves nobody and costs all the same',
    capabilities: ['batchLaunch'],
    controls: ['limitStock'],
    check: async (bench) => {
      const undo = await bench.control('limitStock')(
        bench.target.sample.zone,
        bench.target.sample.machineType,
        2,
      );
      try {
        const batch = bench.batch({ count: 3, minimum: 3 });
        const error = await bench.refusal(async () => bench.compute.launch(batch));
        expect([error.code, error.effect]).toEqual(['insufficient-capacity', 'none']);
        await bench.passVisibilityLag();
        expect(await bench.find(batch)).toEqual([]);
      } finally {
        await undo();
      }
    },
  },
  {
    id: 'P-18',
    level: 'MUST',
    title: 'the first sight of a machine shows its whole ownership tag',
    why: 'a tag put on later leaves a window in which a crash makes an orphan nobody recognises',
    check: async (bench) => {
      const base = bench.batch();
      const ownership = {
        ...base.ownership,
        campaign: 'double-11',
        service: 'checkout',
        releaseBy: bench.inMs(3_600_000),
      };
      const [id] = await bench.launch({ ...base, ownership });
      const seen = await bench.until('the machine is seen', async () => {
        const machine = await bench.describe(id ?? '');
        return machine === 'gone' ? undefined : machine;
      });
      expect(seen.ownership).toEqual(ownership);
    },
  },
  {
    id: 'P-19',
    level: 'MUST',
    title: 'one intent may have several tokens; each finds its own machines',
    why: 'a new generation follows a refusal; what the old one got must stay distinguishable',
    check: async (bench) => {
      const first = bench.batch();
      const second = bench.batch({ namePrefix: `${first.namePrefix}-g2` });
      const sameIntent = { ...second, ownership: { ...second.ownership, intent: first.ownership.intent } };
      const ids = [...(await bench.launch(first)), ...(await bench.launch(sameIntent))];
      await bench.passVisibilityLag();
      const all = await bench.compute.findByIntent({ intent: first.ownership.intent, region: bench.region });
      expect(all.map((machine) => machine.id).toSorted()).toEqual(ids.toSorted());
      expect((await bench.find(first)).map((machine) => machine.id)).toEqual(ids.slice(0, 1));
    },
  },
  {
    id: 'P-20',
    level: 'MUST',
    title: 'a token of 64 characters is kept whole',
    why: 'a cut token would make two intents one',
    check: async (bench) => {
      const stem = bench.batch().token;
      const one = bench.batch({ token: `${stem}${'x'.repeat(63 - stem.length)}1` });
      const two = bench.batch({ token: `${stem}${'x'.repeat(63 - stem.length)}2` });
      const ids = [...(await bench.launch(one)), ...(await bench.launch(two))];
      expect(new Set(ids).size).toBe(2);
      const machine = await bench.until('seen', async () => (await bench.find(one))[0]);
      expect(machine.ownership?.token).toBe(one.token);
    },
  },
  {
    id: 'P-21',
    level: 'SHOULD',
    title: 'labels in Chinese and with emoji survive, or are refused clearly before anything is created',
    why: 'half of our users name things in Chinese',
    check: async (bench) => {
      const batch = bench.batch({ labels: CJK_AND_EMOJI });
      const outcome = await bench.launch(batch).catch((thrown: unknown) => thrown);
      if (outcome instanceof SpringtideError) {
        expect([outcome.code, outcome.effect]).toEqual(['invalid-argument', 'none']);
        await bench.passVisibilityLag();
        expect(await bench.find(batch)).toEqual([]);
      } else {
        const machine = await bench.until('seen', async () => (await bench.find(batch))[0]);
        expect(machine.labels).toMatchObject(CJK_AND_EMOJI);
      }
    },
  },
];

function severalOf(bench: Bench): number {
  return Math.min(3, bench.limits.launchBatch);
}
