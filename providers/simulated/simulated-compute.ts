import { randomUUID } from 'node:crypto';
import { SpringtideError, type Clock, type Instant } from '@springtide/kernel';
import type {
  CallOptions,
  ComputeFacet,
  IntentQuery,
  LaunchBatch,
  LaunchReceipt,
  ListScope,
  Machine,
  MachineChanges,
  MachineId,
  Offering,
  Page,
  Quota,
  Satellite,
} from '@springtide/provider-kit';
import type { CloudApi } from './cloud-api.js';
import { errorOfCode } from './error-map.js';
import {
  INSTALLATION_TAG,
  INTENT_TAG,
  TOKEN_TAG,
  machineOf,
  offeringOf,
  runRequestOf,
  satelliteOf,
} from './mapping.js';

const BEFORE_DEADLINE_MS = 1_000;
const ASK_AGAIN_MS = 500;

type Region = Readonly<{ region: string }>;
type Tags = Readonly<Record<string, string>>;

export class SimulatedCompute implements ComputeFacet {
  readonly #api: CloudApi;
  readonly #clock: Clock;
  /** Makes cursors of other sessions recognisable. */
  readonly #session = `${randomUUID()}/`;

  constructor(api: CloudApi, clock: Clock) {
    this.#api = api;
    this.#clock = clock;
  }

  async *listOfferings({ region }: Region, options: CallOptions): AsyncIterable<Page<Offering>> {
    let cursor: string | undefined;
    do {
      const answer = await this.#api.call('ListOfferings', { region, cursor }, options);
      cursor = answer.next;
      yield {
        items: answer.offerings.map((each) => offeringOf(each, region)),
        complete: cursor === undefined,
      };
    } while (cursor !== undefined);
  }

  async listQuotas({ region }: Region, options: CallOptions): Promise<readonly Quota[]> {
    const { quotas } = await this.#api.call('ListQuotas', { region }, options);
    return quotas.map((quota) => ({ ...quota, region }));
  }

  async launch(batch: LaunchBatch, options: CallOptions): Promise<LaunchReceipt> {
    const { items } = await this.#api.call('RunMachines', runRequestOf(batch), options);
    return {
      items: items.map((item) =>
        'id' in item
          ? { outcome: 'accepted', machineId: item.id }
          : { outcome: 'refused', error: errorOfCode(item.error.code, item.error.message) },
      ),
    };
  }

  async describe(
    ids: readonly MachineId[],
    { region }: Region,
    options: CallOptions,
  ): Promise<ReadonlyMap<MachineId, Machine | 'gone'>> {
    const { machines } = await this.#api.call('DescribeMachines', { region, ids: [...ids] }, options);
    const known = new Map(machines.map((machine) => [machine.id, machineOf(machine)]));
    return new Map(ids.map((id) => [id, known.get(id) ?? 'gone']));
  }

  list({ region, ownedBy }: ListScope, options: CallOptions): AsyncIterable<Page<Machine>> {
    return this.#pages(region, ownedBy === undefined ? {} : { [INSTALLATION_TAG]: ownedBy }, options);
  }

  async findByIntent(
    { intent, token, region }: IntentQuery,
    options: CallOptions,
  ): Promise<readonly Machine[]> {
    const tags = { [INTENT_TAG]: intent, ...(token === undefined ? {} : { [TOKEN_TAG]: token }) };
    const found: Machine[] = [];
    let complete = false;
    for await (const page of this.#pages(region, tags, options)) {
      found.push(...page.items.filter((machine) => machine.ownership !== undefined));
      complete = page.complete;
    }
    if (complete) return found;
    throw new SpringtideError('unavailable', 'the search by intent was cut short; it proves nothing', {
      effect: 'none',
    });
  }

  async terminate(
    ids: readonly MachineId[],
    { region }: Region,
    options: CallOptions,
  ): Promise<ReadonlyMap<MachineId, 'terminating' | 'gone' | SpringtideError>> {
    const { outcomes } = await this.#api.call('TerminateMachines', { region, ids: [...ids] }, options);
    return new Map(ids.map((id) => [id, outcomes[id] === 'ending' ? 'terminating' : 'gone']));
  }

  async listSatellites(
    query: { region: string; machineIds: readonly MachineId[]; intent: string },
    options: CallOptions,
  ): Promise<readonly Satellite[]> {
    const { region, machineIds, intent } = query;
    const request = { region, machineIds: [...machineIds], tags: { [INTENT_TAG]: intent } };
    const { satellites } = await this.#api.call('ListSatellites', request, options);
    return satellites.map((each) => satelliteOf(each, region));
  }

  async releaseSatellite(satellite: Satellite, options: CallOptions): Promise<'releasing' | 'gone'> {
    const { id, region } = satellite;
    return (await this.#api.call('ReleaseSatellite', { region, id }, options)).outcome;
  }

  /** The cloud only tells when it is asked, so it is asked until there is something to tell. */
  async changes(
    { region, cursor }: Region & Readonly<{ cursor?: string }>,
    options: CallOptions,
  ): Promise<MachineChanges<Machine>> {
    const own = cursor?.startsWith(this.#session) === true ? cursor.slice(this.#session.length) : undefined;
    const waitUntil = Date.parse(options.deadline) - BEFORE_DEADLINE_MS;
    for (;;) {
      const answer = await this.#api.call('ListChanges', { region, cursor: own }, options);
      const news = answer.whole || answer.machines.length + answer.gone.length > 0;
      if (news || this.#clock.now().getTime() + ASK_AGAIN_MS > waitUntil) {
        const { gone, whole } = answer;
        const changed = answer.machines.map(machineOf);
        return { changed, gone, whole, cursor: `${this.#session}${answer.cursor}` };
      }
      await this.#clock.sleep(ASK_AGAIN_MS);
      await options.more?.();
    }
  }

  async setReleaseTime(
    ids: readonly MachineId[],
    { region }: Region,
    at: Instant | null,
    options: CallOptions,
  ): Promise<void> {
    await this.#api.call('SetReleaseTime', { region, ids: [...ids], at }, options);
  }

  async *#pages(region: string, tags: Tags, options: CallOptions): AsyncIterable<Page<Machine>> {
    let cursor: string | undefined;
    do {
      const answer = await this.#api.call('ListMachines', { region, tags, cursor }, options);
      cursor = answer.next;
      yield { items: answer.machines.map(machineOf), complete: answer.remaining === 0 };
    } while (cursor !== undefined);
  }
}
