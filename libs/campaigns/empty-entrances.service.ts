import { sentence, type Sentence } from '@springtide/contracts';
import type { ClusterService } from '@springtide/clusters';
import type { EffectLedger } from '@springtide/effects';
import { SpringtideError, addMs, asSpringtideError, msBetween } from '@springtide/kernel';
import { HOME_GROUP, type RoutesService } from '@springtide/traffic';
import type { Findings, PhaseWork } from './bring-back.service.js';
import type { RunBook } from './run-book.js';
import { isLive, machinesOf } from './run-machines.js';
import type { Shifting } from './shifting.service.js';

/** Nodes that are emptied at once. */
const NODES_AT_ONCE = 20;
/** How often a phase that only waits is looked at: often enough that a person's order is no surprise. */
const WAIT_MS = 1_000;

type Parts = Readonly<{
  book: Pick<RunBook, 'context' | 'now'>;
  ledger: Pick<EffectLedger, 'listIntents'>;
  shifting: Pick<Shifting, 'sendTrafficHome'>;
  routes: Pick<RoutesService, 'getByName' | 'read' | 'showsDraining'>;
  clusters: Pick<ClusterService, 'list' | 'nodes' | 'drain'>;
}>;

/** The first phases of the way back: nobody is sent to the machines any more, and who is there may finish. */
export class EmptyEntrances {
  constructor(private readonly parts: Parts) {}

  /** All traffic to the standing fleet. An entrance that takes no orders is waited for until the deadline at most. */
  async sendHome(work: PhaseWork, deadline: string | null): Promise<Findings> {
    const services = work.open.plan.services.map((service) => service.name);
    const outcomes = await Promise.all(
      services.map(async (service) => {
        try {
          await this.beforeDeadline(this.parts.shifting.sendTrafficHome({ ...work, service }), deadline);
          return [];
        } catch (thrown) {
          const { code, message, retry } = asSpringtideError(thrown);
          if (code === 'conflict' && retry === 'never') throw thrown;
          return [sentence('waits.entrance', { service, code, message })];
        }
      }),
    );
    return this.findings(work, outcomes.flat());
  }

  /** Until the deadline, or until every proxy that counts connections of members counts none. */
  async drain(work: PhaseWork, deadline: string | null): Promise<Findings> {
    const counts = await Promise.all(
      work.open.plan.services.map(async ({ route }) => await this.connectionsOf(work, route)),
    );
    const known = counts.filter((count) => count !== null);
    const left = known.reduce((sum, count) => sum + count, 0);
    const over = deadline === null || deadline <= this.parts.book.now();
    if (over || (known.length === counts.length && left === 0)) return this.findings(work, []);
    const told =
      known.length === counts.length
        ? sentence('waits.connections', { count: left })
        : sentence('waits.uncounted', {});
    return { ...this.findings(work, [told]), waitMs: WAIT_MS };
  }

  /** Nodes on machines of this run are closed and emptied; budgets of disruption hold until the last third of the time. */
  async evict(work: PhaseWork, deadline: string | null): Promise<Findings> {
    const nodes = await this.nodesOf(work);
    const left = deadline === null ? 0 : Math.max(0, msBetween(this.parts.book.now(), deadline));
    const until = addMs(this.parts.book.now(), Math.max(0, left - work.open.policy.evictMs / 3));
    const ctx = this.parts.book.context(work.tenantId, work.runId);
    const open = await Promise.all(
      nodes.nodes.slice(0, NODES_AT_ONCE).map(async ({ clusterId, name }) => {
        try {
          const order = { until, escalation: 'force' } as const;
          const { outcome, leaving, held } = await this.parts.clusters.drain(ctx, clusterId, name, order);
          if (outcome === 'empty') return [];
          const facts = { node: name, leaving, held: held.length };
          const [first] = held;
          return first === undefined
            ? [sentence('waits.node', facts)]
            : [sentence('waits.node-held', { ...facts, message: first.message })];
        } catch (thrown) {
          return [sentence('waits.node-failed', { node: name, message: asSpringtideError(thrown).message })];
        }
      }),
    );
    const count = nodes.nodes.length - NODES_AT_ONCE;
    const later = count > 0 ? [sentence('waits.more-nodes', { count })] : [];
    return this.findings(work, [...nodes.unread, ...open.flat(), ...later]);
  }

  private async connectionsOf(work: PhaseWork, routeName: string): Promise<number | null> {
    try {
      const { book, routes } = this.parts;
      const route = await routes.getByName(book.context(work.tenantId, work.runId), routeName);
      const { groups } = await routes.read(route);
      const leaving = groups.filter((group) => group.name !== HOME_GROUP).flatMap((group) => group.members);
      if (leaving.some((member) => member.activeConnections === null)) return null;
      // Where a product hides members before their last connection ends, nobody counts those.
      if (leaving.length === 0 && !(await routes.showsDraining(route))) return null;
      return leaving.reduce((sum, member) => sum + (member.activeConnections ?? 0), 0);
    } catch {
      return null;
    }
  }

  /** Clusters that cannot be read are said; their nodes wait for nobody after the deadline. */
  private async nodesOf({ tenantId, runId }: PhaseWork) {
    const ctx = this.parts.book.context(tenantId, runId);
    const intents = await this.parts.ledger.listIntents(tenantId, {
      runId,
      kind: 'create',
      onlyUnreleased: true,
    });
    const addresses = new Set(
      machinesOf(intents)
        .filter((machine) => isLive(machine))
        .flatMap(({ item }) => (item.address === null ? [] : [item.address])),
    );
    const nodes: { clusterId: string; name: string }[] = [];
    const unread: Sentence[] = [];
    if (addresses.size === 0) return { nodes, unread };
    for (const cluster of await this.parts.clusters.list(ctx)) {
      try {
        const own = (await this.parts.clusters.nodes(ctx, cluster.id)).filter((node) =>
          node.addresses.some((address) => addresses.has(address)),
        );
        nodes.push(...own.map(({ name }) => ({ clusterId: cluster.id, name })));
      } catch (thrown) {
        const { message } = asSpringtideError(thrown);
        unread.push(sentence('waits.cluster', { cluster: cluster.name, message }));
      }
    }
    return { nodes, unread };
  }

  /** A call that takes longer goes on by itself; it is asked for again, and machines do not wait for it. */
  private async beforeDeadline(work: Promise<void>, deadline: string | null): Promise<void> {
    if (deadline === null) return await work;
    const left = Math.max(1, msBetween(this.parts.book.now(), deadline));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new SpringtideError('timeout', 'it did not answer in time')), left);
    });
    try {
      await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private findings({ obstacles }: PhaseWork, open: readonly Sentence[]): Findings {
    return { open, waitMs: 0, obstacles };
  }
}
