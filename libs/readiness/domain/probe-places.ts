import type { PlanPool } from '@springtide/contracts';
import { compareMoney } from '@springtide/kernel';
import type { PlannedLaunchSheet, ReadinessSubject, Reach } from './subject.js';

/** One network of the plan as a firewall sees it, and the machine that is bought to look out of it. */
export type ProbePlace = Readonly<{
  /** Stable: account, region, network and security groups by their ids. */
  key: string;
  /** For people. */
  name: string;
  pool: PlanPool;
  sheet: PlannedLaunchSheet;
  services: readonly string[];
  /** What the services that run there call, each address once. */
  endpoints: readonly Reach[];
}>;

/** A template with more is no list of databases any more. */
export const MOST_ENDPOINTS = 50;

/**
 * The networks of a plan. Firewalls tell machines apart by network and security groups, so each pair is a place of its own;
 * where a template names no network, it is the cloud's own one of the zone.
 */
export function probePlaces(subject: ReadinessSubject): readonly ProbePlace[] {
  const uses = subject.sheets.flatMap((sheet) => {
    const pool = subject.pools.find(({ id }) => id === sheet.poolId);
    return pool === undefined ? [] : [{ sheet, pool }];
  });
  return [...Map.groupBy(uses, keyOf)].map(([key, own]) => {
    const [cheapest] = own.toSorted(byFitness);
    if (cheapest === undefined) throw new Error('a place without pools');
    const services = [...new Set(own.map(({ sheet }) => sheet.service))];
    return { ...cheapest, key, name: nameOf(cheapest), services, endpoints: endpointsOf(subject, services) };
  });
}

type Use = Readonly<{ sheet: PlannedLaunchSheet; pool: PlanPool }>;

function keyOf({ sheet, pool }: Use): string {
  const { subnet, securityGroups } = sheet;
  return [pool.accountId, pool.region, subnet ?? pool.zone, securityGroups.toSorted().join(',')].join('|');
}

function nameOf({ sheet: { subnet, securityGroups }, pool }: Use): string {
  const network = [pool.accountName, pool.region, subnet ?? pool.zone].join('/');
  return securityGroups.length === 0 ? network : `${network} (${securityGroups.toSorted().join(', ')})`;
}

/** A spot machine may be taken back while it looks; among the others the cheapest is enough. */
function byFitness(a: Use, b: Use): number {
  const spot = Number(a.pool.purchaseOption === 'spot') - Number(b.pool.purchaseOption === 'spot');
  return spot === 0 ? compareMoney(a.pool.pricePerHour, b.pool.pricePerHour) : spot;
}

function endpointsOf(subject: ReadinessSubject, services: readonly string[]): readonly Reach[] {
  const reaches = subject.services
    .filter(({ name }) => services.includes(name))
    .flatMap((service) => service.reaches);
  const each = new Map(reaches.map((reach) => [`${reach.host} ${reach.port}`, reach]));
  return [...each.values()].slice(0, MOST_ENDPOINTS);
}
