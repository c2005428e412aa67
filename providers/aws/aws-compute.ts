import type { Instance } from '@aws-sdk/client-ec2';
import { SpringtideError, type Clock } from '@springtide/kernel';
import {
  RecentlyKnown,
  eachOrSeparately,
  promisedMachine,
  type CapacityReservation,
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
import type { AwsAccount } from './account.js';
import type { AwsApi, AwsScope } from './aws-api.js';
import { awsCodeOf } from './error-map.js';
import { launchFleet, type Launched } from './fleet.js';
import { STATES_NOT_GONE, toMachine, toRunInstances } from './mapping.js';
import { listOfferings } from './offerings.js';
import type { PriceBook } from './price-book.js';
import type { QuotasApi } from './quotas-api.js';
import { listQuotas } from './quotas.js';
import { listReservations } from './reservations.js';
import { listSatellites, releaseSatellite } from './satellites.js';
import { withNotices } from './spot.js';
import { INSTALLATION_TAG, INTENT_TAG, TOKEN_TAG } from './tags.js';
import type { TrailApi } from './trail-api.js';
import { readTrail } from './trail.js';

const PAGE_SIZE = 1000;
const NOT_FOUND = 'InvalidInstanceID.NotFound';
/** How EC2 writes an id inside its errors. */
const INSTANCE_ID = /i-[0-9a-f]+/g;

type Apis = Readonly<{ api: AwsApi; quotas: QuotasApi; prices: PriceBook; trails: TrailApi }>;

export class AwsCompute implements ComputeFacet {
  readonly #recent: RecentlyKnown<Machine>;

  constructor(
    private readonly account: AwsAccount,
    private readonly apis: Apis,
    private readonly clock: Clock,
    visibilityLagMs: number,
  ) {
    this.#recent = new RecentlyKnown(clock, visibilityLagMs);
  }

  listOfferings(scope: { region: string }, options: CallOptions): AsyncIterable<Page<Offering>> {
    const { account, apis, clock } = this;
    return listOfferings({ account, ...apis, clock }, { ...scope, ...options });
  }

  listQuotas(scope: { region: string }, options: CallOptions): Promise<readonly Quota[]> {
    return listQuotas(this.account, this.apis.api, this.apis.quotas, { ...scope, ...options });
  }

  listReservations(scope: { region: string }, options: CallOptions): Promise<readonly CapacityReservation[]> {
    return listReservations(this.apis.api, { ...scope, ...options });
  }

  trail(query: TrailQuery, options: CallOptions): Promise<readonly Deed[]> {
    return readTrail(this.apis.trails, query, { region: query.region, ...options });
  }

  async launch(batch: LaunchBatch, options: CallOptions): Promise<LaunchReceipt> {
    this.#checkPurchase(batch);
    const { ids, refusal = notFulfilled(batch) } = await this.#start(batch, {
      region: batch.region,
      ...options,
    });
    ids.forEach((id, n) => this.#recent.remember(id, promisedMachine(batch, id, n)));
    const missing = Math.max(0, batch.count - ids.length);
    return {
      items: [
        ...ids.map((machineId) => ({ outcome: 'accepted', machineId }) as const),
        ...Array.from({ length: missing }, () => ({ outcome: 'refused', error: refusal }) as const),
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
    await eachOrSeparately(ids, {
      send: async (some) => {
        for (const instance of await this.#byIds(at, some)) {
          found.set(instance.InstanceId ?? '', toMachine(instance, at.region));
        }
      },
      separates: (error) => awsCodeOf(error) === NOT_FOUND,
      idPattern: INSTANCE_ID,
      // A machine that this session made a moment ago is not gone: EC2 has not learned of it everywhere yet.
      settle: (id) => found.set(id, this.#recent.get(id) ?? 'gone'),
    });
    for (const id of ids) if (!found.has(id)) found.set(id, this.#recent.get(id) ?? 'gone');
    return withNotices(this.apis.api, at, found);
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
    for await (const page of this.#pages({ region: query.region, ...options }, tags)) {
      machines.push(...page.items);
    }
    // EC2 reads * and ? in a filter as wildcards, so only an exact comparison decides.
    return machines.filter(
      ({ ownership }) =>
        ownership?.intent === query.intent && (query.token === undefined || ownership.token === query.token),
    );
  }

  async terminate(
    ids: readonly MachineId[],
    scope: { region: string },
    options: CallOptions,
  ): Promise<ReadonlyMap<MachineId, 'terminating' | 'gone' | SpringtideError>> {
    const outcomes = new Map<MachineId, 'terminating' | 'gone' | SpringtideError>();
    await eachOrSeparately(ids, {
      send: async (some) => {
        const { TerminatingInstances = [] } = await this.apis.api.terminateInstances(
          { ...scope, ...options },
          some,
        );
        for (const { InstanceId = '', CurrentState } of TerminatingInstances) {
          outcomes.set(InstanceId, CurrentState?.Name === 'terminated' ? 'gone' : 'terminating');
          this.#recent.forget(InstanceId);
        }
      },
      separates: (error) => error.effect === 'none' && error.code !== 'rate-limited',
      idPattern: INSTANCE_ID,
      settle: (id, error) => outcomes.set(id, this.#endOf(id, error)),
    });
    return outcomes;
  }

  listSatellites(
    query: { region: string; machineIds: readonly MachineId[]; intent: string },
    options: CallOptions,
  ): Promise<readonly Satellite[]> {
    return listSatellites(this.apis.api, { region: query.region, ...options }, query);
  }

  releaseSatellite(satellite: Satellite, options: CallOptions): Promise<'releasing' | 'gone'> {
    return releaseSatellite(this.apis.api, { region: satellite.region, ...options }, satellite);
  }

  async #start(batch: LaunchBatch, at: AwsScope): Promise<Launched> {
    const place = {
      subnet: batch.subnet ?? this.account.subnets[batch.zone],
      maxSpotPrice: this.account.spot?.maxPricePerHour[batch.machineType],
    };
    if (this.account.launch === 'fleet') return launchFleet(this.apis.api, at, batch, place);
    const input = toRunInstances(batch, place.subnet, place.maxSpotPrice);
    const { Instances = [] } = await this.apis.api.runInstances(at, input);
    const created = Instances.toSorted((a, b) => (a.AmiLaunchIndex ?? 0) - (b.AmiLaunchIndex ?? 0));
    return { ids: created.map(({ InstanceId = '' }) => InstanceId) };
  }

  #checkPurchase({ purchaseOption }: LaunchBatch): void {
    if (purchaseOption === 'on-demand' || (purchaseOption === 'spot' && this.account.spot)) return;
    throw new SpringtideError(
      'unsupported',
      `machines of this AWS account are not bought as ${purchaseOption}; nothing was created`,
      purchaseOption === 'spot'
        ? { nextStep: 'Add `spot` to the account’s settings to buy spot machines.' }
        : {},
    );
  }

  #endOf(id: MachineId, error: SpringtideError): 'gone' | SpringtideError {
    if (awsCodeOf(error) !== NOT_FOUND) return error;
    if (this.#recent.get(id) === undefined) return 'gone';
    return new SpringtideError(
      'conflict',
      `${id} was launched a moment ago and EC2 does not know it everywhere yet: it runs and costs until it is terminated`,
      { retry: 'same', effect: 'none', retryAfterMs: 2_000 },
    );
  }

  async #byIds(at: AwsScope, ids: readonly MachineId[]): Promise<readonly Instance[]> {
    const instances: Instance[] = [];
    let next: string | undefined;
    do {
      const answer = await this.apis.api.describeInstances(at, {
        InstanceIds: [...ids],
        ...(next === undefined ? {} : { NextToken: next }),
      });
      instances.push(...(answer.Reservations ?? []).flatMap(({ Instances = [] }) => Instances));
      next = answer.NextToken;
    } while (next);
    return instances;
  }

  async *#pages(at: AwsScope, tags: readonly [string, string][]): AsyncIterable<Page<Machine>> {
    const filters = [
      { Name: 'instance-state-name', Values: STATES_NOT_GONE },
      ...tags.map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] })),
    ];
    let next: string | undefined;
    do {
      const answer = await this.apis.api.describeInstances(at, {
        Filters: filters,
        MaxResults: PAGE_SIZE,
        ...(next === undefined ? {} : { NextToken: next }),
      });
      next = answer.NextToken === '' ? undefined : answer.NextToken;
      const items = (answer.Reservations ?? [])
        .flatMap(({ Instances = [] }) => Instances)
        .map((instance) => toMachine(instance, at.region))
        .filter((machine) => machine !== 'gone');
      yield { items, complete: next === undefined };
    } while (next !== undefined);
  }
}

function notFulfilled(batch: LaunchBatch): SpringtideError {
  return new SpringtideError(
    'insufficient-capacity',
    `AWS had fewer ${batch.machineType} in ${batch.zone} than the ${batch.count} asked for; this one was not created and costs nothing`,
    { nextStep: 'Buy the missing machines in another zone or of another type.' },
  );
}
