import { collectComplete } from '../../../client/listing.js';
import type { WorkloadRule } from '../rule.js';

export const nodeRules: readonly WorkloadRule[] = [
  {
    id: 'W-50',
    title: 'nodes are listed to the end, each once, with sizes one can plan with',
    why: 'capacity of a cluster is planned from this list',
    check: async (bench) => {
      const nodes = await collectComplete(bench.workloads.listNodes(), 'nodes');
      expect(new Set(nodes.map(({ name }) => name)).size).toBe(nodes.length);
      for (const node of nodes) {
        expect(node).toMatchObject({ ready: true, schedulable: true });
        for (const size of [node.cpuMillis, node.memoryMiB, node.podLimit]) expect(size).toBeGreaterThan(0);
      }
    },
  },
  {
    id: 'W-51',
    title: 'a closed node gets no new member until it is opened; both can be said twice',
    why: 'a node is closed before its machine is taken away',
    check: async (bench) => {
      const order = bench.order({ replicas: 1 });
      await bench.running(order);
      const node = await bench.fullestNode(order.spec);
      await bench.workloads.setSchedulable(node, false);
      await bench.workloads.setSchedulable(node, false);
      await bench.workloads.scale(bench.owned(order.spec), 10);
      await bench.settled(order.spec, 10);
      const there = (await bench.controls.members(order.spec)).filter((member) => member.node === node);
      expect(there).toHaveLength(1);
      await bench.workloads.setSchedulable(node, true);
      const open = (await collectComplete(bench.workloads.listNodes(), 'nodes')).find(
        ({ name }) => name === node,
      );
      expect(open?.schedulable).toBe(true);
      const missing = await bench.refusal(async () => bench.workloads.setSchedulable('no-such-node', false));
      expect([missing.code, missing.effect]).toEqual(['not-found', 'none']);
    },
  },
  {
    id: 'W-52',
    title: 'a drain empties the node and never leaves fewer members than the budget protects',
    why: 'nodes are given back while the service runs',
    check: async (bench) => {
      const order = bench.order({ replicas: 12, minAvailable: 11 });
      await bench.running(order);
      const node = await bench.fullestNode(order.spec);
      let fewest = Number.POSITIVE_INFINITY;
      let over = false;
      const watch = async (): Promise<void> => {
        while (!over) {
          const ready = (await bench.controls.members(order.spec)).filter((one) => one.ready && !one.leaving);
          fewest = Math.min(fewest, ready.length);
        }
      };
      const watching = watch();
      const drained = await bench.workloads.drain({ node, until: bench.inMs(30_000), escalation: 'give-up' });
      over = true;
      await watching;
      expect(drained).toEqual({ outcome: 'empty', forced: false, held: [] });
      expect(fewest).toBeGreaterThanOrEqual(11);
      const left = (await bench.controls.members(order.spec)).filter((member) => member.node === node);
      expect(left).toEqual([]);
    },
  },
  {
    id: 'W-53',
    title: 'a drain that a budget forbids gives up at its deadline, says what held it, and broke nothing',
    why: 'somebody protected these members on purpose',
    check: async (bench) => {
      const order = bench.order({ replicas: 4, minAvailable: 4 });
      await bench.running(order);
      const node = await bench.fullestNode(order.spec);
      const before = await bench.controls.members(order.spec);
      const given = await bench.workloads.drain({ node, until: bench.inMs(1_500), escalation: 'give-up' });
      expect([given.outcome, given.forced]).toEqual(['gave-up', false]);
      expect(given.held.length).toBeGreaterThan(0);
      for (const { why, namespace } of given.held) {
        expect([why, namespace]).toEqual(['budget', bench.target.namespace]);
      }
      expect(await bench.controls.members(order.spec)).toEqual(before);
    },
  },
  {
    id: 'W-54',
    title: 'ordered to force, it empties the node after the deadline, and says that it forced',
    why: 'a machine that ends anyway, or costs too much, is left in order rather than by surprise',
    check: async (bench) => {
      const order = bench.order({ replicas: 4, minAvailable: 4 });
      await bench.running(order);
      const node = await bench.fullestNode(order.spec);
      const forced = await bench.workloads.drain({ node, until: bench.inMs(1_000), escalation: 'force' });
      expect(forced).toMatchObject({ outcome: 'empty', forced: true });
      const left = (await bench.controls.members(order.spec)).filter((member) => member.node === node);
      expect(left).toEqual([]);
      await bench.settled(order.spec, 4);
    },
  },
  {
    id: 'W-55',
    title: 'a pod that nothing would bring back holds a drain; daemons of the node do not, and stay',
    why: 'what ends without a successor is somebody’s lost work',
    check: async (bench) => {
      const node = 'lonely-node';
      await bench.controls.addNode(node);
      await bench.controls.runDaemon(node, 'daemon');
      await bench.controls.pinToNode(node, 'lone');
      const held = await bench.workloads.drain({ node, until: bench.inMs(500), escalation: 'give-up' });
      expect(held.held.map(({ pod, why }) => [pod, why])).toEqual([['lone', 'unmanaged']]);
      const forced = await bench.workloads.drain({ node, until: bench.inMs(0), escalation: 'force' });
      expect(forced).toMatchObject({ outcome: 'empty', forced: true });
      expect(await bench.workloads.removeNode(node)).toBe('removing');
      await bench.until('the node is gone', async () => {
        return (await bench.workloads.removeNode(node)) === 'gone';
      });
    },
  },
  {
    id: 'W-56',
    title: 'a node that is not there is gone, and cannot be drained',
    why: 'after a crash every step is taken again',
    check: async (bench) => {
      expect(await bench.workloads.removeNode('no-such-node')).toBe('gone');
      const drain = await bench.refusal(async () =>
        bench.workloads.evict({ node: 'no-such-node', budgets: 'respect' }),
      );
      expect([drain.code, drain.effect]).toEqual(['not-found', 'none']);
    },
  },
];
