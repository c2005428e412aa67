import { setTimeout as wait } from 'node:timers/promises';
import {
  routes,
  type ApiClient,
  type CampaignBody,
  type ClusterBody,
  type WorkloadBody,
} from '@springtide/contracts';
import type { Engines } from './engines.js';
import { makeOrFind } from './existing.js';
import { NAMESPACE, leftInCluster, type KubernetesCluster } from './kubernetes-cluster.js';
import { count } from './numbers.js';
import type { KubernetesReport, ReplicaSample } from './report-kubernetes.js';
import { screen } from './screen.js';
import type { Stage } from './stage.js';
import { mayPass } from './watch.js';

/** Members at ordinary times, and for the peak. */
const USUAL = 4;
const FOR_PEAK = 24;
const NAME = 'recommendations';

const EVERY_MS = 500;
const DEPLOYED_WITHIN_MS = 60_000;
const REMOVED_WITHIN_MS = 60_000;

/**
 * A workload beside the machines. It is no part of the run: the demo itself calls the API at the times of the campaign's
 * phases, as an operator’s script would.
 */
export class KubernetesStory {
  readonly #replicas: ReplicaSample[] = [];
  readonly #failures: string[] = [];
  #ended = false;
  #following: Promise<void> = Promise.resolve();

  private constructor(
    private readonly cluster: KubernetesCluster,
    private readonly registered: ClusterBody,
    private readonly client: ApiClient,
    private workload: WorkloadBody,
  ) {}

  static async begin(engines: Engines, stage: Stage): Promise<KubernetesStory | undefined> {
    const { cluster } = engines;
    if (cluster === undefined) return undefined;
    const { admin, operations } = stage.people;
    const name = 'shop-cluster';
    const registered = await makeOrFind(
      async () =>
        await admin.call(routes.clusterRegister, { body: { name, kubeconfig: cluster.kubeconfig } }),
      async () => (await admin.call(routes.clusterList)).items.find((one) => one.name === name),
    );
    if (registered.status !== 'healthy') throw new Error(`${name}: ${registered.problem ?? 'not healthy'}`);
    screen.say(`Cluster ${name}: ${registered.status}, ${registered.version ?? 'unknown version'}.`);
    const body = { clusterId: registered.id, spec: specOf(USUAL), adopt: false };
    const workload = await operations.call(routes.workloadApply, { body });
    const story = new KubernetesStory(cluster, registered, operations, workload);
    await story.#untilReady(USUAL);
    screen.say(`Workload ${NAME}: ${USUAL} of ${USUAL} replicas ready.`);
    return story;
  }

