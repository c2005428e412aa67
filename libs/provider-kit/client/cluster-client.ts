import type { Cluster, ClusterFacet, ClusterOrder } from '../contract/clusters.js';
import type { CallOptions, Page } from '../contract/compute.js';
import type { Call, CallControl, CallKind, CallRunner } from './call-runner.js';
import { checkClusterOrder, checkNodeCount } from './cluster-input.js';
import { guardedListing, listingCall } from './listing.js';

type Region = Readonly<{ region: string }>;

/** Kubernetes clusters that a cloud runs for this account. */
export class ClusterClient {
  readonly #facet: ClusterFacet;
  readonly #runner: CallRunner;

  constructor(facet: ClusterFacet, runner: CallRunner) {
    this.#facet = facet;
    this.#runner = runner;
  }

  listClusters(scope: Region, control?: CallControl): AsyncIterable<Page<Cluster>> {
    const call = listingCall(this.#runner, 'listClusters', scope.region, control);
    return guardedListing(this.#runner, call, (options) => this.#facet.listClusters(scope, options));
  }

  async describeCluster(id: string, scope: Region, control?: CallControl): Promise<Cluster | 'gone'> {
    return this.#run('describeCluster', 'read', scope, control, async (options) =>
      this.#facet.describeCluster(id, scope, options),
    );
  }

  /** Sent once; the same token may be sent again. */
  async createCluster(order: ClusterOrder, control?: CallControl): Promise<Readonly<{ id: string }>> {
    checkClusterOrder(order);
    return this.#run('createCluster', 'mutate', order, control, async (options) =>
      this.#facet.createCluster(order, options),
    );
  }

  async scaleNodePool(
    target: Readonly<{ region: string; clusterId: string; pool: string; nodes: number }>,
    control?: CallControl,
  ): Promise<void> {
    checkNodeCount(target.pool, target.nodes);
    await this.#run('scaleNodePool', 'mutate', target, control, async (options) =>
      this.#facet.scaleNodePool(target, options),
    );
  }

  /** A secret: keep it out of logs, histories and messages. */
  async kubeconfig(id: string, scope: Region, control?: CallControl): Promise<string> {
    return this.#run('kubeconfig', 'read', scope, control, async (options) =>
      this.#facet.kubeconfig(id, scope, options),
    );
  }

  async deleteCluster(id: string, scope: Region, control?: CallControl): Promise<'deleting' | 'gone'> {
    return this.#run('deleteCluster', 'mutate', scope, control, async (options) =>
      this.#facet.deleteCluster(id, scope, options),
    );
  }

  async #run<T>(
    operation: Call['operation'],
    kind: CallKind,
    { region }: Region,
    control: CallControl | undefined,
    send: (options: CallOptions) => Promise<T>,
  ): Promise<T> {
    const deadline = this.#runner.deadline(kind, control);
    return this.#runner.run({ operation, kind, region, deadline, priority: control?.priority }, send);
  }
}
