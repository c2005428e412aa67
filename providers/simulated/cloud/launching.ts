import { canonicalJson } from '@springtide/kernel';
import { CloudError, type CloudErrorCode } from './cloud-error.js';
import type { CloudMachine } from './cloud-machine.js';
import type { FaultDesk } from './fault-desk.js';
import type { MachinePark } from './machine-park.js';
import type { CloudPlan, PlannedOffer, PlannedRegion, PlannedType } from './plan.js';
import { draw, waitingTimeMs } from './seeded-draw.js';
import type { AnswerOf, RequestOf } from './wire.js';

type Batch = RequestOf<'RunMachines'>;
type Answer = AnswerOf<'RunMachines'>;
type Place = Readonly<{ region: PlannedRegion; type: PlannedType; offer: PlannedOffer }>;
type Shortage = Readonly<{ code: CloudErrorCode; message: string }>;

const NEVER = Number.POSITIVE_INFINITY;

/** The create call: token, place, room, then machines whose whole life is drawn at once. */
export class LaunchDesk {
  readonly #plan: CloudPlan;
  readonly #park: MachinePark;
  readonly #faults: FaultDesk;
  readonly #answered = new Map<string, { batch: string; answer: Answer }>();
  #startedAt: number | undefined;

  constructor(plan: CloudPlan, park: MachinePark, faults: FaultDesk) {
    this.#plan = plan;
    this.#park = park;
    this.#faults = faults;
  }

  run(batch: Batch, now: number): Answer {
    this.#startedAt ??= now;
    const text = canonicalJson(batch);
    const before = this.#answered.get(batch.clientToken);
    if (before !== undefined) {
      if (before.batch === text) return before.answer;
      throw new CloudError('TokenMismatch', 'the token was used with other parameters');
    }
    const place = this.#place(batch);
    const answer = this.#create(batch, place, now);
    this.#answered.set(batch.clientToken, { batch: text, answer });
    return answer;
  }

  /** What could be bought in the zone now, faults included. */
  room(place: Place, zone: string, now: number): { free: number; total: number } {
    const { free, total } = this.#park.room(place.region, zone, place.type, place.offer);
    if (this.#isOut(zone, place.type.name, now)) return { free: 0, total };
    return { free: Math.max(0, Math.min(free, this.#faults.roomLeft(zone, place.type.name))), total };
  }

  #place(batch: Batch): Place {
    const region = this.#plan.regions.find((each) => each.id === batch.region);
    if (region === undefined) throw missing('region', batch.region);
    if (!region.zones.some((zone) => zone.id === batch.zone)) throw missing('zone', batch.zone);
    if (batch.network !== undefined && !region.networks.some((each) => each.id === batch.network)) {
      throw missing('network', batch.network);
    }
    if (!this.#plan.images.some((image) => image.id === batch.image)) throw missing('image', batch.image);
    const type = this.#plan.machineTypes.find((each) => each.name === batch.type);
    if (type === undefined) throw missing('machine type', batch.type);
    const offer = type.offers.find((each) => each.option === batch.market);
    if (offer === undefined) {
      throw new CloudError('InvalidParameter', `${batch.type} is not sold as ${batch.market}`);
    }
    if (batch.minimum > batch.count) throw new CloudError('InvalidParameter', 'minimum is above count');
    return { region, type, offer };
  }

  #create(batch: Batch, place: Place, now: number): Answer {
    const { possible, shortage } = this.#possible(batch, place, now);
    if (possible < batch.minimum) throw new CloudError(shortage.code, shortage.message);
    const machines = Array.from({ length: possible }, (_, n) => this.#machine(batch, place, n, now));
    this.#faults.useRoom(batch.zone, batch.type, possible);
    const refused = Array.from({ length: batch.count - possible }, () => ({ error: shortage }));
    return { items: [...machines.map((machine) => ({ id: machine.id })), ...refused] };
  }

  #possible(batch: Batch, place: Place, now: number): { possible: number; shortage: Shortage } {
    const stock = this.room(place, batch.zone, now).free;
    const quota = this.#quotaRoom(place);
    const wanted = this.#cutByChance(batch);
    const possible = Math.min(wanted, stock, quota, this.#park.freeAddresses);
    if (quota < Math.min(wanted, stock)) {
      return { possible, shortage: { code: 'QuotaExceeded', message: 'the vCPU quota is used up' } };
    }
    if (this.#park.freeAddresses < Math.min(wanted, stock)) {
      return { possible, shortage: { code: 'NoFreeAddress', message: 'the address range is used up' } };
    }
    return { possible, shortage: { code: 'NoStock', message: `${batch.zone} has no more ${batch.type}` } };
  }

  #cutByChance(batch: Batch): number {
    const { seed, faults } = this.#plan;
    if (draw(seed, 'partial', batch.clientToken) >= faults.partialBatch) return batch.count;
    return Math.floor(batch.count * draw(seed, 'part', batch.clientToken));
  }

  #quotaRoom({ region, type }: Place): number {
    const quota = region.quotas.find((each) => each.group === type.quotaGroup);
    if (quota === undefined) return NEVER;
    if (this.#faults.quotaExhausted) return 0;
    return Math.floor((quota.limitVcpu - this.#park.usedVcpu(region.id, quota.group)) / type.vcpu);
  }

  #machine(batch: Batch, place: Place, n: number, now: number): CloudMachine {
    const { behaviour, faults, seed } = this.#plan;
    const identity = this.#park.nextIdentity();
    const fate = this.#faults.bootFate(identity.id);
    const bootedAt = now + bootTimeMs(behaviour, draw(seed, 'boot', identity.id));
    const machine: CloudMachine = {
      ...identity,
      name: `${batch.namePrefix}-${n}`,
      region: batch.region,
      zone: batch.zone,
      image: batch.image,
      userData: batch.userData,
      type: place.type,
      offer: place.offer,
      network: batch.network,
      tags: batch.tags,
      createdAt: now,
      runsAt: fate === 'fine' ? bootedAt : NEVER,
      failsAt: fate === 'fails' ? bootedAt : NEVER,
      interruptedAt: now + waitingTimeMs(place.offer.interruptionPerHour, draw(seed, 'spot', identity.id)),
      deletedByOthersAt:
        now + waitingTimeMs(faults.foreignDeletionsPerHour, draw(seed, 'others', identity.id)),
      host: this.#park.hostFor(place.region, batch.zone, place.type),
      visibleAt: now + (this.#faults.readLagMs ?? behaviour.readLagMs),
      releaseAt: batch.releaseAt === undefined ? NEVER : Date.parse(batch.releaseAt),
      terminatedAt: NEVER,
      endingMs: behaviour.terminateMs,
      terminationCalls: 0,
    };
    this.#park.add(machine);
    return machine;
  }

  #isOut(zone: string, machineType: string, now: number): boolean {
    const since = now - (this.#startedAt ?? now);
    return this.#plan.faults.stockOuts.some(
      (out) =>
        out.zone === zone && out.machineType === machineType && since >= out.fromMs && since < out.untilMs,
    );
  }
}

/** @param drawn 0 ≤ x < 1. */
function bootTimeMs({ bootMs, bootTimesMs }: CloudPlan['behaviour'], drawn: number): number {
  const measured = bootTimesMs?.[Math.floor(drawn * bootTimesMs.length)];
  return measured ?? bootMs * (0.6 + 1.2 * drawn ** 2);
}

function missing(what: string, id: string): CloudError {
  return new CloudError('InvalidParameter', `there is no ${what} ${id}`);
}
