import type { SpringtideError } from '@springtide/kernel';
import type {
  CallOptions,
  ComputeFacet,
  Deed,
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
  TrailQuery,
} from '@springtide/provider-kit';
import { launchBatch } from './launch.js';
import type { MachineFeeds } from './machine-feeds.js';
import { MACHINE_PROPERTIES, readMachineRecord, toMachine } from './machine-record.js';
import { findMachinesForSure, sweepMachines, type Vsphere } from './machine-search.js';
import { readOfferings } from './offerings.js';
import { readSatellites, releaseDisk } from './satellites.js';
import { terminateMachines } from './terminate.js';
import { readTrail } from './trail.js';
import { readTree } from './vim/property-collector.js';

/** Machines of one vCenter: the contract's words onto vSphere's. */
export class VsphereCompute implements ComputeFacet {
  readonly #vsphere: Vsphere;
  readonly #feeds: MachineFeeds;

  constructor(vsphere: Vsphere, feeds: MachineFeeds) {
    this.#vsphere = vsphere;
    this.#feeds = feeds;
  }

  async *listOfferings(scope: { region: string }, options: CallOptions): AsyncGenerator<Page<Offering>> {
    yield { items: await readOfferings(this.#vsphere, scope.region, options.deadline), complete: true };
  }

  /** vSphere limits nothing per account: room in the clusters is the limit, and the offerings tell it. */
  async listQuotas(): Promise<readonly Quota[]> {
    return [];
  }

  async launch(batch: LaunchBatch, options: CallOptions): Promise<LaunchReceipt> {
    return launchBatch(this.#vsphere, batch, options.deadline);
  }

  async describe(
    ids: readonly MachineId[],
    scope: { region: string },
    options: CallOptions,
  ): Promise<ReadonlyMap<MachineId, Machine | 'gone'>> {
    const { sites, account } = this.#vsphere;
    const datacenter = await sites.recent(scope.region, options.deadline);
    const found = await findMachinesForSure(this.#vsphere, datacenter, ids, options.deadline);
    return new Map(
      ids.map((id) => {
        const record = found.get(id.toLowerCase());
        return [id, record === undefined ? 'gone' : toMachine(record, datacenter, account.machineTypes)];
      }),
    );
  }

  async *list(scope: ListScope, options: CallOptions): AsyncGenerator<Page<Machine>> {
    const { session, sites, account } = this.#vsphere;
    const { deadline } = options;
    const datacenter = await sites.recent(scope.region, deadline);
    const paging = { pageSize: account.pageSize, deadline };
    for await (const page of readTree(session, datacenter.ref, MACHINE_PROPERTIES, paging)) {
      const machines = page.objects
        .map(readMachineRecord)
        // Without a configuration it is still being made, and has no id by which anyone could speak of it.
        .filter((record) => !record.template && record.instanceUuid !== '')
        .map((record) => toMachine(record, datacenter, account.machineTypes));
      const items = machines.filter(
        (machine) => scope.ownedBy === undefined || machine.ownership?.installation === scope.ownedBy,
      );
      yield { items, complete: page.complete };
    }
  }

  /** Clones under way are awaited first: what they make is in no listing before. */
  async findByIntent(query: IntentQuery, options: CallOptions): Promise<readonly Machine[]> {
    const { sites, tasks, account } = this.#vsphere;
    const datacenter = await sites.recent(query.region, options.deadline);
    await tasks.settleClones(options.deadline);
    const records = await sweepMachines(this.#vsphere, datacenter, options.deadline);
    return records
      .filter((record) => !record.template)
      .map((record) => toMachine(record, datacenter, account.machineTypes))
      .filter(({ ownership }) => ownership?.intent === query.intent)
      .filter(({ ownership }) => query.token === undefined || ownership?.token === query.token);
  }

  async terminate(
    ids: readonly MachineId[],
    scope: { region: string },
    options: CallOptions,
  ): Promise<ReadonlyMap<MachineId, 'terminating' | 'gone' | SpringtideError>> {
    return terminateMachines(this.#vsphere, ids, scope.region, options.deadline);
  }

  async trail(query: TrailQuery, options: CallOptions): Promise<readonly Deed[]> {
    return readTrail(this.#vsphere, query, options.deadline);
  }

  async changes(
    scope: Readonly<{ region: string; cursor?: string }>,
    options: CallOptions,
  ): Promise<MachineChanges<Machine>> {
    return this.#feeds.changes(scope, options);
  }

  async listSatellites(
    query: { region: string; machineIds: readonly MachineId[]; intent: string },
    options: CallOptions,
  ): Promise<readonly Satellite[]> {
    return readSatellites(this.#vsphere, query, options.deadline);
  }

  async releaseSatellite(satellite: Satellite, options: CallOptions): Promise<'releasing' | 'gone'> {
    return releaseDisk(this.#vsphere, satellite, options.deadline);
  }
}
