import type { AccountService, CloudAccount } from '@springtide/accounts';
import type { ClusterBody, ClusterInput, DrainBody, DrainInput, NodeBody } from '@springtide/contracts';
import { requirePermission } from '@springtide/identity';
import { SpringtideError, parseInstant, type Clock } from '@springtide/kernel';
import type { RequestContext } from '@springtide/platform';
import { collectComplete, type ClusterNode, type EvictionPass } from '@springtide/provider-kit';
import type { ClusterEffects } from './cluster-effects.js';
import { nextDrainStep, readyMembers } from './domain/index.js';

const PROVIDER = 'kubernetes';
/** One request drains so long; it is asked for again while it is not through. */
const REQUEST_MS = 20_000;
const PAUSE_MS = 1_000;
const MOST_CLUSTERS = 200;

/** Kubernetes clusters of a tenant, and the nodes of each. */
export class ClusterService {
  constructor(
    private readonly accounts: AccountService,
    private readonly effects: ClusterEffects,
    private readonly clock: Clock,
  ) {}

  /** The kubeconfig goes into the vault; one that runs commands, names files or trusts anybody is refused. */
  async register(ctx: RequestContext, input: ClusterInput): Promise<ClusterBody> {
    const { name, kubeconfig, context, region } = input;
    const account = await this.accounts.register(ctx, {
      name,
      provider: PROVIDER,
      settings: {
        ...(context === undefined ? {} : { context }),
        ...(region === undefined ? {} : { region }),
      },
      secret: { kubeconfig },
    });
    return toBody(account);
  }

  async list(ctx: RequestContext): Promise<readonly ClusterBody[]> {
    requirePermission(ctx, 'cluster:read');
    const accounts = await this.accounts.list(ctx, { limit: MOST_CLUSTERS });
    return accounts.filter(({ kind }) => kind === 'cluster').map(toBody);
  }

  async nodes(ctx: RequestContext, id: string): Promise<readonly NodeBody[]> {
    const nodes = await this.listNodes(ctx, id);
    return nodes.map((node) => ({
      name: node.name,
      ready: node.ready,
      schedulable: node.schedulable,
      cpuMillis: node.cpuMillis,
      memoryMiB: node.memoryMiB,
      podLimit: node.podLimit,
      zone: node.zone ?? null,
      machineType: node.machineType ?? null,
      version: node.version,
      addresses: [...node.addresses],
    }));
  }

  /** Nodes that could run members now, those of the control plane aside. */
  async readyMembers(ctx: RequestContext, id: string): Promise<number> {
    return readyMembers(await this.listNodes(ctx, id));
  }

  async setSchedulable(ctx: RequestContext, id: string, node: string, schedulable: boolean): Promise<void> {
    requirePermission(ctx, 'cluster:write');
    await this.effects.send(
      'set',
      this.change(ctx, id, `node/${node}/schedulable`),
      { node, schedulable },
      async ({ client, control }) => client.workloads.setSchedulable(node, schedulable, control),
    );
  }

  /** Drains for a while. Everything it needs to know is in the order, so that anybody can go on with it. */
  async drain(ctx: RequestContext, id: string, node: string, order: DrainInput): Promise<DrainBody> {
    requirePermission(ctx, 'cluster:write');
    await this.setSchedulable(ctx, id, node, false);
    const end = this.clock.now().getTime() + REQUEST_MS;
    let forced = false;
    for (;;) {
      const leftMs = parseInstant(order.until).getTime() - this.clock.now().getTime();
      const override = leftMs <= 0 && order.escalation === 'force';
      const pass = await this.evict(ctx, id, node, override ? 'override' : 'respect', order.graceSeconds);
      forced ||= override;
      const next = nextDrainStep({
        escalation: order.escalation,
        leftMs,
        forcingMs: Math.max(0, -leftMs),
        pass: { empty: pass.empty, leaving: pass.leaving, heldCount: pass.held.length },
      });
      const report = { forced, leaving: pass.leaving, held: [...pass.held] };
      if (next === 'empty' || next === 'gave-up') return { outcome: next, ...report };
      if (this.clock.now().getTime() + PAUSE_MS >= end) return { outcome: 'draining', ...report };
      await this.clock.sleep(PAUSE_MS);
    }
  }

  /** @throws failed-precondition while something runs there. */
  async removeNode(ctx: RequestContext, id: string, node: string): Promise<void> {
    requirePermission(ctx, 'cluster:write');
    const nodes = await this.nodes(ctx, id);
    const found = nodes.find(({ name }) => name === node);
    if (found === undefined) return;
    if (found.schedulable) {
      throw new SpringtideError(
        'failed-precondition',
        `node ${node} is open and may run members; it was not removed`,
        { nextStep: 'Drain the node first.' },
      );
    }
    await this.effects.send(
      'delete',
      this.change(ctx, id, `node/${node}/remove`),
      { node },
      async ({ client, control }) => client.workloads.removeNode(node, control),
    );
  }

  private async listNodes(ctx: RequestContext, id: string): Promise<readonly ClusterNode[]> {
    requirePermission(ctx, 'cluster:read');
    const client = await this.effects.open(ctx.tenantId, id);
    return await collectComplete(client.workloads.listNodes(), 'nodes');
  }

  private async evict(
    ctx: RequestContext,
    id: string,
    node: string,
    budgets: 'respect' | 'override',
    graceSeconds: number | undefined,
  ): Promise<EvictionPass> {
    const order = { node, budgets, ...(graceSeconds === undefined ? {} : { graceSeconds }) };
    return await this.effects.send(
      'set',
      this.change(ctx, id, `node/${node}/drain`),
      order,
      async ({ client, control }) => client.workloads.evict(order, control),
    );
  }

  private change(ctx: RequestContext, id: string, step: string) {
    return { tenantId: ctx.tenantId, accountId: id, subject: id, step, batch: 0, service: null };
  }
}

function toBody({ id, name, status, health }: CloudAccount): ClusterBody {
  return {
    id,
    name,
    status,
    region: health?.regions[0] ?? null,
    version: health?.product ?? null,
    problem: health?.problem ?? null,
  };
}
