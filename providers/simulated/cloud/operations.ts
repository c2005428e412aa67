import { SpringtideError } from '@springtide/kernel';
import type { ForeignRequest } from './administration.js';
import { ChangeLog } from './change-log.js';
import { CloudError } from './cloud-error.js';
import { seenAs, statusOf, type CloudMachine } from './cloud-machine.js';
import { ClusterDesk } from './cluster-desk.js';
import type { FaultDesk } from './fault-desk.js';
import type { LaunchDesk } from './launching.js';
import type { MachinePark } from './machine-park.js';
import type { CloudPlan, PlannedRegion } from './plan.js';
import { resourcesOf } from './resource-list.js';
import { draw } from './seeded-draw.js';
import { requestSchemas, type AnswerOf, type Operation, type RequestOf, type WireOffering } from './wire.js';

type Tags = Readonly<Record<string, string>>;
type Handlers = { [K in Operation]?: (request: RequestOf<K>, now: number) => AnswerOf<K> };

const FOREIGN_NAME = 'somebody-elses';

/** What the cloud does, call by call. */
export class Operations {
  readonly #plan: CloudPlan;
  readonly #park: MachinePark;
  readonly #faults: FaultDesk;
  readonly #launches: LaunchDesk;
  readonly #clusters: ClusterDesk;
  readonly #changes: ChangeLog;
  readonly #handlers: Handlers;

