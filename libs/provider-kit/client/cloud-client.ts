import { SpringtideError, toInstant } from '@springtide/kernel';
import type { AccountReport, ProviderManifest, ProviderSession } from '../contract/session.js';
import { BillClient } from './bill-client.js';
import type { CallControl, CallRunner } from './call-runner.js';
import { ClusterClient } from './cluster-client.js';
import { ComputeClient } from './compute-client.js';
import { ImageClient, NetworkClient } from './inventory-clients.js';
import { ResourceClient } from './resource-client.js';
import { SnapshotClient } from './snapshot-client.js';
import { TrafficClient } from './traffic-client.js';
import { WorkloadClient } from './workload-client.js';

export type FacetName =
  | 'compute'
  | 'network'
  | 'images'
  | 'resources'
  | 'snapshots'
  | 'traffic'
  | 'clusters'
  | 'workloads'
  | 'bills';

/**
 * One account of one cloud, as business code sees it. Everything that every call needs happens here and only here:
 * input checks, call budget, deadline, retry of reads, classification of errors, traces and metrics.
 */
export class CloudClient {
  readonly manifest: ProviderManifest;
  readonly account: string;
  readonly #session: ProviderSession;
  readonly #runner: CallRunner;

  constructor(manifest: ProviderManifest, session: ProviderSession, runner: CallRunner) {
    this.manifest = manifest;
    this.account = runner.options.account;
    this.#session = session;
    this.#runner = runner;
  }

  offers(facet: FacetName): boolean {
    return this.#session[facet] !== undefined;
  }

  /** @throws unsupported when this provider has no machines. */
  get compute(): ComputeClient {
    return new ComputeClient(this.#facet('compute'), this.manifest, this.#runner);
  }

  /** @throws unsupported when this provider lists no networks. */
  get network(): NetworkClient {
    return new NetworkClient(this.#facet('network'), this.#runner);
  }

  /** @throws unsupported when this provider lists no images. */
  get images(): ImageClient {
    return new ImageClient(this.#facet('images'), this.#runner);
  }

  /** @throws unsupported when this provider lists nothing besides machines, networks and images. */
  get resources(): ResourceClient {
    return new ResourceClient(this.#facet('resources'), this.#runner);
  }

  /** @throws unsupported when this provider takes no snapshots of machines. */
  get snapshots(): SnapshotClient {
    return new SnapshotClient(this.#facet('snapshots'), this.#runner);
  }

  /** @throws unsupported when this provider carries no traffic. */
  get traffic(): TrafficClient {
    return new TrafficClient(this.#facet('traffic'), this.manifest, this.#runner);
  }

  /** @throws unsupported when this provider runs no clusters. */
  get clusters(): ClusterClient {
    return new ClusterClient(this.#facet('clusters'), this.#runner);
  }

  /** @throws unsupported when this provider is no cluster. */
  get workloads(): WorkloadClient {
    return new WorkloadClient(this.#facet('workloads'), this.#runner);
  }

  /** @throws unsupported when this provider tells no charges. */
  get bills(): BillClient {
    return new BillClient(this.#facet('bills'), this.#runner);
  }

  /** Who the cloud says we are, and what we may do. */
  async verify(control?: CallControl): Promise<AccountReport> {
    const deadline = this.#runner.deadline('read', control);
    const priority = control?.priority ?? 'sync';
    const call = { operation: 'verify', kind: 'read', region: 'all', deadline, priority } as const;
    return this.#runner.run(call, async () =>
      this.#session.verify(toInstant(this.#runner.options.clock.now())),
    );
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  #facet<K extends FacetName>(name: K): NonNullable<ProviderSession[K]> {
    const facet = this.#session[name];
    if (facet !== undefined) return facet;
    throw new SpringtideError('unsupported', `${this.manifest.title} does not do ${name}; nothing was sent`);
  }
}
