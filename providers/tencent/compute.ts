import { SpringtideError, type Clock, type Instant } from '@springtide/kernel';
import {
  RecentlyKnown,
  SerialLanes,
  promisedMachine,
  type CallOptions,
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
import type { TencentAccount } from './account.js';
import { toRunInstances, type Placing } from './launch-request.js';
import { toMachine } from './mapping.js';
import { listOfferings, listQuotas } from './offerings.js';
import { offsetListing } from './offset-listing.js';
import { readByIds } from './read-by-ids.js';
import { moveReleaseTime } from './release-timers.js';
import { listSatellites, releaseSatellite } from './satellites.js';
import { INSTALLATION_TAG, INTENT_TAG, TOKEN_TAG } from './tags.js';
import { terminateMachines, type Ending } from './terminate.js';
import type { TencentApi, TencentScope } from './tencent-api.js';
import { readTrail } from './trail.js';

const PAGE_SIZE = 100;

export class TencentCompute implements ComputeFacet {
  readonly #recent: RecentlyKnown<Machine>;
  /** VPC by subnet: a subnet never moves. */
  readonly #placings = new Map<string, Placing>();
  readonly #lanes = new SerialLanes();

  constructor(
    private readonly account: TencentAccount,
    private readonly api: TencentApi,
    private readonly clock: Clock,
    visibilityLagMs: number,
  ) {
    this.#recent = new RecentlyKnown(clock, visibilityLagMs);
  }

  listOfferings(scope: { region: string }, options: CallOptions): AsyncIterable<Page<Offering>> {
    return listOfferings(this.account, this.api, { ...scope, ...options });
  }

  listQuotas(scope: { region: string }, options: CallOptions): Promise<readonly Quota[]> {
    return listQuotas(this.account, this.api, { ...scope, ...options }, this.clock);
  }

  /** Stock, quota and money are judged before the dry run ends. */
  async tryLaunch(batch: LaunchBatch, options: CallOptions): Promise<void> {
    const at = { region: batch.region, ...options };
    const request = await this.#orderOf(batch, at);
    await this.api.call('cvm', 'RunInstances', at, { ...request, DryRun: true });
  }

  async #orderOf(batch: LaunchBatch, at: TencentScope) {
    if (batch.purchaseOption !== 'on-demand' && batch.purchaseOption !== 'spot') {
      throw new SpringtideError(
        'unsupported',
        `machines on Tencent Cloud are bought by the hour or as spot here, not as ${batch.purchaseOption}; nothing was created`,
      );
    }
    const placing = await this.#placingOf(at, batch.subnet ?? this.account.subnets[batch.zone]);
    return toRunInstances(batch, placing, this.account, this.clock.now());
  }

  async launch(batch: LaunchBatch, options: CallOptions): Promise<LaunchReceipt> {
    const at = { region: batch.region, ...options };
    const request = await this.#orderOf(batch, at);
    const { InstanceIdSet: ids = [] } = await this.api.call('cvm', 'RunInstances', at, request);
    for (const [n, id] of ids.entries()) this.#recent.remember(id, promisedMachine(batch, id, n));
    const missing = Math.max(0, batch.count - ids.length);
    return {
      items: [
        ...ids.map((machineId) => ({ outcome: 'accepted', machineId }) as const),
        ...Array.from(
          { length: missing },
          () => ({ outcome: 'refused', error: notDelivered(batch) }) as const,
        ),
      ],
    };
  }

  async describe(
    ids: readonly MachineId[],
    scope: { region: string },
    options: CallOptions,
  ): Promise<ReadonlyMap<MachineId, Machine | 'gone'>> {
    const at = { ...scope, ...options };
    const found = new Map<MachineId, Machine | 'gone'>();
    for (const instance of await readByIds(this.api, at, ids)) {
      found.set(instance.InstanceId ?? '', this.#seen(toMachine(instance, at.region)));
    }
    // A machine that this session made and that was never seen is not gone: the cloud does not list it yet.
    for (const id of ids) if (!found.has(id)) found.set(id, this.#recent.get(id) ?? 'gone');
    return found;
  }

  async *list(scope: ListScope, options: CallOptions): AsyncIterable<Page<Machine>> {
    const { ownedBy } = scope;
    const tags: [string, string][] = ownedBy === undefined ? [] : [[INSTALLATION_TAG, ownedBy]];
    for await (const page of this.#pages({ region: scope.region, ...options }, tags)) {
      const items = page.items.filter(
        ({ ownership }) => ownedBy === undefined || ownership?.installation === ownedBy,
      );
      yield { items, complete: page.complete };
    }
  }

  async findByIntent(query: IntentQuery, options: CallOptions): Promise<readonly Machine[]> {
    if (query.intent.trim() === '') return [];
    const tags: [string, string][] = [[INTENT_TAG, query.intent]];
    if (query.token !== undefined) tags.push([TOKEN_TAG, query.token]);
    const machines: Machine[] = [];
    let complete = false;
    for await (const page of this.#pages({ region: query.region, ...options }, tags)) {
      machines.push(...page.items);
      complete = page.complete;
    }
    if (!complete) throw cutShort(query.intent);
    return machines.filter(
      ({ ownership }) =>
        ownership?.intent === query.intent && (query.token === undefined || ownership.token === query.token),
    );
  }

  async terminate(
    ids: readonly MachineId[],
    scope: { region: string },
    options: CallOptions,
  ): Promise<ReadonlyMap<MachineId, Ending>> {
    if (ids.length === 0) return new Map();
    const at = { ...scope, ...options };
    const known = await readByIds(this.api, at, ids);
    return terminateMachines(this.api, at, ids, known, this.#recent);
  }

  listSatellites(
    query: { region: string; machineIds: readonly MachineId[]; intent: string },
    options: CallOptions,
  ): Promise<readonly Satellite[]> {
    return listSatellites(this.api, { region: query.region, ...options }, query);
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
    return moveReleaseTime(this.api, { ...scope, ...options }, ids, at, this.clock.now());
  }

  /** One question per subnet, however many batches start at once. */
  async #placingOf(at: TencentScope, subnet: string | undefined): Promise<Placing | undefined> {
    if (subnet === undefined) return undefined;
    return (
      this.#placings.get(subnet) ??
      this.#lanes.run(subnet, async () => this.#placings.get(subnet) ?? this.#readPlacing(at, subnet))
    );
  }

  async #readPlacing(at: TencentScope, subnet: string): Promise<Placing> {
    const { SubnetSet = [] } = await this.api.call('vpc', 'DescribeSubnets', at, { SubnetIds: [subnet] });
    const vpc = SubnetSet[0]?.VpcId;
    if (!vpc) {
      throw new SpringtideError(
        'not-found',
        `there is no subnet ${subnet} in ${at.region}; nothing was created`,
      );
    }
    const placing = { vpc, subnet };
    this.#placings.set(subnet, placing);
    return placing;
  }

  #pages(at: TencentScope, tags: readonly [string, string][]): AsyncIterable<Page<Machine>> {
    const Filters = tags.map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));
    return offsetListing(
      PAGE_SIZE,
      async (Offset, Limit) => {
        const answer = await this.api.call('cvm', 'DescribeInstances', at, {
          Offset,
          Limit,
          ...(Filters.length === 0 ? {} : { Filters }),
        });
        return { rows: answer.InstanceSet ?? [], total: answer.TotalCount ?? 0 };
      },
      ({ InstanceId = '' }) => InstanceId,
      (instance) => {
        const machine = this.#seen(toMachine(instance, at.region));
        return machine === 'gone' ? undefined : machine;
      },
    );
  }

  /** From now on its absence means something. */
  #seen(machine: Machine | 'gone'): Machine | 'gone' {
    if (machine !== 'gone') this.#recent.forget(machine.id);
    return machine;
  }
}

/** All that is known of a machine before the cloud lists it. */

function notDelivered(batch: LaunchBatch): SpringtideError {
  return new SpringtideError(
    'insufficient-capacity',
    `Tencent Cloud had fewer ${batch.machineType} in ${batch.zone} than the ${batch.count} asked for; this one was not created and costs nothing`,
    { nextStep: 'Buy the missing machines in another zone or of another type.' },
  );
}

function cutShort(intent: string): SpringtideError {
  return new SpringtideError(
    'unavailable',
    `the machines of intent ${intent} could not be listed to the end: the list changed while it was read; nothing was changed`,
    { effect: 'none', retryAfterMs: 500 },
  );
}
