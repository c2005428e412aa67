import { createHash } from 'node:crypto';
import type {
  ClusterBody,
  ManagedClusterBody,
  ManagedClusterInput,
  ManagedClusterPlace,
} from '@springtide/contracts';
import { recordAudit, requirePermission } from '@springtide/identity';
import { SpringtideError, toInstant, type Clock } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import { collectComplete, type Cluster } from '@springtide/provider-kit';
import type { ClusterEffects } from './cluster-effects.js';
import type { ClusterUsers } from './cluster-users.js';
import type { ClusterService } from './cluster.service.js';

type Parts = Readonly<{
  database: Database;
  clusters: ClusterService;
  effects: ClusterEffects;
  users: ClusterUsers;
  clock: Clock;
}>;

/** Clusters that clouds run: asked for, registered once they run, and removed, all of it on record. */
export class ManagedClusterService {
  constructor(private readonly parts: Parts) {}

  /** The same order again is the same effect: a cluster is known by its account, region and name. */
  async create(ctx: RequestContext, input: ManagedClusterInput): Promise<ManagedClusterBody> {
    requirePermission(ctx, 'cluster:write');
    const { accountId, region, name, version, ...rest } = input;
    const subject = subjectOf(ctx.tenantId, accountId, region, name);
    await this.audit(ctx, 'cluster.create', subject, input);
    const nodePools = input.nodePools.map(({ image, ...pool }) => ({
      ...pool,
      ...(image === undefined ? {} : { image }),
    }));
    const change = { ...changeOf(ctx, input, subject), step: 'create', service: name };
    const { id } = await this.parts.effects.send(
      'set',
      change,
      { ...input },
      async ({ client, ownership, control }) => {
        const token = tokenFor(subject);
        const order = {
          ...rest,
          region,
          name,
          nodePools,
          ...(version === undefined ? {} : { version }),
          token,
          ownership: { ...ownership, token },
        };
        return await client.clusters.createCluster(order, control);
      },
    );
    return await this.read(ctx, { accountId, region, id });
  }

  async list(ctx: RequestContext, accountId: string, region: string): Promise<readonly ManagedClusterBody[]> {
    requirePermission(ctx, 'cluster:read');
    const client = await this.parts.effects.open(ctx.tenantId, accountId);
    const found = await collectComplete(client.clusters.listClusters({ region }), 'clusters');
    return found.map((cluster) => this.toBody(accountId, cluster));
  }

  /**
   * With a user of our own in it, for what its cloud hands out ends soon or may do too much.
   * @throws failed-precondition while it is being made; nothing is stored then.
   */
  async register(ctx: RequestContext, place: ManagedClusterPlace, name: string): Promise<ClusterBody> {
    requirePermission(ctx, 'account:write');
    const { state } = await this.read(ctx, place);
    if (state !== 'running' && state !== 'updating') {
      throw new SpringtideError(
        'failed-precondition',
        `cluster ${place.id} is ${state} and cannot be registered yet; nothing was stored`,
        { nextStep: 'Ask again once it runs.' },
      );
    }
    const { accountId, region, id } = place;
    const subject = subjectOf(ctx.tenantId, accountId, region, id);
    await this.audit(ctx, 'cluster.make-user', subject, place);
    const change = { ...changeOf(ctx, place, subject), step: 'make-user' };
    const kubeconfig = await this.parts.effects.send('set', change, { ...place }, async ({ client }) => {
      return await this.parts.users.make(await client.clusters.kubeconfig(id, { region }));
    });
    return await this.parts.clusters.register(ctx, { name, kubeconfig, region });
  }

  /** Only what carries our creator mark. Repeated until it says `gone`. */
  async remove(ctx: RequestContext, place: ManagedClusterPlace): Promise<'deleting' | 'gone'> {
    requirePermission(ctx, 'cluster:write');
    const { accountId, region, id } = place;
    const client = await this.parts.effects.open(ctx.tenantId, accountId);
    const found = await client.clusters.describeCluster(id, { region });
    if (found === 'gone') return 'gone';
    if (!this.isOurs(found)) {
      throw new SpringtideError(
        'failed-precondition',
        `cluster ${id} was not made by this Springtide; nothing was removed`,
        { nextStep: 'Remove it where it was made.' },
      );
    }
    const subject = subjectOf(ctx.tenantId, accountId, region, found.name);
    await this.audit(ctx, 'cluster.remove', subject, place);
    const change = { ...changeOf(ctx, place, subject), step: 'remove' };
    return await this.parts.effects.send('delete', change, { ...place }, async ({ client: cloud, control }) =>
      cloud.clusters.deleteCluster(id, { region }, control),
    );
  }

  private async read(ctx: RequestContext, { accountId, region, id }: ManagedClusterPlace) {
    const client = await this.parts.effects.open(ctx.tenantId, accountId);
    const found = await client.clusters.describeCluster(id, { region });
    if (found !== 'gone') return this.toBody(accountId, found);
    throw new SpringtideError('not-found', `the cloud has no cluster ${id} in ${region}`);
  }

  private isOurs({ ownership }: Cluster): boolean {
    return ownership?.installation === this.parts.effects.installation;
  }

  private toBody(accountId: string, cluster: Cluster): ManagedClusterBody {
    const { id, name, region, state, version, endpoint, nodePools, stateReason } = cluster;
    return {
      id,
      accountId,
      name,
      region,
      state,
      version,
      endpoint: endpoint ?? null,
      nodePools: nodePools.map((pool) => ({
        id: pool.id,
        name: pool.name,
        machineType: pool.machineType,
        desired: pool.desired,
        ready: pool.ready,
      })),
      owned: this.isOurs(cluster),
      reason: stateReason ?? null,
    };
  }

  private async audit(ctx: RequestContext, action: string, id: string, after: unknown): Promise<void> {
    const at = toInstant(this.parts.clock.now());
    await this.parts.database.unitOfWork(ctx, async (tx) => {
      await recordAudit(tx, ctx, { action, target: { kind: 'cluster', id }, after, at });
    });
  }
}

/** The same for every sending: a `set` has a new token each time, and with that a cloud would make a second cluster. */
function tokenFor(subject: string): string {
  return `st-${subject.replaceAll('-', '')}-0`;
}

/** What all changes of a cluster have in common in the ledger. */
function changeOf(
  { tenantId }: RequestContext,
  { accountId, region }: Pick<ManagedClusterPlace, 'accountId' | 'region'>,
  subject: string,
) {
  return { tenantId, accountId, region, subject, batch: 0, service: null };
}

/** One id per cluster that can be asked for, so that asking again finds the effect that was written. */
function subjectOf(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(18, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
