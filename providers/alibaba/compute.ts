import { SpringtideError, type Clock, type Instant } from '@springtide/kernel';
import {
  RecentlyKnown,
  promisedMachine,
  type CallOptions,
  type CapacityReservation,
  type ComputeFacet,
  type Deed,
  type IntentQuery,
  type LaunchBatch,
  type LaunchReceipt,
  type ListScope,
  type Machine,
  type MachineId,
  type Offering,
  type Page,
  type Quota,
  type Satellite,
  type TrailQuery,
} from '@springtide/provider-kit';
import type { AlibabaAccount } from './account.js';
import type { AlibabaApi } from './api.js';
import { vendorCodeOf } from './error-map.js';
import { instancePages, instancesById } from './instances.js';
import { toMachine, toRunInstances, toRunInstancesBody } from './mapping.js';
import { OfferingReader } from './offerings.js';
import { listQuotas } from './quotas.js';
import { setReleaseTimes } from './release-machines.js';
import { toReleaseTime } from './release-time.js';
import { listReservations } from './reservations.js';
import { listSatellites, releaseSatellite } from './satellites.js';
import { INSTALLATION_TAG, INTENT_TAG, TOKEN_TAG, type Tag } from './tags.js';
import { terminate } from './terminate.js';
import { readTrail } from './trail.js';
import { runInstancesAnswer, type WireInstance } from './wire.js';

export class AlibabaCompute implements ComputeFacet {
  readonly #launched: RecentlyKnown<Machine>;
  readonly #ending: RecentlyKnown<true>;
  readonly #offerings: OfferingReader;

  constructor(
    private readonly account: AlibabaAccount,
    private readonly api: AlibabaApi,
    private readonly clock: Clock,
    visibilityLagMs: number,
  ) {
    this.#launched = new RecentlyKnown(clock, visibilityLagMs);
    this.#ending = new RecentlyKnown(clock, visibilityLagMs);
    this.#offerings = new OfferingReader(account, api, clock);
  }

  listOfferings(scope: { region: string }, options: CallOptions): AsyncIterable<Page<Offering>> {
    return this.#offerings.list({ ...scope, ...options });
  }

  listQuotas(scope: { region: string }, options: CallOptions): Promise<readonly Quota[]> {
    return listQuotas(this.api, { ...scope, ...options });
  }

  listReservations(scope: { region: string }, options: CallOptions): Promise<readonly CapacityReservation[]> {
    return listReservations(this.api, { ...scope, ...options });
  }

  /** A dry run that passes is answered with a refusal of its own name. */
  async tryLaunch(batch: LaunchBatch, options: CallOptions): Promise<void> {
    try {
      await this.#run(batch, options, { DryRun: true });
    } catch (thrown) {
      if (!(thrown instanceof SpringtideError) || vendorCodeOf(thrown) !== 'DryRunOperation') throw thrown;
    }
  }

