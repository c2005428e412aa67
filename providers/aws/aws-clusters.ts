import type { Cluster as EksCluster } from '@aws-sdk/client-eks';
import { SpringtideError, parseInstant, type Clock } from '@springtide/kernel';
import type { CallOptions, Cluster, ClusterFacet, ClusterOrder, Page } from '@springtide/provider-kit';
import { stringify } from 'yaml';
import { endpointOf, type AwsAccount } from './account.js';
import type { AwsScope } from './aws-api.js';
import { fingerprintOf, orderedPools, tagsOf, toCluster, withPort, ORDER_TAG } from './cluster-mapping.js';
import { scalingOf, type ClustersApi } from './clusters-api.js';
import { eksToken } from './eks-token.js';
import { TOKEN_TAG } from './tags.js';

const FIRST_POLL_MS = 250;
const LAST_POLL_MS = 5_000;
/** Kept of the deadline, so that the answer still arrives. */
const RESERVE_MS = 2_000;

/**
 * Managed EKS clusters; a cluster's id is its name. Node groups can be made only once the cluster runs, so what was
 * ordered is written into its tags, and whoever sends the order again, or scales a pool, makes what is missing.
 */
export class AwsClusters implements ClusterFacet {
  constructor(
    private readonly account: AwsAccount,
    private readonly api: ClustersApi,
    private readonly clock: Clock,
  ) {}

