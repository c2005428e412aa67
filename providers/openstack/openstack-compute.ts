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
  MachineId,
  Offering,
  Page,
  Quota,
  Satellite,
  TrailQuery,
} from '@springtide/provider-kit';
import { launchBatch } from './launch.js';
import { toMachine } from './machine-record.js';
import { readOfferings, readQuotas } from './offerings.js';
import type { At } from './openstack-api.js';
import type { Openstack } from './openstack-session.js';
import { tagOf } from './ownership-marks.js';
import { machineRelations } from './resources.js';
import { readSatellites, releaseSatellite } from './satellites.js';
import { findServers, readServers, serverPages } from './server-search.js';
import { terminateMachines } from './terminate.js';
import { readTrail } from './trail.js';

/** Servers of one project: the contract's words onto nova's. */
export class OpenstackCompute implements ComputeFacet {
  readonly #openstack: Openstack;

  constructor(openstack: Openstack) {
    this.#openstack = openstack;
  }

  async *listOfferings(scope: { region: string }, options: CallOptions): AsyncGenerator<Page<Offering>> {
    yield { items: await readOfferings(this.#openstack, at(scope, options)), complete: true };
  }

  async listQuotas(scope: { region: string }, options: CallOptions): Promise<readonly Quota[]> {
    return readQuotas(this.#openstack, at(scope, options));
  }

  async launch(batch: LaunchBatch, options: CallOptions): Promise<LaunchReceipt> {
    return launchBatch(this.#openstack, batch, at(batch, options));
  }

  async describe(
    ids: readonly MachineId[],
    scope: { region: string },
    options: CallOptions,
  ): Promise<ReadonlyMap<MachineId, Machine | 'gone'>> {
    const { recent } = this.#openstack;
    const found = await readServers(this.#openstack, at(scope, options), ids);
    return new Map(
      ids.map((id) => {
        const server = found.get(id);
        return [id, server === undefined ? (recent.get(id) ?? 'gone') : toMachine(server, scope.region)];
      }),
    );
  }

  async *list(scope: ListScope, options: CallOptions): AsyncGenerator<Page<Machine>> {
    const { ownedBy, region } = scope;
    const tags = ownedBy === undefined ? [] : [tagOf('installation', ownedBy)];
    const relations = await machineRelations(this.#openstack, at(scope, options));
    for await (const page of serverPages(this.#openstack, at(scope, options), tags)) {
      const items = page.items
        .map((server) => toMachine(server, region, relations.get(server.id)))
        .filter((machine) => ownedBy === undefined || machine.ownership?.installation === ownedBy);
      yield { items, complete: page.complete };
    }
  }

  async trail(query: TrailQuery, options: CallOptions): Promise<readonly Deed[]> {
    return readTrail(this.#openstack, query, at(query, options));
  }

  async findByIntent(query: IntentQuery, options: CallOptions): Promise<readonly Machine[]> {
    const { intent, token, region } = query;
    if (intent.trim() === '') return [];
    const tags = [tagOf('intent', intent), ...(token === undefined ? [] : [tagOf('token', token)])];
    const servers = await findServers(this.#openstack, at(query, options), tags);
    // A tag is a hash, and anybody can write one: the whole words decide.
    return servers
      .map((server) => toMachine(server, region))
      .filter(
        ({ ownership }) => ownership?.intent === intent && (token === undefined || ownership.token === token),
      );
  }

  async terminate(
    ids: readonly MachineId[],
    scope: { region: string },
    options: CallOptions,
  ): Promise<ReadonlyMap<MachineId, 'terminating' | 'gone' | SpringtideError>> {
    return terminateMachines(this.#openstack, ids, at(scope, options));
  }

  async listSatellites(
    query: { region: string; machineIds: readonly MachineId[]; intent: string },
    options: CallOptions,
  ): Promise<readonly Satellite[]> {
    return readSatellites(this.#openstack, query, at(query, options));
  }

  async releaseSatellite(satellite: Satellite, options: CallOptions): Promise<'releasing' | 'gone'> {
    return releaseSatellite(this.#openstack, satellite, at(satellite, options));
  }
}

function at(scope: { region: string }, options: CallOptions): At {
  return { region: scope.region, deadline: options.deadline };
}
