import { setTimeout as wait } from 'node:timers/promises';
import { SpringtideError, addMs, asSpringtideError, toInstant, type Instant } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import type { CallPolicy } from '../../client/call-policy.js';
import type { CloudClient } from '../../client/cloud-client.js';
import { connectAccount } from '../../client/connect-account.js';
import { collectComplete } from '../../client/listing.js';
import type { WorkloadClient } from '../../client/workload-client.js';
import type {
  OwnedWorkload,
  WorkloadOrder,
  WorkloadRef,
  WorkloadSpec,
  WorkloadState,
} from '../../contract/workloads.js';
import type { AccountInput } from '../harness.js';
import { loopbackGate } from '../loopback-gate.js';
import type { WorkloadConformanceHarness, WorkloadControls, WorkloadTarget } from './harness.js';

const POLL_MS = 100;

/** One cluster under test, orders that nobody used before, and patience. */
export class WorkloadBench {
  readonly #gate = loopbackGate();
  readonly #clients: CloudClient[] = [];
  readonly #applied = new Map<string, WorkloadRef>();
  readonly installation = `conf-${process.pid.toString(36)}-${Date.now().toString(36)}`;
  #client: CloudClient | undefined;
  #orders = 0;

  constructor(
    readonly harness: WorkloadConformanceHarness,
    readonly target: WorkloadTarget,
  ) {}

  async open(): Promise<void> {
    this.#client = await this.connect(this.target.account);
  }

  async connect(account: AccountInput, policy: Partial<CallPolicy> = {}): Promise<CloudClient> {
    const client = await connectAccount(this.harness.manifest, account.settings, account.secret, {
      clock: systemClock,
      gate: this.#gate,
      log: this.target.log ?? silentLogger,
      account: 'workload-conformance',
      policy,
    });
    this.#clients.push(client);
    return client;
  }

  get client(): CloudClient {
    if (this.#client === undefined) throw new SpringtideError('internal', 'the bench is not open');
    return this.#client;
  }

  /** As business code sees the cluster. */
  get workloads(): WorkloadClient {
    return this.client.workloads;
  }

  get controls(): WorkloadControls {
    return this.target.controls;
  }

  /** An order with a name, an intent and a token of its own. */
  order(changes: Partial<WorkloadSpec> = {}, rest: Partial<Omit<WorkloadOrder, 'spec'>> = {}): WorkloadOrder {
    this.#orders += 1;
    const token = rest.token ?? `${this.installation}-t${this.#orders}`;
    const spec: WorkloadSpec = {
      namespace: this.target.namespace,
      name: `w${this.#orders}`,
      kind: 'stateless',
      image: this.target.image,
      replicas: 2,
      cpuMillis: 100,
      memoryMiB: 64,
      ports: [{ name: 'http', port: 8080 }],
      labels: {},
      ...changes,
    };
    return {
      ...rest,
      token,
      spec,
      ownership: {
        installation: this.installation,
        tenant: 'conformance',
        intent: `${this.installation}-i${this.#orders}`,
        ...rest.ownership,
        token,
      },
    };
  }

  /** A later order for the same workload. */
  again(order: WorkloadOrder, changes: Partial<WorkloadSpec>): WorkloadOrder {
    return this.order({ ...order.spec, ...changes });
  }

  async apply(order: WorkloadOrder): Promise<WorkloadState> {
    this.note(order.spec);
    return this.workloads.apply(order);
  }

  /** Applies and waits until all members run. */
  async running(order: WorkloadOrder): Promise<WorkloadState> {
    await this.apply(order);
    return this.settled(order.spec, order.spec.replicas);
  }

  /** Whatever is named here is taken away after the rule. */
  note({ namespace, name, kind }: WorkloadRef): void {
    this.#applied.set(`${namespace}/${kind}/${name}`, { namespace, name, kind });
  }

  owned(ref: WorkloadRef): OwnedWorkload {
    const { namespace, name, kind } = ref;
    return { namespace, name, kind, installation: this.installation };
  }

  async state(ref: WorkloadRef): Promise<WorkloadState> {
    const state = await this.workloads.read(ref);
    if (state !== 'gone') return state;
    throw new Error(`workload ${ref.name} is gone`);
  }

  async settled(ref: WorkloadRef, members: number): Promise<WorkloadState> {
    let state = await this.state(ref);
    await this.until(`${ref.name} settles with ${members} members`, async () => {
      state = await this.state(ref);
      return state.phase === 'settled' && state.ready === members;
    });
    return state;
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const patienceMs = this.harness.patienceMs ?? 30_000;
    const end = Date.now() + patienceMs;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`not within ${patienceMs} ms: ${what}`);
      await wait(POLL_MS);
    }
  }

  async refusal(work: () => Promise<unknown>): Promise<SpringtideError> {
    try {
      await work();
    } catch (thrown) {
      return asSpringtideError(thrown);
    }
    throw new Error('the call was expected to be refused, and was not');
  }

  inMs(ms: number): Instant {
    return addMs(toInstant(systemClock.now()), ms);
  }

  /** The node that holds most members, by the owner's word. */
  async fullestNode(ref: WorkloadRef): Promise<string> {
    const count = new Map<string, number>();
    for (const { node } of await this.controls.members(ref)) count.set(node, (count.get(node) ?? 0) + 1);
    const [fullest] = [...count].toSorted((a, b) => b[1] - a[1]);
    if (fullest === undefined) throw new Error(`${ref.name} has no members`);
    return fullest[0];
  }

  async remove(ref: WorkloadRef, volumes: 'keep' | 'delete' = 'keep'): Promise<void> {
    await this.until(`${ref.name} is gone`, async () => {
      return (await this.workloads.remove(this.owned(ref), volumes)) === 'gone';
    });
  }

  /** Takes away what the rule left, and opens the nodes that it closed. */
  async settle(): Promise<void> {
    for (const ref of this.#applied.values()) {
      const state = await this.workloads.read(ref);
      const ours = state === 'gone' || state.ownership?.installation === this.installation;
      if (ours) await this.remove(ref, 'delete');
      else await this.controls.deleteOutside(ref);
    }
    this.#applied.clear();
    const nodes = await collectComplete(this.workloads.listNodes(), 'nodes');
    for (const { name, schedulable } of nodes) {
      if (!schedulable) await this.workloads.setSchedulable(name, true);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map(async (client) => client.close()));
    await this.#gate.close();
  }
}