  async *listClusters(scope: { region: string }, options: CallOptions): AsyncIterable<Page<Cluster>> {
    const at = { ...scope, ...options };
    let next: string | undefined;
    do {
      const page = await this.api.names(at, next);
      next = page.nextToken;
      const items: Cluster[] = [];
      for (const name of page.clusters ?? []) {
        await at.more?.();
        const raw = await this.api.cluster(at, name);
        if (raw !== undefined) items.push(await this.#told(raw, at));
      }
      yield { items, complete: !next };
    } while (next);
  }

  async describeCluster(
    id: string,
    scope: { region: string },
    options: CallOptions,
  ): Promise<Cluster | 'gone'> {
    const at = { ...scope, ...options };
    const raw = await this.api.cluster(at, id);
    return raw === undefined ? 'gone' : this.#told(raw, at);
  }

  async createCluster(order: ClusterOrder, options: CallOptions): Promise<Readonly<{ id: string }>> {
    const at = { region: order.region, ...options };
    const { roleArn } = this.#roles();
    const tags = tagsOf(order);
    try {
      await this.api.create(at, {
        name: order.name,
        roleArn,
        clientRequestToken: order.token,
        resourcesVpcConfig: {
          subnetIds: [...order.subnets],
          securityGroupIds: [...order.securityGroups],
        },
        // Whoever makes it may use it: the token of a kubeconfig is that of the account's own identity.
        accessConfig: {
          authenticationMode: 'API_AND_CONFIG_MAP',
          bootstrapClusterCreatorAdminPermissions: true,
        },
        ...(order.version === undefined ? {} : { version: order.version }),
        tags,
      });
    } catch (thrown) {
      if (!(thrown instanceof SpringtideError) || thrown.code !== 'conflict') throw thrown;
      await this.#checkSameOrder(order, at, thrown);
    }
    await this.#complete(order.name, at);
    return { id: order.name };
  }

  async scaleNodePool(
    target: Readonly<{ region: string; clusterId: string; pool: string; nodes: number }>,
    options: CallOptions,
  ): Promise<void> {
    const at = { region: target.region, ...options };
    const raw = await this.#running(target.clusterId, at);
    await at.more?.();
    const group = await this.api.group(at, target.clusterId, target.pool);
    if (group === undefined) return this.#makeOrdered(raw, target.pool, target.nodes, at);
    if (group.scalingConfig?.desiredSize === target.nodes) return;
    await at.more?.();
    await this.api.scaleGroup(at, target.clusterId, target.pool, target.nodes);
  }

  async kubeconfig(id: string, scope: { region: string }, options: CallOptions): Promise<string> {
    const at = { ...scope, ...options };
    const raw = await this.#running(id, at);
    const { credentials } = this.account;
    const token = eksToken(id, {
      ...credentials,
      endpoint: endpointOf(this.account, 'sts', scope.region),
      region: scope.region,
      now: this.clock.now(),
    });
    return stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': id,
      clusters: [
        {
          name: id,
          cluster: {
            server: withPort(raw.endpoint ?? ''),
            'certificate-authority-data': raw.certificateAuthority?.data ?? '',
          },
        },
      ],
      users: [{ name: id, user: { token } }],
      contexts: [{ name: id, context: { cluster: id, user: id } }],
    });
  }

  async deleteCluster(
    id: string,
    scope: { region: string },
    options: CallOptions,
  ): Promise<'deleting' | 'gone'> {
    const at = { ...scope, ...options };
    const raw = await this.api.cluster(at, id);
    if (raw === undefined) return 'gone';
    if (raw.status === 'DELETING') return 'deleting';
    if (!(await this.#emptied(id, at))) return 'deleting';
    await at.more?.();
    try {
      await this.api.delete(at, id);
      return 'deleting';
    } catch (thrown) {
      if (thrown instanceof SpringtideError && thrown.code === 'not-found') return 'gone';
      throw thrown;
    }
  }

  async #told(raw: EksCluster, at: AwsScope): Promise<Cluster> {
    const groups = [];
    await at.more?.();
    for (const name of await this.api.groupNames(at, raw.name ?? '')) {
      await at.more?.();
      const group = await this.api.group(at, raw.name ?? '', name);
      if (group !== undefined) groups.push(group);
    }
    return toCluster(raw, groups, at.region);
  }

  #roles() {
    const { clusters } = this.account;
    if (clusters !== undefined) return clusters;
    throw new SpringtideError(
      'failed-precondition',
      'this AWS account names no roles for clusters and their nodes; no cluster was made',
      { effect: 'none', nextStep: 'Set `clusters` in the account’s settings.' },
    );
  }

  /** EKS said that the name, or the token, is taken: by this very order it may be. */
  async #checkSameOrder(order: ClusterOrder, at: AwsScope, refusal: SpringtideError): Promise<void> {
    await at.more?.();
    const raw = await this.api.cluster(at, order.name);
    const isOurs = raw?.tags?.[TOKEN_TAG] === order.token;
    if (isOurs && raw.tags?.[ORDER_TAG] === fingerprintOf(order)) return;
    throw new SpringtideError(
      'conflict',
      isOurs
        ? `the order for cluster ${order.name} was sent before with other contents; nothing was changed`
        : `there is a cluster ${order.name} that this order did not make (${refusal.message}); nothing was changed`,
      { effect: 'none', retry: 'never' },
    );
  }

  /** Makes what can be made once the cluster runs. Runs out of time without an error: sending the order again goes on. */
  async #complete(id: string, at: AwsScope): Promise<void> {
    for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(LAST_POLL_MS, pollMs * 2)) {
      await at.more?.();
      const raw = await this.api.cluster(at, id);
      if (raw?.status === 'ACTIVE') return this.#makeMissing(raw, at);
      if (raw === undefined || raw.status === 'FAILED' || this.#leftMs(at) < pollMs + RESERVE_MS) return;
      await this.clock.sleep(pollMs);
    }
  }

  async #makeMissing(raw: EksCluster, at: AwsScope): Promise<void> {
    await at.more?.();
    const made = new Set(await this.api.groupNames(at, raw.name ?? ''));
    for (const { name, nodes } of orderedPools(tagMapOf(raw))) {
      if (!made.has(name)) await this.#makeOrdered(raw, name, nodes, at);
    }
  }

  async #makeOrdered(raw: EksCluster, name: string, nodes: number, at: AwsScope): Promise<void> {
    const id = raw.name ?? '';
    const pool = orderedPools(tagMapOf(raw)).find((each) => each.name === name);
    if (pool === undefined) {
      throw new SpringtideError(
        'not-found',
        `cluster ${id} has no node pool "${name}"; nothing was changed`,
        {
          effect: 'none',
        },
      );
    }
    await at.more?.();
    try {
      await this.api.createGroup(at, {
        clusterName: id,
        nodegroupName: name,
        nodeRole: this.#roles().nodeRoleArn,
        subnets: [...(raw.resourcesVpcConfig?.subnetIds ?? [])],
        instanceTypes: [pool.machineType],
        scalingConfig: scalingOf(nodes),
        ...(pool.image === undefined ? {} : { amiType: pool.image as 'AL2023_x86_64_STANDARD' }),
        ...(raw.tags === undefined ? {} : { tags: raw.tags }),
      });
    } catch (thrown) {
      // Somebody with the same order was quicker.
      if (!(thrown instanceof SpringtideError) || thrown.code !== 'conflict') throw thrown;
    }
  }

  async #running(id: string, at: AwsScope): Promise<EksCluster> {
    const raw = await this.api.cluster(at, id);
    if (raw === undefined) {
      throw new SpringtideError(
        'not-found',
        `there is no cluster ${id} in ${at.region}; nothing was changed`,
        {
          effect: 'none',
        },
      );
    }
    if (raw.status === 'ACTIVE' || raw.status === 'UPDATING') return raw;
    throw new SpringtideError(
      'failed-precondition',
      `cluster ${id} is ${raw.status ?? 'in no known state'}; nothing was changed`,
      { effect: 'none', retry: 'same', nextStep: 'Wait until it runs.' },
    );
  }

  /** EKS deletes no cluster that has node groups. False: they are still on their way out. */
  async #emptied(id: string, at: AwsScope): Promise<boolean> {
    for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(LAST_POLL_MS, pollMs * 2)) {
      await at.more?.();
      const names = await this.api.groupNames(at, id);
      if (names.length === 0) return true;
      for (const name of names) await this.#endGroup(id, name, at);
      if (this.#leftMs(at) < pollMs + RESERVE_MS) return false;
      await this.clock.sleep(pollMs);
    }
  }

  async #endGroup(id: string, name: string, at: AwsScope): Promise<void> {
    await at.more?.();
    const group = await this.api.group(at, id, name);
    if (group === undefined || group.status === 'DELETING') return;
    await at.more?.();
    await this.api.deleteGroup(at, id, name);
  }

  #leftMs({ deadline }: AwsScope): number {
    return parseInstant(deadline).getTime() - this.clock.now().getTime();
  }
}

function tagMapOf(raw: EksCluster): ReadonlyMap<string, string> {
  return new Map(Object.entries(raw.tags ?? {}));
}
