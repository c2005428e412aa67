import type { CapacityReservation } from '@springtide/provider-kit';
import type { AlibabaApi, Scope } from './api.js';
import { toFullInstant } from './mapping.js';
import { allOf, tokenPages } from './paging.js';
import { capacityReservationsAnswer, elasticityAssurancesAnswer, type WirePrivatePool } from './wire.js';

const PAGE_SIZE = 100;
/** What stands now, and what is promised for a later day. */
const STATES = ['Pending', 'Preparing', 'Prepared', 'Active'];

/**
 * Capacity that our launches take: private pools that are open to them, of both products that keep capacity, for Linux and at
 * all hours. Those for named launches, and those that hold in some hours of the week, are left out.
 */
export async function listReservations(api: AlibabaApi, at: Scope): Promise<readonly CapacityReservation[]> {
  const parameters = { RegionId: at.region, Status: 'All', MaxResults: PAGE_SIZE };
  const reserved = tokenPages(async (NextToken) => {
    const { CapacityReservationSet: items, NextToken: next } = await api.read(at, {
      product: 'ecs',
      action: 'DescribeCapacityReservations',
      parameters: { ...parameters, NextToken },
      answer: capacityReservationsAnswer,
    });
    return { items, next };
  });
  const assured = tokenPages(async (NextToken) => {
    const { ElasticityAssuranceSet: items, NextToken: next } = await api.read(at, {
      product: 'ecs',
      action: 'DescribeElasticityAssurances',
      parameters: { ...parameters, NextToken },
      answer: elasticityAssurancesAnswer,
    });
    return { items, next };
  });
  const pools = [...(await allOf(reserved)), ...(await allOf(assured))];
  return pools.filter(isOurs).flatMap((pool) => toReservations(pool, at.region));
}

function isOurs(pool: WirePrivatePool): boolean {
  const { PrivatePoolOptionsMatchCriteria: match, Platform, RecurrenceRules, Status } = pool;
  return (
    match === 'Open' &&
    STATES.includes(Status ?? '') &&
    (Platform ?? 'linux').toLowerCase() === 'linux' &&
    RecurrenceRules.length === 0
  );
}

/** One for each zone and type of the pool. */
function toReservations(pool: WirePrivatePool, region: string): readonly CapacityReservation[] {
  const { PrivatePoolOptionsId: id, StartTime, EndTime, EndTimeType, Status } = pool;
  const endsAt = EndTimeType === 'Unlimited' || !EndTime ? undefined : toFullInstant(EndTime);
  return pool.AllocatedResources.map(({ zoneId, InstanceType, ...amounts }) => {
    const machines = amounts.TotalAmount ?? 0;
    const left = amounts.AvailableAmount ?? machines - (amounts.UsedAmount ?? 0);
    return {
      id,
      region,
      zone: zoneId ?? '',
      machineType: InstanceType ?? '',
      machines,
      // What has not begun yet is taken by nobody.
      free: Status === 'Active' ? left : machines,
      startsAt: toFullInstant(StartTime ?? '1970-01-01T00:00Z'),
      ...(endsAt === undefined ? {} : { endsAt }),
    };
  });
}