  /** Scales before the peak and after it, and watches. What goes wrong is told by `end`. */
  follow(campaign: CampaignBody): void {
    const startOf = (name: string) =>
      Date.parse(campaign.phases.find((phase) => phase.name === name)?.startsAt ?? campaign.createdAt);
    this.#following = Promise.all([
      this.#scaleAt(startOf('ramp'), FOR_PEAK, 'before the peak'),
      this.#scaleAt(startOf('decay'), USUAL, 'after the peak'),
      this.#judge(startOf('peak'), startOf('decay')),
      this.#watch(),
    ]).then(
      () => undefined,
      (thrown: unknown) => this.#fail(thrown),
    );
  }

  /** Removes the workload and asks the cluster itself what is left. */
  async end(): Promise<KubernetesReport> {
    this.#ended = true;
    await this.#following;
    const at = this.#replicas.at(-1);
    if (at?.desired !== USUAL || at.ready !== USUAL) {
      this.#failures.push(`${NAME} is not back at ${count(USUAL, 'replica')}`);
    }
    try {
      await this.#remove();
    } catch (thrown) {
      this.#fail(thrown);
    }
    const left = await this.#leftWhenQuiet();
    screen.say(`In the cluster, kubectl lists ${count(left.length, 'thing')} of ours.`);
    return {
      cluster: this.registered.name,
      version: this.registered.version ?? 'unknown',
      workload: `${NAMESPACE}/${NAME}`,
      scaledBy: 'API calls of the demo at the times of the phases',
      replicas: this.#replicas,
      leftover: left,
      failures: this.#failures,
    };
  }

  async #scaleAt(atMs: number, replicas: number, when: string): Promise<void> {
    await wait(Math.max(0, atMs - Date.now()));
    const params = { id: this.workload.id };
    await this.client.call(routes.workloadScale, { params, body: { replicas } });
    screen.say(`  ${NAME}: ${count(replicas, 'replica')} asked for, ${when}.`);
  }

  /** The peak must find what was ordered for it, all the time. */
  async #judge(fromMs: number, untilMs: number): Promise<void> {
    await wait(Math.max(0, untilMs - Date.now()));
    const before = this.#replicas.filter(({ at }) => Date.parse(at) <= fromMs).slice(-1);
    const during = this.#replicas.filter(({ at }) => Date.parse(at) > fromMs && Date.parse(at) < untilMs);
    const fewest = Math.min(...[...before, ...during].map(({ ready }) => ready));
    if (before.length === 1 && fewest >= FOR_PEAK) return;
    this.#failures.push(`${NAME} had ${fewest} of ${FOR_PEAK} replicas ready at some time of the peak`);
  }

  async #watch(): Promise<void> {
    while (!this.#ended) {
      await this.#look();
      await wait(EVERY_MS);
    }
  }

  /** Keeps what is new; an API that is just starting again is asked the next time. */
  async #look(): Promise<WorkloadBody['live']> {
    try {
      const { live } = await this.client.call(routes.workloadGet, { params: { id: this.workload.id } });
      if (live === null) return null;
      const { desired, ready } = live;
      const last = this.#replicas.at(-1);
      if (last?.desired !== desired || last.ready !== ready) {
        this.#replicas.push({ at: new Date().toISOString(), desired, ready });
        screen.say(`  ${NAME}: ${ready} of ${count(desired, 'replica')} ready.`);
      }
      return live;
    } catch (thrown) {
      if (!mayPass(thrown)) throw thrown;
      return null;
    }
  }

  async #untilReady(replicas: number): Promise<void> {
    const deadline = performance.now() + DEPLOYED_WITHIN_MS;
    for (;;) {
      const live = await this.#look();
      if (live?.phase === 'settled' && live.ready === replicas) return;
      if (performance.now() > deadline) {
        const why = live?.obstacles.map(({ message }) => message).join('; ') ?? 'it cannot be read';
        throw new Error(`${NAME} did not become ready in the cluster: ${why}`);
      }
      await wait(EVERY_MS);
    }
  }

  async #remove(): Promise<void> {
    const deadline = performance.now() + REMOVED_WITHIN_MS;
    const request = { params: { id: this.workload.id }, query: { volumes: 'delete' } } as const;
    while ((await this.client.call(routes.workloadRemove, request)).outcome !== 'gone') {
      if (performance.now() > deadline) throw new Error(`${NAME} was not removed in time`);
      await wait(EVERY_MS);
    }
    screen.say(`Workload ${NAME} is removed.`);
  }

  /** Kubernetes clears up after a deletion by itself, a little later. */
  async #leftWhenQuiet(): Promise<readonly string[]> {
    const deadline = performance.now() + REMOVED_WITHIN_MS;
    for (;;) {
      const left = await leftInCluster(this.cluster);
      if (left.length === 0 || performance.now() > deadline) return left;
      await wait(EVERY_MS);
    }
  }

  #fail(thrown: unknown): void {
    this.#failures.push(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function specOf(replicas: number) {
  return {
    namespace: NAMESPACE,
    name: NAME,
    image: 'registry.example/recommendations:1.0',
    replicas,
    cpuMillis: 500,
    memoryMiB: 512,
    ports: [{ name: 'http', port: 8080 }],
    service: true,
    minAvailable: USUAL - 1,
  };
}
