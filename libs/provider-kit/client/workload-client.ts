import { SpringtideError, parseInstant, type Instant } from '@springtide/kernel';
import type { CallOptions, Page } from '../contract/compute.js';
import type { CloudOperation } from '../contract/rates.js';
import type {
  ClusterNode,
  EvictionOrder,
  EvictionPass,
  NamespaceQuota,
  OwnedWorkload,
  WorkloadFacet,
  WorkloadOrder,
  WorkloadRef,
  WorkloadRevision,
  WorkloadState,
} from '../contract/workloads.js';
import type { CallControl, CallKind, CallRunner } from './call-runner.js';
import { guardedListing, listingCall } from './listing.js';
import { checkWorkloadOrder } from './workload-checks.js';

/** The account is one cluster: its calls share one budget. */
const EVERYWHERE = 'all';
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

export type DrainOrder = Readonly<{
  node: string;
  /** Until then disruption budgets are respected. */
  until: Instant;
  /** `force` deletes what is left then, budgets or not; `give-up` leaves it there and the node closed. */
  escalation: 'force' | 'give-up';
  /** How long forced deletion may take. Default one minute. */
  forceWithinMs?: number;
  graceSeconds?: number;
}>;

export type DrainReport = Readonly<{
  outcome: 'empty' | 'gave-up';
  /** Budgets were overridden. */
  forced: boolean;
  /** What was still there at the end. */
  held: EvictionPass['held'];
}>;

/** Workloads and nodes of one cluster. */
export class WorkloadClient {
  readonly #facet: WorkloadFacet;
  readonly #runner: CallRunner;

  constructor(facet: WorkloadFacet, runner: CallRunner) {
    this.#facet = facet;
    this.#runner = runner;
  }

  async apply(order: WorkloadOrder, control?: CallControl): Promise<WorkloadState> {
    checkWorkloadOrder(order);
    return this.#run('applyWorkload', 'mutate', control, async (options) =>
      this.#facet.apply(order, options),
    );
  }

  async read(ref: WorkloadRef, control?: CallControl): Promise<WorkloadState | 'gone'> {
    return this.#run('readWorkload', 'read', control, async (options) => this.#facet.read(ref, options));
  }

  list(
    scope: Readonly<{ namespace?: string; ownedBy?: string }>,
    control?: CallControl,
  ): AsyncIterable<Page<WorkloadState>> {
    return guardedListing(
      this.#runner,
      listingCall(this.#runner, 'listWorkloads', EVERYWHERE, control),
      (options) => this.#facet.list(scope, options),
    );
  }

  async findByIntent(
    query: Readonly<{ intent: string; token?: string }>,
    control?: CallControl,
  ): Promise<readonly WorkloadState[]> {
    return this.#run('findWorkloads', 'read', control, async (options) =>
      this.#facet.findByIntent(query, options),
    );
  }

  async scale(target: OwnedWorkload, replicas: number, control?: CallControl): Promise<WorkloadState> {
    if (!Number.isInteger(replicas) || replicas < 0) {
      throw new SpringtideError(
        'invalid-argument',
        `a workload has a whole number of members from 0, not ${replicas}; nothing was sent`,
      );
    }
    return this.#run('scaleWorkload', 'mutate', control, async (options) =>
      this.#facet.scale(target, replicas, options),
    );
  }

  async revisions(ref: WorkloadRef, control?: CallControl): Promise<readonly WorkloadRevision[]> {
    return this.#run('readRevisions', 'read', control, async (options) =>
      this.#facet.revisions(ref, options),
    );
  }

  async remove(
    target: OwnedWorkload,
    volumes: 'keep' | 'delete',
    control?: CallControl,
  ): Promise<'removing' | 'gone'> {
    return this.#run('removeWorkload', 'mutate', control, async (options) =>
      this.#facet.remove(target, volumes, options),
    );
  }

  listNodes(control?: CallControl): AsyncIterable<Page<ClusterNode>> {
    return guardedListing(
      this.#runner,
      listingCall(this.#runner, 'listNodes', EVERYWHERE, control),
      (options) => this.#facet.listNodes(options),
    );
  }

  async setSchedulable(node: string, schedulable: boolean, control?: CallControl): Promise<void> {
    await this.#run('setSchedulable', 'mutate', control, async (options) =>
      this.#facet.setSchedulable(node, schedulable, options),
    );
  }

  async evict(order: EvictionOrder, control?: CallControl): Promise<EvictionPass> {
    return this.#run('evictPods', 'mutate', control, async (options) => this.#facet.evict(order, options));
  }

  async removeNode(node: string, control?: CallControl): Promise<'removing' | 'gone'> {
    return this.#run('removeNode', 'mutate', control, async (options) =>
      this.#facet.removeNode(node, options),
    );
  }

  async quotas(
    scope: Readonly<{ namespace: string }>,
    control?: CallControl,
  ): Promise<readonly NamespaceQuota[]> {
    return this.#run('listWorkloadQuotas', 'read', control, async (options) =>
      this.#facet.quotas(scope, options),
    );
  }

  /**
   * Closes the node and empties it: pass after pass under the disruption budgets, then as the order says. It may be
   * called again at any time with the same order. `seen` is told of every pass.
   */
  async drain(order: DrainOrder, seen?: (pass: EvictionPass) => void): Promise<DrainReport> {
    await this.setSchedulable(order.node, false);
    const kept = await this.#pass(order, 'respect', this.#leftMs(order.until), seen);
    if (kept.empty) return { outcome: 'empty', forced: false, held: [] };
    if (order.escalation === 'give-up') return { outcome: 'gave-up', forced: false, held: kept.held };
    const forced = await this.#pass(order, 'override', order.forceWithinMs ?? 60_000, seen);
    return { outcome: forced.empty ? 'empty' : 'gave-up', forced: true, held: forced.held };
  }

  /** Pass after pass until the node is empty or the time is over; there is always one. */
  async #pass(
    order: DrainOrder,
    budgets: EvictionOrder['budgets'],
    withinMs: number,
    seen: ((pass: EvictionPass) => void) | undefined,
  ): Promise<EvictionPass> {
    const { clock } = this.#runner.options;
    const end = clock.now().getTime() + withinMs;
    const grace = order.graceSeconds === undefined ? {} : { graceSeconds: order.graceSeconds };
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const pass = await this.evict({ node: order.node, budgets, ...grace });
      seen?.(pass);
      const leftMs = end - clock.now().getTime();
      if (pass.empty || leftMs <= 0) return pass;
      if (pass.leaving > 0) pauseMs = FIRST_PAUSE_MS;
      await clock.sleep(Math.min(pauseMs, leftMs));
    }
  }

  #leftMs(until: Instant): number {
    return parseInstant(until).getTime() - this.#runner.options.clock.now().getTime();
  }

  async #run<T>(
    operation: CloudOperation,
    kind: CallKind,
    control: CallControl | undefined,
    send: (options: CallOptions) => Promise<T>,
  ): Promise<T> {
    const deadline = this.#runner.deadline(kind, control);
    const call = { operation, kind, region: EVERYWHERE, deadline, priority: control?.priority };
    return this.#runner.run(call, send);
  }
}
