import { SpringtideError, addMs, toInstant, type Instant } from '@springtide/kernel';
import { silentLogger } from '@springtide/platform';
import type { CloudClient } from '../client/cloud-client.js';
import { connectAccount } from '../client/connect-account.js';
import { collect } from '../client/listing.js';
import type { Cluster } from '../contract/clusters.js';
import type { LaunchBatch } from '../contract/compute.js';
import type { Machine, MachineId } from '../contract/machine.js';
import type { CallPolicy } from '../client/call-policy.js';
import type { AccountInput, ConformanceControls, ConformanceHarness, ConformanceTarget } from './harness.js';
import { loopbackGate } from './loopback-gate.js';

let benches = 0;

/** What a rule works with: a client of the account under test, batches nobody used before, and patience. */
export class Bench {
  readonly harness: ConformanceHarness;
  readonly target: ConformanceTarget;
  readonly region: string;
  readonly installation: string;
  readonly #ownGate = loopbackGate();
  #client: CloudClient | undefined;
  #others: CloudClient[] = [];
  #batches = 0;

  constructor(harness: ConformanceHarness, target: ConformanceTarget) {
    benches += 1;
    this.harness = harness;
    this.target = target;
    this.region = target.region;
    this.installation = `conf-${process.pid.toString(36)}-${Date.now().toString(36)}-${benches}`;
  }

  get client(): CloudClient {
    if (this.#client === undefined) throw new SpringtideError('internal', 'the bench is not open');
    return this.#client;
  }

  get compute() {
    return this.client.compute;
  }

  get scope(): { region: string } {
    return { region: this.region };
  }

  get limits() {
    return this.harness.manifest.limits;
  }

  async open(): Promise<void> {
    this.#client = await this.connect(this.target.account);
  }

  /** Another client, closed with the bench. */
  async connect(account: AccountInput, policy: Partial<CallPolicy> = {}): Promise<CloudClient> {
    const { clock, log } = this.target;
    const client = await connectAccount(this.harness.manifest, account.settings, account.secret, {
      account: this.installation,
      clock,
      gate: this.target.gate ?? this.#ownGate,
      log: log ?? silentLogger,
      policy,
    });
    this.#others.push(client);
    return client;
  }

  /** @throws failed-precondition when the harness neither has the control nor says why not. */
  control<K extends keyof ConformanceControls>(name: K): ConformanceControls[K] {
    const control = this.target.controls[name];
    if (control !== undefined) return control;
    throw new SpringtideError(
      'failed-precondition',
      `the harness ${this.harness.name} has no control "${name}"; name it in "withheld" with the reason`,
    );
  }

  /** A batch with an intent and a token of its own. */
  batch(changes: Partial<LaunchBatch> = {}): LaunchBatch {
    this.#batches += 1;
    const intent = `${this.installation}-i${this.#batches}`;
    const token = changes.token ?? `${this.installation}-t${this.#batches}`;
    const ownership = { installation: this.installation, tenant: 'conformance', intent, token };
    const { zone, machineType, image, securityGroups, purchaseOption, subnet, userData } = this.target.sample;
    return {
      region: this.region,
      zone,
      machineType,
      image,
      securityGroups,
      purchaseOption,
      ...(subnet === undefined ? {} : { subnet }),
      ...(userData === undefined ? {} : { userData }),
      count: 1,
      minimum: changes.count ?? 1,
      namePrefix: `conf-${this.#batches}`,
      labels: {},
      ...changes,
      token,
      ownership: {
        ...ownership,
        ...changes.ownership,
        token,
      },
    };
  }

  /** The machines of a batch that must be accepted whole. */
  async launch(batch: LaunchBatch): Promise<readonly MachineId[]> {
    const receipt = await this.compute.launch(batch);
    return receipt.items.map((item) => {
      if (item.outcome === 'refused') throw item.error;
      return item.machineId;
    });
  }

  /** Several batches where one call may not create so many. */
  async launchMany(count: number): Promise<readonly MachineId[]> {
    const ids: MachineId[] = [];
    while (ids.length < count) {
      const size = Math.min(count - ids.length, this.limits.launchBatch);
      ids.push(...(await this.launch(this.batch({ count: size }))));
    }
    return ids;
  }

  async find(batch: LaunchBatch): Promise<readonly Machine[]> {
    return this.compute.findByIntent({
      intent: batch.ownership.intent,
      token: batch.token,
      region: this.region,
    });
  }

  async describe(id: MachineId): Promise<Machine | 'gone'> {
    return (await this.compute.describe([id], this.scope)).get(id) ?? 'gone';
  }

  async list(ownedBy?: string): Promise<readonly Machine[]> {
    const scope = ownedBy === undefined ? this.scope : { ...this.scope, ownedBy };
    const { items, complete } = await collect(this.compute.list(scope));
    expect(complete).toBe(true);
    return items;
  }

  /** A machine of a batch of one, once it runs. */
  async running(batch = this.batch()): Promise<Machine> {
    const [id] = await this.launch(batch);
    if (id === undefined) throw new SpringtideError('internal', 'nothing was launched');
    return this.until(`${id} runs`, async () => {
      const machine = await this.describe(id);
      return machine !== 'gone' && machine.state === 'running' ? machine : undefined;
    });
  }

  async gone(ids: readonly MachineId[]): Promise<void> {
    await this.until(`${ids.length} machines are gone`, async () => {
      const found = await this.compute.describe(ids, this.scope);
      return [...found.values()].every((entry) => entry === 'gone') ? true : undefined;
    });
  }

  /** Looks until there is something, on the target's clock. */
  async until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const { clock } = this.target;
    const end = clock.now().getTime() + (this.harness.patienceMs ?? 30_000);
    for (;;) {
      const seen = await look();
      if (seen !== undefined) return seen;
      if (clock.now().getTime() >= end) throw new SpringtideError('timeout', `not in time: ${what}`);
      await clock.sleep(this.harness.pollMs ?? 100);
    }
  }

