import { SpringtideError, type Instant } from '@springtide/kernel';
import type {
  CallOptions,
  ComputeFacet,
  IntentQuery,
  LaunchBatch,
  LaunchReceipt,
  ListScope,
  Page,
  TrailQuery,
} from '../contract/compute.js';
import type {
  CapacityReservation,
  Deed,
  Machine,
  MachineId,
  Offering,
  Quota,
  Satellite,
} from '../contract/machine.js';
import type { MachineChanges } from '../contract/resources.js';
import type { ProviderManifest } from '../contract/session.js';
import type { Call, CallControl, CallRunner } from './call-runner.js';
import { checkIds, checkLaunchBatch, checkToken } from './input-checks.js';
import { guardedListing, listingCall } from './listing.js';
import { checkChanges, checkReceipt } from './receipt-check.js';

export type TerminationOutcome = 'terminating' | 'gone' | SpringtideError;

type About = Pick<Call, 'operation' | 'region' | 'machines'>;

/** Machines of one account. Same words as the provider contract; batches of any size, deadlines optional. */
export class ComputeClient {
  readonly #facet: ComputeFacet;
  readonly #manifest: ProviderManifest;
  readonly #runner: CallRunner;

  constructor(facet: ComputeFacet, manifest: ProviderManifest, runner: CallRunner) {
    this.#facet = facet;
    this.#manifest = manifest;
    this.#runner = runner;
  }

