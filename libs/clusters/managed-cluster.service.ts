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
import { listNodePools } from './data/node-pool.repository.js';
import { changeOf, subjectOf } from './managed-cluster-subject.js';

type Parts = Readonly<{
  database: Database;
  clusters: ClusterService;
  effects: ClusterEffects;
  users: ClusterUsers;
  clock: Clock;
}>;

type PoolVersions = ReadonlyMap<string, number>;

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
    const versions = await this.versions(ctx, { accountId, region });
    return found.map((cluster) => this.toBody(accountId, cluster, versions));
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

  /** As the cloud tells it now, for callers that asked for the right to it. @throws not-found. */
  async read(
    ctx: RequestContext,
    { accountId, region, id }: ManagedClusterPlace,
  ): Promise<ManagedClusterBody> {
    const client = await this.parts.effects.open(ctx.tenantId, accountId);
    const found = await client.clusters.describeCluster(id, { region });
    if (found !== 'gone') {
      return this.toBody(accountId, found, await this.versions(ctx, { accountId, region }));
    }
    throw new SpringtideError('not-found', `the cloud has no cluster ${id} in ${region}`);
  }

  private isOurs({ ownership }: Cluster): boolean {
    return ownership?.installation === this.parts.effects.installation;
  }

  /** Of what was decided about node pools, by cluster and pool. */
  private async versions(
    ctx: RequestContext,
    place: Pick<ManagedClusterPlace, 'accountId' | 'region'>,
  ): Promise<PoolVersions> {
    const rows = await this.parts.database.unitOfWork(ctx, async (tx) => await listNodePools(tx, place));
    return new Map(rows.map(({ clusterId, name, version }) => [poolKey(clusterId, name), version]));
  }

  private toBody(accountId: string, cluster: Cluster, versions: PoolVersions): ManagedClusterBody {
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
        maximum: pool.maximum ?? null,
        version: versions.get(poolKey(id, pool.name)) ?? 0,
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

function poolKey(clusterId: string, pool: string): string {
  return JSON.stringify([clusterId, pool]);
}