  async pass(ms: number): Promise<void> {
    await this.target.clock.sleep(ms);
  }

  /** After it, listings must show everything that was created before. */
  async passVisibilityLag(): Promise<void> {
    const lagMs = this.target.trueLagMs ?? this.limits.visibilityLagMs;
    if (lagMs > 0) await this.pass(lagMs + 1);
  }

  inMs(ms: number): Instant {
    return addMs(toInstant(this.target.clock.now()), ms);
  }

  /** The error that the work must end in. */
  async refusal(work: () => Promise<unknown>): Promise<SpringtideError> {
    const outcome = await work().then(
      (value: unknown) => ({ value }),
      (thrown: unknown) => ({ thrown }),
    );
    if (!('thrown' in outcome)) throw new Error(`expected an error, got ${JSON.stringify(outcome.value)}`);
    expect(outcome.thrown).toBeInstanceOf(SpringtideError);
    return outcome.thrown as SpringtideError;
  }

  /** Between two rules: faults off, machines of this bench away. */
  async settle(): Promise<void> {
    await this.target.controls.reset?.();
    if (!this.client.offers('compute')) return;
    await this.#endClusters();
    await this.passVisibilityLag();
    const ours = await this.list(this.installation);
    const ids = ours.filter((machine) => machine.state !== 'terminating').map((machine) => machine.id);
    if (ids.length > 0) await this.compute.terminate(ids, this.scope);
    if (ours.length > 0) await this.gone(ours.map((machine) => machine.id));
  }

  /** Clusters of rules that want them; listing others' would make the rest slower for nothing. */
  async #endClusters(): Promise<void> {
    if (this.target.cluster === undefined || !this.client.offers('clusters')) return;
    const { clusters } = this.client;
    const isOurs = (cluster: Cluster) => cluster.ownership?.installation === this.installation;
    await this.until('clusters of this rule are gone', async () => {
      const ours = (await collect(clusters.listClusters(this.scope))).items.filter(isOurs);
      for (const { id, state } of ours) {
        if (state !== 'deleting') await clusters.deleteCluster(id, this.scope);
      }
      return ours.length === 0 ? true : undefined;
    });
  }

  async close(): Promise<void> {
    for (const client of this.#others) await client.close();
    await this.#ownGate.close();
  }
}
