import { collectComplete } from '../../../client/listing.js';
import type { WorkloadRule } from '../rule.js';

export const placementRules: readonly WorkloadRule[] = [
  {
    id: 'W-30',
    title: 'members are spread, kept apart and held to labelled nodes as the scheduling policy says',
    why: 'a service in one zone is lost with it, and a policy that is ignored is found at the peak',
    check: async (bench) => {
      const nodes = await collectComplete(bench.workloads.listNodes(), 'nodes');
      const over = bench.target.spreadOver;
      const zones = new Set(nodes.map(({ labels }) => labels[over]));
      expect(zones.size).toBeGreaterThan(1);
      const spread = bench.order({
        replicas: zones.size * 2,
        scheduling: { spread: [{ over, maxSkew: 1, strict: true }], apart: 'strict' },
      });
      await bench.running(spread);
      const members = await bench.controls.members(spread.spec);
      const perZone = new Map<string, number>();
      for (const { node } of members) {
        const zone = nodes.find(({ name }) => name === node)?.labels[over] ?? '';
        perZone.set(zone, (perZone.get(zone) ?? 0) + 1);
      }
      expect([...perZone.values()]).toEqual(Array.from({ length: zones.size }, () => 2));
      expect(new Set(members.map(({ node }) => node)).size).toBe(members.length);

      const [zone] = zones;
      const held = bench.order({ replicas: 3, scheduling: { nodeLabels: { [over]: zone ?? '' } } });
      await bench.running(held);
      const where = (await bench.controls.members(held.spec)).map(
        ({ node }) => nodes.find(({ name }) => name === node)?.labels[over],
      );
      expect(new Set(where)).toEqual(new Set([zone]));
    },
  },
  {
    id: 'W-31',
    title: 'volumes are claimed and bound, outlive their workload, and go when that is ordered',
    why: 'data that goes with a deployment is the worst loss there is; data that stays for ever is a bill',
    check: async (bench) => {
      await bench.controls.offerVolume(1);
      const order = bench.order({
        replicas: 1,
        volumes: [{ name: 'data', mountPath: '/data', sizeGib: 1, access: 'single-node' }],
      });
      await bench.running(order);
      const claims = async () =>
        (await bench.controls.parts(order.spec)).filter((part) => /claim/i.test(part));
      expect(await claims()).toHaveLength(1);
      await bench.remove(order.spec, 'keep');
      expect(await claims()).toHaveLength(1);
      await bench.remove(order.spec, 'delete');
      expect(await claims()).toEqual([]);
    },
  },
  {
    id: 'W-32',
    title: 'stateful members keep their names and have a volume each',
    why: 'a database that comes back under another name, or on another’s disk, is no database',
    check: async (bench) => {
      await bench.controls.offerVolume(1);
      await bench.controls.offerVolume(1);
      const order = bench.order({
        kind: 'stateful',
        volumes: [{ name: 'data', mountPath: '/data', sizeGib: 1, access: 'single-node' }],
      });
      await bench.running(order);
      const names = async () => (await bench.controls.members(order.spec)).map(({ name }) => name).toSorted();
      const before = await names();
      await bench.workloads.scale(bench.owned(order.spec), 0);
      await bench.settled(order.spec, 0);
      await bench.workloads.scale(bench.owned(order.spec), 2);
      await bench.settled(order.spec, 2);
      expect(await names()).toEqual(before);
      const parts = await bench.controls.parts(order.spec);
      expect(parts.filter((part) => /claim/i.test(part))).toHaveLength(2);
    },
  },
];