  listOfferings(scope: { region: string }, control?: CallControl): AsyncIterable<Page<Offering>> {
    const call = listingCall(this.#runner, 'listOfferings', scope.region, control);
    return guardedListing(this.#runner, call, (options) => this.#facet.listOfferings(scope, options));
  }

  async listQuotas(scope: { region: string }, control?: CallControl): Promise<readonly Quota[]> {
    return this.#read({ operation: 'listQuotas', region: scope.region }, control, async (options) =>
      this.#facet.listQuotas(scope, options),
    );
  }

  /** Capacity that is set aside at the cloud. @throws unsupported where none can be read. */
  async listReservations(
    scope: { region: string },
    control?: CallControl,
  ): Promise<readonly CapacityReservation[]> {
    const { capacityReservations } = this.#manifest.capabilities;
    if (capacityReservations?.supported !== true || this.#facet.listReservations === undefined) {
      const reason =
        capacityReservations?.supported === false ? capacityReservations.reason : 'its provider reads none';
      throw new SpringtideError(
        'unsupported',
        `capacity reservations of ${this.#manifest.title} cannot be read: ${reason}; nothing was sent`,
      );
    }
    const read = this.#facet.listReservations.bind(this.#facet);
    const about = { operation: 'listReservations', region: scope.region } as const;
    return this.#read(about, control, async (options) => read(scope, options));
  }

  /** Who did what to these machines; empty where the cloud's trail is not read. */
  async trail(query: TrailQuery, control?: CallControl): Promise<readonly Deed[]> {
    const { auditTrail } = this.#manifest.capabilities;
    if (auditTrail?.supported !== true || this.#facet.trail === undefined) return [];
    if (query.machines.length === 0) return [];
    const read = this.#facet.trail.bind(this.#facet);
    const about = { operation: 'trail', region: query.region, machines: query.machines.length } as const;
    return this.#read(about, control, async (options) => read(query, options));
  }

  /** Sent once. A batch over the provider's limit is refused: tokens belong to batches, so the ledger cuts them. */
  async launch(batch: LaunchBatch, control?: CallControl): Promise<LaunchReceipt> {
    checkLaunchBatch(batch, this.#manifest);
    const sent = this.#withoutUnsupported(batch);
    const about = { operation: 'launch', region: batch.region, machines: batch.count } as const;
    const call = this.#change(about, control);
    return this.#runner.run(call, async (options) =>
      checkReceipt(batch, await this.#facet.launch(sent, options)),
    );
  }

  /**
   * Whether such a launch would pass now, stock included; nothing is created.
   * @throws unsupported where the cloud cannot try; else what `launch` would throw.
   */
  async tryLaunch(batch: LaunchBatch, control?: CallControl): Promise<void> {
    checkLaunchBatch(batch, this.#manifest);
    const { launchTrial } = this.#manifest.capabilities;
    if (launchTrial?.supported !== true || this.#facet.tryLaunch === undefined) {
      const reason =
        launchTrial?.supported === false ? launchTrial.reason : 'it has no dry run that tells of stock';
      throw new SpringtideError(
        'unsupported',
        `${this.#manifest.title} cannot try a launch: ${reason}; nothing was sent`,
      );
    }
    const send = this.#facet.tryLaunch.bind(this.#facet);
    const about = { operation: 'tryLaunch', region: batch.region } as const;
    await this.#read(about, control, async (options) => send(batch, options));
  }

  async describe(
    ids: readonly MachineId[],
    scope: { region: string },
    control?: CallControl,
  ): Promise<ReadonlyMap<MachineId, Machine | 'gone'>> {
    checkIds(ids);
    const found = new Map<MachineId, Machine | 'gone'>();
    for (const part of chunks(ids, this.#manifest.limits.describeBatch)) {
      const about = { operation: 'describe', region: scope.region, machines: part.length } as const;
      const answer = await this.#read(about, control, async (options) =>
        this.#facet.describe(part, scope, options),
      );
      for (const id of part) found.set(id, answered(answer.get(id), id));
    }
    return found;
  }

  list(scope: ListScope, control?: CallControl): AsyncIterable<Page<Machine>> {
    const call = listingCall(this.#runner, 'list', scope.region, control);
    return guardedListing(this.#runner, call, (options) => this.#facet.list(scope, options));
  }

  async findByIntent(query: IntentQuery, control?: CallControl): Promise<readonly Machine[]> {
    if (query.token !== undefined) checkToken(query.token);
    return this.#read({ operation: 'findByIntent', region: query.region }, control, async (options) =>
      this.#facet.findByIntent(query, options),
    );
  }

  /** Every id has an entry, also when a later part of a long list could not be sent. */
  async terminate(
    ids: readonly MachineId[],
    scope: { region: string },
    control?: CallControl,
  ): Promise<ReadonlyMap<MachineId, TerminationOutcome>> {
    checkIds(ids);
    const outcomes = new Map<MachineId, TerminationOutcome>();
    for (const part of chunks(ids, this.#manifest.limits.terminateBatch)) {
      await this.#terminatePart(part, scope, control, outcomes);
    }
    return outcomes;
  }

  async listSatellites(
    query: { region: string; machineIds: readonly MachineId[]; intent: string },
    control?: CallControl,
  ): Promise<readonly Satellite[]> {
    return this.#read({ operation: 'listSatellites', region: query.region }, control, async (options) =>
      this.#facet.listSatellites(query, options),
    );
  }

  async releaseSatellite(satellite: Satellite, control?: CallControl): Promise<'releasing' | 'gone'> {
    const call = this.#change({ operation: 'releaseSatellite', region: satellite.region }, control);
    return this.#runner.run(call, async (options) => this.#facet.releaseSatellite(satellite, options));
  }

  /**
   * What happened since `cursor`, or everything; waits for a first change until shortly before the deadline.
   * @throws unsupported where the cloud does not tell changes: list instead.
   */
  async changes(
    scope: { region: string; cursor?: string },
    control?: CallControl,
  ): Promise<MachineChanges<Machine>> {
    const { changeFeed } = this.#manifest.capabilities;
    if (changeFeed?.supported !== true || this.#facet.changes === undefined) {
      const reason = changeFeed?.supported === false ? changeFeed.reason : 'it has no change feed';
      throw new SpringtideError(
        'unsupported',
        `${this.#manifest.title} does not tell what changed: ${reason}; nothing was sent`,
      );
    }
    const send = this.#facet.changes.bind(this.#facet);
    return this.#read({ operation: 'changes', region: scope.region }, control, async (options) =>
      checkChanges(scope, await send(scope, options)),
    );
  }

  /** @throws unsupported where the cloud has no time-to-live; the lease in the ledger still rules. */
  async setReleaseTime(
    ids: readonly MachineId[],
    scope: { region: string },
    at: Instant | null,
    control?: CallControl,
  ): Promise<void> {
    checkIds(ids);
    const { timeToLive } = this.#manifest.capabilities;
    if (!timeToLive.supported) throw noTimeToLive(this.#manifest, timeToLive.reason);
    if (this.#facet.setReleaseTime === undefined) throw noTimeToLive(this.#manifest, 'not implemented');
    const about = { operation: 'setReleaseTime', region: scope.region, machines: ids.length } as const;
    const call = this.#change(about, control);
    await this.#runner.run(call, async (options) => this.#facet.setReleaseTime?.(ids, scope, at, options));
  }

  async #terminatePart(
    part: readonly MachineId[],
    scope: { region: string },
    control: CallControl | undefined,
    outcomes: Map<MachineId, TerminationOutcome>,
  ): Promise<void> {
    const about = { operation: 'terminate', region: scope.region, machines: part.length } as const;
    const call = this.#change(about, control);
    try {
      const answer = await this.#runner.run(call, async (options) =>
        this.#facet.terminate(part, scope, options),
      );
      for (const id of part) outcomes.set(id, answer.get(id) ?? missing(id));
    } catch (thrown) {
      if (outcomes.size === 0) throw thrown;
      for (const id of part) outcomes.set(id, thrown as SpringtideError);
    }
  }

  #withoutUnsupported(batch: LaunchBatch): LaunchBatch {
    if (this.#manifest.capabilities.timeToLive.supported) return batch;
    const { releaseAt: _, ...rest } = batch;
    return rest;
  }

  async #read<T>(
    about: About,
    control: CallControl | undefined,
    send: (options: CallOptions) => Promise<T>,
  ): Promise<T> {
    const deadline = this.#runner.deadline('read', control);
    return this.#runner.run({ ...about, kind: 'read', deadline, priority: control?.priority }, send);
  }

  #change(about: About, control: CallControl | undefined): Call {
    const deadline = this.#runner.deadline('mutate', control);
    return {
      ...about,
      kind: 'mutate',
      deadline,
      priority: control?.priority,
      lastCheck: control?.lastCheck,
    };
  }
}

function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

function answered(entry: Machine | 'gone' | undefined, id: MachineId): Machine | 'gone' {
  if (entry !== undefined) return entry;
  throw new SpringtideError('internal', `the provider said nothing about machine ${id}; it may exist`, {
    effect: 'none',
  });
}

function missing(id: MachineId): SpringtideError {
  return new SpringtideError(
    'unknown',
    `the provider said nothing about machine ${id}; it may still run and cost`,
  );
}

function noTimeToLive(manifest: ProviderManifest, reason: string): SpringtideError {
  return new SpringtideError('unsupported', `${manifest.title} has no time-to-live for machines: ${reason}`);
}
