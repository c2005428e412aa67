import type { WorkloadRule } from '../rule.js';

export const upgradeRules: readonly WorkloadRule[] = [
  {
    id: 'W-40',
    title: 'an upgrade replaces every member, keeps as many ready as it may not lose, and shows its progress',
    why: 'a version is changed while customers buy',
    check: async (bench) => {
      const order = bench.order({
        replicas: 8,
        rollout: { maxSurge: 2, maxUnavailable: 0, minReadySeconds: 1 },
      });
      await bench.running(order);
      await bench.apply(bench.again(order, { image: bench.target.newerImage }));
      const seen = new Set<number>();
      let fewest = Number.POSITIVE_INFINITY;
      await bench.until('the upgrade is through', async () => {
        const state = await bench.state(order.spec);
        const members = await bench.controls.members(order.spec);
        fewest = Math.min(fewest, members.filter(({ ready, leaving }) => ready && !leaving).length);
        seen.add(state.updated);
        return state.phase === 'settled' && state.image === bench.target.newerImage;
      });
      expect(fewest).toBeGreaterThanOrEqual(8);
      expect(seen.size).toBeGreaterThan(1);
      const images = (await bench.controls.members(order.spec)).filter(({ leaving }) => !leaving);
      expect(new Set(images.map(({ image }) => image))).toEqual(new Set([bench.target.newerImage]));
    },
  },
  {
    id: 'W-41',
    title: 'an upgrade that gets nowhere is stuck after its time, and the members before it still serve',
    why: 'somebody must be told, and nobody may have been cut off',
    check: async (bench) => {
      const order = bench.order({
        replicas: 3,
        rollout: { maxSurge: 1, maxUnavailable: 0, progressSeconds: 2 },
      });
      await bench.running(order);
      const hopeless = bench.again(order, {
        image: bench.target.newerImage,
        scheduling: { nodeLabels: { 'no-node-has': 'this' } },
      });
      await bench.apply(hopeless);
      await bench.until(
        'the upgrade is stuck',
        async () => (await bench.state(order.spec)).phase === 'stuck',
      );
      const state = await bench.state(order.spec);
      expect(state.obstacles.map(({ code }) => code)).toContain('insufficient-capacity');
      const serving = (await bench.controls.members(order.spec)).filter(({ ready }) => ready);
      expect(serving.map(({ image }) => image)).toEqual(Array.from({ length: 3 }, () => order.spec.image));
    },
  },
  {
    id: 'W-42',
    title: 'the version before is known whole, and applying it goes back to it',
    why: 'the way back must not depend on what somebody remembers at three in the morning',
    check: async (bench) => {
      for (const kind of ['stateless', 'stateful'] as const) {
        const order = bench.order({ kind, environment: { MODE: 'one' } });
        await bench.running(order);
        const { environment: _, ...spec } = order.spec;
        const next = bench.order();
        await bench.apply({ ...next, spec: { ...spec, image: bench.target.newerImage, cpuMillis: 200 } });
        await bench.settled(order.spec, 2);
        const [now, before] = await bench.workloads.revisions(order.spec);
        expect([now?.current, now?.image]).toEqual([true, bench.target.newerImage]);
        expect(before).toMatchObject({ current: false, image: bench.target.image, spec: order.spec });
        await bench.apply(bench.again(order, before?.spec ?? {}));
        expect((await bench.settled(order.spec, 2)).image).toBe(bench.target.image);
        await bench.until('only the version before runs', async () => {
          const members = await bench.controls.members(order.spec);
          return members.every(({ image }) => image === bench.target.image);
        });
      }
    },
  },
];