  constructor(plan: CloudPlan, park: MachinePark, faults: FaultDesk, launches: LaunchDesk) {
    this.#plan = plan;
    this.#park = park;
    this.#faults = faults;
    this.#launches = launches;
    this.#clusters = new ClusterDesk(plan);
    this.#changes = new ChangeLog(park);
    this.#handlers = {
      RunMachines: (request, now) => launches.run(request, now),
      DescribeMachines: (request, now) => this.#describe(request, now),
      ListMachines: (request, now) => this.#list(request, now),
      TerminateMachines: (request, now) => this.#terminate(request, now),
      SetReleaseTime: (request, now) => this.#setReleaseTime(request, now),
      ListOfferings: (request, now) => this.#listOfferings(request, now),
      ListQuotas: (request) => this.#listQuotas(request),
      ListSatellites: (request) => this.#listSatellites(request),
      ReleaseSatellite: (request, now) => this.#releaseSatellite(request, now),
      ListNetworks: (request) => this.#listNetworks(request),
      ListImages: (request) => this.#listImages(request),
      ListChanges: (request, now) => this.#listChanges(request, now),
      ListCharges: (request, now) => this.#listCharges(request, now),
      ListResources: (request, now) => this.#listResources(request, now),
      ListClusters: (request, now) => this.#listClusters(request, now),
      DescribeCluster: ({ region, id }, now) => this.#describeCluster(region, id, now),
      CreateCluster: (request, now) => this.#clusters.create(request, now),
      ScaleNodePool: (request, now) => this.#clusters.scale(request, now),
      GetKubeconfig: (request, now) => this.#clusters.kubeconfig(request, now),
      DeleteCluster: (request, now) => this.#clusters.remove(request, now),
    };
  }

  run<K extends Operation>(operation: K, body: unknown, now: number): AnswerOf<K> {
    const handler = this.#handlers[operation] as ((request: unknown, now: number) => AnswerOf<K>) | undefined;
    if (handler === undefined) throw new CloudError('NotFound', `no operation ${operation}`);
    return handler(requestSchemas[operation].parse(body), now);
  }

  /** @throws NoStock, and not-found for a type that the plan does not have. */
  createForeign(now: number, { machineType, name, labels }: ForeignRequest = {}): string {
    const region = this.#plan.regions[0];
    const type = this.#plan.machineTypes.find((one) => machineType === undefined || one.name === machineType);
    if (type === undefined) throw new SpringtideError('not-found', `there is no machine type ${machineType}`);
    const [image, zone, offer] = [this.#plan.images[0], region?.zones[0], type.offers[0]];
    if (region === undefined || image === undefined || !zone || !offer) {
      throw new CloudError('InternalError', 'the plan has no place for a machine');
    }
    const answer = this.#launches.run(
      {
        clientToken: `foreign-${this.#park.all().length}-${now}`,
        region: region.id,
        zone: zone.id,
        type: type.name,
        market: offer.option,
        count: 1,
        minimum: 1,
        image: image.id,
        namePrefix: name ?? FOREIGN_NAME,
        securityGroups: [],
        tags: labels ?? { owner: 'somebody' },
      },
      now,
    );
    const [item] = answer.items;
    if (item !== undefined && 'id' in item) return item.id;
    throw new CloudError('NoStock', 'no room for a foreign machine');
  }

  removeForeign(now: number): void {
    for (const machine of this.#park.all()) {
      if (machine.name.startsWith(FOREIGN_NAME)) this.#park.removeByOthers(machine, now);
    }
  }

  #describe({ region, ids }: RequestOf<'DescribeMachines'>, now: number): AnswerOf<'DescribeMachines'> {
    this.#regionOf(region);
    const machines = ids.flatMap((id) => {
      const machine = this.#park.get(id);
      return machine?.region === region ? (seenAs(machine, now) ?? []) : [];
    });
    return { machines };
  }

  #list(request: RequestOf<'ListMachines'>, now: number): AnswerOf<'ListMachines'> {
    this.#regionOf(request.region);
    const after = request.cursor === undefined ? 0 : Number(request.cursor);
    if (!Number.isInteger(after)) throw new CloudError('InvalidParameter', 'the cursor is not one of ours');
    const rest = this.#park
      .in(request.region)
      .filter((machine) => machine.sequence > after && carries(machine.tags, request.tags))
      .filter((machine) => seenAs(machine, now) !== undefined);
    const page = rest.slice(0, this.#plan.behaviour.pageSize);
    const remaining = rest.length - page.length;
    const last = page.at(-1);
    const next =
      remaining > 0 && last !== undefined && !this.#faults.truncated ? `${last.sequence}` : undefined;
    return {
      machines: page.flatMap((machine) => seenAs(machine, now) ?? []),
      ...(next === undefined ? {} : { next }),
      remaining,
    };
  }

  #terminate({ region, ids }: RequestOf<'TerminateMachines'>, now: number): AnswerOf<'TerminateMachines'> {
    this.#regionOf(region);
    const outcomes = ids.map((id): [string, 'ending' | 'gone'] => {
      const machine = this.#park.get(id);
      if (machine?.region !== region) return [id, 'gone'];
      this.#end(machine, now);
      return [id, 'ending'];
    });
    return { outcomes: Object.fromEntries(outcomes) };
  }

  /** An end that is stuck gets another chance with every call. */
  #end(machine: CloudMachine, now: number): void {
    const { seed, faults, behaviour } = this.#plan;
    machine.terminationCalls += 1;
    const stuck = draw(seed, 'stuck-end', machine.id, machine.terminationCalls) < faults.stuckTermination;
    if (statusOf(machine, now) !== 'ending') machine.terminatedAt = now;
    if (stuck && machine.terminationCalls === 1) machine.endingMs = Number.POSITIVE_INFINITY;
    else if (!Number.isFinite(machine.endingMs) && !stuck) {
      machine.terminatedAt = now;
      machine.endingMs = behaviour.terminateMs;
    }
  }

  #setReleaseTime({ region, ids, at }: RequestOf<'SetReleaseTime'>, now: number): AnswerOf<'SetReleaseTime'> {
    this.#regionOf(region);
    const machines = ids.map((id) => {
      const machine = this.#park.get(id);
      if (machine?.region === region && statusOf(machine, now) !== 'ending') return machine;
      throw new CloudError('NotFound', `there is no machine ${id} that could be kept`);
    });
    for (const machine of machines)
      machine.releaseAt = at === null ? Number.POSITIVE_INFINITY : Date.parse(at);
    return {};
  }

  #listOfferings(request: RequestOf<'ListOfferings'>, now: number): AnswerOf<'ListOfferings'> {
    const region = this.#regionOf(request.region);
    const all = region.zones.flatMap((zone) => this.#offeringsOf(region, zone.id, now));
    const start = request.cursor === undefined ? 0 : Number(request.cursor);
    const end = start + this.#plan.behaviour.pageSize;
    return { offerings: all.slice(start, end), ...(end < all.length ? { next: `${end}` } : {}) };
  }

  #offeringsOf(region: PlannedRegion, zone: string, now: number): WireOffering[] {
    return this.#plan.machineTypes.flatMap((type) =>
      type.offers.map((offer) => {
        const { name, family, arch, vcpu, memoryMiB, minimumBillingSeconds, quotaGroup } = type;
        const room = this.#launches.room({ region, type, offer }, zone, now);
        const price =
          offer.pricePerHour === null
            ? {}
            : { price: { currency: this.#plan.currency, amount: offer.pricePerHour } };
        return {
          zone,
          type: name,
          family,
          arch,
          market: offer.option,
          vcpu,
          memoryMiB,
          minimumBillingSeconds,
          ...room,
          ...price,
          interruptionPerHour: offer.interruptionPerHour,
          ...(quotaGroup === undefined ? {} : { quotaGroup }),
        };
      }),
    );
  }

  #listQuotas(request: RequestOf<'ListQuotas'>): AnswerOf<'ListQuotas'> {
    const region = this.#regionOf(request.region);
    const quotas = region.quotas.map(({ group, limitVcpu }) => {
      const usedVcpu = this.#park.usedVcpu(region.id, group);
      return { group, usedVcpu, limitVcpu: this.#faults.quotaExhausted ? usedVcpu : limitVcpu };
    });
    return { quotas };
  }

  #listSatellites(request: RequestOf<'ListSatellites'>): AnswerOf<'ListSatellites'> {
    this.#regionOf(request.region);
    const satellites = this.#park
      .satellites()
      .filter((each) => each.region === request.region)
      .filter((each) => request.machineIds.includes(each.machineId) || wanted(each.tags, request.tags));
    return { satellites: satellites.map(({ id, kind, machineId, tags }) => ({ id, kind, machineId, tags })) };
  }

  #releaseSatellite(request: RequestOf<'ReleaseSatellite'>, now: number): AnswerOf<'ReleaseSatellite'> {
    this.#regionOf(request.region);
    const satellite = this.#park.satellites().find((each) => each.id === request.id);
    if (satellite === undefined) return { outcome: 'gone' };
    if (this.#park.get(satellite.machineId) !== undefined) {
      throw new CloudError('ResourceInUse', `${satellite.id} is attached to ${satellite.machineId}`);
    }
    satellite.releasedAt = Math.min(satellite.releasedAt, now);
    return { outcome: 'releasing' };
  }

  #listNetworks(request: RequestOf<'ListNetworks'>): AnswerOf<'ListNetworks'> {
    const region = this.#regionOf(request.region);
    const networks = region.networks.map(({ id, cidr, zone, addresses }) => {
      const used = this.#park.in(region.id).filter((machine) => machine.network === id).length;
      const place = zone === undefined ? {} : { zone };
      return { id, cidr, ...place, freeAddresses: Math.max(0, addresses - used) };
    });
    return { networks };
  }

  #listImages(request: RequestOf<'ListImages'>): AnswerOf<'ListImages'> {
    this.#regionOf(request.region);
    return { images: this.#plan.images };
  }

  #listChanges(request: RequestOf<'ListChanges'>, now: number): AnswerOf<'ListChanges'> {
    this.#regionOf(request.region);
    return this.#changes.since(request, now);
  }

  #listCharges({ from, to, cursor = '0' }: RequestOf<'ListCharges'>, now: number): AnswerOf<'ListCharges'> {
    const after = Number(cursor);
    if (!Number.isInteger(after)) throw new CloudError('InvalidParameter', 'the cursor is not one of ours');
    return this.#park.charges.page({ from: Date.parse(from), to: Date.parse(to) }, after, now);
  }

  #listResources(request: RequestOf<'ListResources'>, now: number): AnswerOf<'ListResources'> {
    const region = this.#regionOf(request.region);
    const ground = { park: this.#park, clusters: this.#clusters, region, now };
    const { page, next } = this.#page(resourcesOf(request.kind, ground), request.cursor);
    return { resources: page, ...next };
  }

  #listClusters(request: RequestOf<'ListClusters'>, now: number): AnswerOf<'ListClusters'> {
    this.#regionOf(request.region);
    const { page, next } = this.#page(this.#clusters.in(request.region, now), request.cursor);
    return { clusters: page, ...next };
  }

  #describeCluster(region: string, id: string, now: number): AnswerOf<'DescribeCluster'> {
    this.#regionOf(region);
    const cluster = this.#clusters.in(region, now).find((each) => each.id === id);
    return cluster === undefined ? {} : { cluster };
  }

  /** Of a list in the order of its ids; the cursor is the last id, so that what ends meanwhile moves nothing. */
  #page<T extends { id: string }>(all: readonly T[], cursor = ''): { page: T[]; next: { next?: string } } {
    const rest = all.filter((each) => each.id > cursor);
    const page = rest.slice(0, this.#plan.behaviour.pageSize);
    const last = page.at(-1);
    return { page, next: rest.length > page.length && last !== undefined ? { next: last.id } : {} };
  }

  #regionOf(id: string): PlannedRegion {
    const region = this.#plan.regions.find((each) => each.id === id);
    if (region !== undefined) return region;
    throw new CloudError('NotFound', `there is no region ${id}`);
  }
}

function carries(tags: Tags, filter: Tags): boolean {
  return Object.entries(filter).every(([key, value]) => tags[key] === value);
}

/** An empty filter wants nothing here: the satellites of everybody are nobody's business. */
function wanted(tags: Tags, filter: Tags): boolean {
  return Object.keys(filter).length > 0 && carries(tags, filter);
}
