import type { AlibabaCloud } from '../cloud.js';
import { minuteStamp } from '../cloud-clock.js';
import { OrderedStore } from '../ordered-store.js';
import { askedPage, cutPage } from '../paging.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { invalidParameter } from '../wire/wire-error.js';

/** Machines of a type that the cloud keeps for the account in one zone. Times are of the cloud's life. */
export type PrivatePool = Readonly<{
  id: string;
  order: number;
  regionId: string;
  zoneId: string;
  machineType: string;
  machines: number;
  kind: 'reservation' | 'assurance';
  /** For every launch that asks for open pools, not for named launches alone. */
  open: boolean;
  platform: string;
  startsAt: number;
  endsAt?: number;
  /** Holds from this hour of the day to that one, instead of always. */
  hours?: readonly [number, number];
}>;

/** What is kept for the account, and how much of it machines have taken. */
export class PrivatePools {
  readonly all = new OrderedStore<PrivatePool>();
  private readonly used = new Map<string, number>();

  clear(): void {
    this.all.clear();
    this.used.clear();
  }

  left(pool: PrivatePool): number {
    return pool.machines - (this.used.get(pool.id) ?? 0);
  }

  isActive({ startsAt, endsAt }: PrivatePool, now: number): boolean {
    return startsAt <= now && (endsAt === undefined || now < endsAt);
  }

  /** What launches into open pools find there. */
  free(zoneId: string, machineType: string, now: number): number {
    return this.openIn(zoneId, machineType, now).reduce((sum, pool) => sum + this.left(pool), 0);
  }

  /** @returns the pool that the next machine comes from; undefined: out of what everybody can buy. */
  take(zoneId: string, machineType: string, now: number): string | undefined {
    const pool = this.openIn(zoneId, machineType, now).find((one) => this.left(one) > 0);
    if (pool !== undefined) this.used.set(pool.id, pool.machines - this.left(pool) + 1);
    return pool?.id;
  }

  giveBack(id: string): void {
    this.used.set(id, Math.max(0, (this.used.get(id) ?? 0) - 1));
  }

  private openIn(zoneId: string, machineType: string, now: number): readonly PrivatePool[] {
    return [...this.all.all()].filter(
      (pool) =>
        pool.open && pool.zoneId === zoneId && pool.machineType === machineType && this.isActive(pool, now),
    );
  }
}

export function describeCapacityReservations(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const { items, ...page } = pageOf(cloud, call, 'reservation');
  return { ...page, CapacityReservationSet: { CapacityReservationItem: items } };
}

export function describeElasticityAssurances(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const { items, ...page } = pageOf(cloud, call, 'assurance');
  return { ...page, ElasticityAssuranceSet: { ElasticityAssuranceItem: items } };
}

/** Left out, `Status` shows everything but what is over. */
function pageOf(cloud: AlibabaCloud, call: ApiCall, kind: PrivatePool['kind']) {
  const regionId = call.need('RegionId');
  cloud.region(regionId);
  const status = call.text('Status');
  const machineType = call.text('InstanceType');
  const zoneId = call.text('ZoneId');
  const page = cutPage(
    cloud.privatePools.all.newest(regionId),
    askedPage(call, { least: 1, most: 100, usual: 10 }),
    (pool) =>
      pool.kind === kind &&
      isShown(status, statusOf(cloud, pool)) &&
      (machineType === undefined || machineType === pool.machineType) &&
      (zoneId === undefined || zoneId === pool.zoneId),
  );
  const items = page.items.map((pool) => shapeOf(cloud, pool));
  return { TotalCount: page.total, MaxResults: call.number('MaxResults') ?? 10, NextToken: page.next, items };
}

function isShown(asked: string | undefined, status: string): boolean {
  return asked === undefined ? status !== 'Released' : asked === 'All' || asked === status;
}

function statusOf(cloud: AlibabaCloud, pool: PrivatePool): string {
  if (cloud.privatePools.isActive(pool, cloud.clock.life())) return 'Active';
  return pool.startsAt > cloud.clock.life() ? 'Prepared' : 'Released';
}

function shapeOf(cloud: AlibabaCloud, pool: PrivatePool): AnswerBody {
  const { privatePools, clock } = cloud;
  const left = privatePools.left(pool);
  return {
    PrivatePoolOptionsId: pool.id,
    PrivatePoolOptionsName: '',
    PrivatePoolOptionsMatchCriteria: pool.open ? 'Open' : 'Target',
    Description: '',
    RegionId: pool.regionId,
    ResourceGroupId: '',
    InstanceChargeType: 'PostPaid',
    Status: statusOf(cloud, pool),
    StartTime: minuteStamp(clock.shown(pool.startsAt)),
    StartTimeType: 'Now',
    EndTime: pool.endsAt === undefined ? '' : minuteStamp(clock.shown(pool.endsAt)),
    ...(pool.kind === 'reservation' ? reservationOnly(pool) : assuranceOnly(pool)),
    Tags: { Tag: [] },
    AllocatedResources: {
      AllocatedResource: [
        {
          zoneId: pool.zoneId,
          InstanceType: pool.machineType,
          TotalAmount: pool.machines,
          UsedAmount: pool.machines - left,
          AvailableAmount: left,
        },
      ],
    },
  };
}

function reservationOnly({ endsAt, platform }: PrivatePool): AnswerBody {
  return { EndTimeType: endsAt === undefined ? 'Unlimited' : 'Limited', Platform: platform, TimeSlot: '' };
}

function assuranceOnly({ hours }: PrivatePool): AnswerBody {
  const rule = hours && {
    StartHour: hours[0],
    EndHour: hours[1],
    RecurrenceType: 'Daily',
    RecurrenceValue: '1',
  };
  return {
    TotalAssuranceTimes: 'Unlimited',
    UsedAssuranceTimes: 0,
    RecurrenceRules: { RecurrenceRule: rule === undefined ? [] : [rule] },
  };
}

/** Whether a launch takes what is kept for the account before what everybody can buy. */
export function takesOpenPools(call: ApiCall, spot: boolean): boolean {
  const criteria = call.text('PrivatePoolOptions.MatchCriteria') ?? 'None';
  if (criteria === 'Open' && !spot) return true;
  if (criteria === 'None') return false;
  const why = spot
    ? 'preemptible instances take no private pool'
    : 'the yard keeps no pools for named launches';
  throw invalidParameter('PrivatePoolOptions.MatchCriteria', why);
}
