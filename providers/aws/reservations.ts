import type { CapacityReservation as AwsReservation } from '@aws-sdk/client-ec2';
import { toInstant } from '@springtide/kernel';
import type { CapacityReservation } from '@springtide/provider-kit';
import type { AwsApi, AwsScope } from './aws-api.js';

const PAGE_SIZE = 1_000;
/** What stands now, and what is promised for a later day. */
const STATES = ['active', 'pending', 'scheduled', 'assessing', 'delayed'];

/**
 * Reservations that our launches would take: open ones, for Linux on shared hardware. Targeted ones wait for launches
 * that name them, which ours do not.
 */
export async function listReservations(api: AwsApi, at: AwsScope): Promise<readonly CapacityReservation[]> {
  const found: CapacityReservation[] = [];
  let next: string | undefined;
  do {
    if (next !== undefined) await at.more?.();
    const page = await api.describeCapacityReservations(at, {
      MaxResults: PAGE_SIZE,
      Filters: [{ Name: 'state', Values: STATES }],
      ...(next === undefined ? {} : { NextToken: next }),
    });
    found.push(
      ...(page.CapacityReservations ?? []).filter(isOurs).map((one) => toReservation(one, at.region)),
    );
    next = page.NextToken;
  } while (next !== undefined && next !== '');
  return found;
}

function isOurs({ InstanceMatchCriteria, InstancePlatform, Tenancy, State }: AwsReservation): boolean {
  return (
    InstanceMatchCriteria === 'open' &&
    InstancePlatform === 'Linux/UNIX' &&
    Tenancy === 'default' &&
    STATES.includes(State ?? '')
  );
}

function toReservation(one: AwsReservation, region: string): CapacityReservation {
  const machines = one.TotalInstanceCount ?? 0;
  const isActive = one.State === 'active';
  const endsAt = one.EndDateType === 'limited' ? one.EndDate : undefined;
  return {
    id: one.CapacityReservationId ?? '',
    region,
    zone: one.AvailabilityZone ?? '',
    machineType: one.InstanceType ?? '',
    machines,
    // What has not begun yet is taken by nobody.
    free: isActive ? (one.AvailableInstanceCount ?? 0) : machines,
    startsAt: toInstant(one.StartDate ?? one.CreateDate ?? new Date(0)),
    ...(endsAt === undefined ? {} : { endsAt: toInstant(endsAt) }),
  };
}