  async #run(
    batch: LaunchBatch,
    options: CallOptions,
    more: Readonly<Record<string, boolean>> = {},
  ): Promise<readonly string[]> {
    if (batch.purchaseOption !== 'on-demand' && batch.purchaseOption !== 'spot') {
      throw new SpringtideError(
        'unsupported',
        `machines of Alibaba Cloud are bought on demand or as spot here, not as ${batch.purchaseOption}; nothing was created`,
      );
    }
    const body = toRunInstancesBody(batch);
    const { InstanceIdSets: ids } = await this.api.mutate(
      { region: batch.region, ...options },
      {
        product: 'ecs',
        action: 'RunInstances',
        parameters: { ...toRunInstances(batch, this.account, this.clock.now()), ...more },
        ...(body === undefined ? {} : { body }),
        answer: runInstancesAnswer,
      },
    );
    return ids;
  }

  async launch(batch: LaunchBatch, options: CallOptions): Promise<LaunchReceipt> {
    const ids = await this.#run(batch, options);
    for (const [index, id] of ids.entries()) this.#launched.remember(id, promisedMachine(batch, id, index));
    const missing = Math.max(0, batch.count - ids.length);
    return {
      items: [
        ...ids.map((machineId) => ({ outcome: 'accepted', machineId }) as const),
        ...Array.from({ length: missing }, () => ({ outcome: 'refused', error: tooFew(batch) }) as const),
      ],
    };
  }

  async describe(
    ids: readonly MachineId[],
    scope: { region: string },
    options: CallOptions,
  ): Promise<ReadonlyMap<MachineId, Machine | 'gone'>> {
    const found = new Map<MachineId, Machine | 'gone'>();
    const instances = await instancesById(this.api, { ...scope, ...options }, ids);
    for (const instance of instances) {
      found.set(instance.InstanceId, this.#toMachine(instance, scope.region));
      this.#launched.forget(instance.InstanceId);
    }
    // One that was accepted a moment ago and was never seen is not gone: the cloud does not show it everywhere yet.
    for (const id of ids) if (!found.has(id)) found.set(id, this.#launched.get(id) ?? 'gone');
    return found;
  }

  async *list(scope: ListScope, options: CallOptions): AsyncIterable<Page<Machine>> {
    const { ownedBy, region } = scope;
    const tags = ownedBy === undefined ? [] : [{ Key: INSTALLATION_TAG, Value: ownedBy }];
    for await (const page of instancePages(this.api, { region, ...options }, tags)) {
      const items = page.items
        .map((instance) => this.#toMachine(instance, region))
        .filter(({ ownership }) => ownedBy === undefined || ownership?.installation === ownedBy);
      yield { items, complete: page.complete };
    }
  }

  async findByIntent(query: IntentQuery, options: CallOptions): Promise<readonly Machine[]> {
    const { intent, token, region } = query;
    if (intent.trim() === '') return [];
    const tags: Tag[] = [{ Key: INTENT_TAG, Value: intent }];
    if (token !== undefined) tags.push({ Key: TOKEN_TAG, Value: token });
    const machines: Machine[] = [];
    for await (const page of instancePages(this.api, { region, ...options }, tags)) {
      machines.push(...page.items.map((instance) => this.#toMachine(instance, region)));
    }
    // A filter that the cloud reads more widely than we do must not hand out other people's machines.
    return machines.filter(
      ({ ownership }) => ownership?.intent === intent && (token === undefined || ownership.token === token),
    );
  }

  async terminate(
    ids: readonly MachineId[],
    scope: { region: string },
    options: CallOptions,
  ): Promise<ReadonlyMap<MachineId, 'terminating' | 'gone' | SpringtideError>> {
    const endings = await terminate(this.api, { ...scope, ...options }, ids, this.#launched);
    for (const [id, ending] of endings) {
      if (ending !== 'terminating') continue;
      this.#ending.remember(id, true);
      this.#launched.forget(id);
    }
    return endings;
  }

  listSatellites(
    query: { region: string; machineIds: readonly MachineId[]; intent: string },
    options: CallOptions,
  ): Promise<readonly Satellite[]> {
    return listSatellites(this.api, { region: query.region, ...options }, query.intent);
  }

  releaseSatellite(satellite: Satellite, options: CallOptions): Promise<'releasing' | 'gone'> {
    return releaseSatellite(this.api, { region: satellite.region, ...options }, satellite);
  }

  trail(query: TrailQuery, options: CallOptions): Promise<readonly Deed[]> {
    return readTrail(this.api, this.clock, query, options);
  }

  setReleaseTime(
    ids: readonly MachineId[],
    scope: { region: string },
    at: Instant | null,
    options: CallOptions,
  ): Promise<void> {
    const releaseTime = at === null ? undefined : toReleaseTime(at, this.clock.now());
    return setReleaseTimes(this.api, { ...scope, ...options }, ids, releaseTime);
  }

  /** A machine on its way out is stopped first, and looks like one that somebody only switched off. */
  #toMachine(instance: WireInstance, region: string): Machine {
    const machine = toMachine(instance, region);
    return this.#ending.get(machine.id) ? { ...machine, state: 'terminating' } : machine;
  }
}

function tooFew(batch: LaunchBatch): SpringtideError {
  return new SpringtideError(
    'insufficient-capacity',
    `Alibaba Cloud had fewer ${batch.machineType} in ${batch.zone} than the ${batch.count} asked for; this one was not created and costs nothing`,
    { nextStep: 'Buy the missing machines in another zone or of another type.' },
  );
}
