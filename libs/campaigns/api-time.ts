import type { Reason } from '@springtide/contracts';
import { MINUTE, SECOND } from '@springtide/kernel';
import type { CloudAccount } from '@springtide/accounts';
import type { MarketSnapshot } from '@springtide/catalog/domain';
import {
  apiTime,
  launchesWithin,
  sharesLaunches,
  type PlannedLaunch,
  type ProviderManifest,
} from '@springtide/provider-kit';
import type { LaunchBudget, PlanContent } from './domain/index.js';

type ManifestOf = (provider: string) => ProviderManifest;
type Content = Pick<PlanContent, 'phases' | 'allocations' | 'pools'>;
type Place = PlannedLaunch & Readonly<{ accountName: string }>;

/** What of the time to a phase's target no client can avoid: one sentence per account and region, for its worst phase. */
export function apiTimeReasons(content: Content, manifestOf: ManifestOf): readonly Reason[] {
  const worst = new Map<string, Reason & { ms: number }>();
  for (const { phase, place, time } of apiTimes(content, manifestOf)) {
    const key = `${time.account}/${time.region}`;
    if (time.ms < SECOND || time.ms <= (worst.get(key)?.ms ?? 0)) continue;
    const account = place.accountName;
    const { region, machines, calls, ms } = time;
    const params = { account, region, machines, calls, phase, seconds: Math.ceil(ms / SECOND) };
    const text = `The API of ${account} in ${region} itself needs ${durationText(ms)} for the ${machines} machines added for ${phase} (${calls} calls).`;
    worst.set(key, { code: 'api-time', params, text, ms });
  }
  return [...worst.values()].map(({ code, params, text }) => ({ code, params, text }));
}

/**
 * Machines that each account's call budgets let be ordered in these windows: per region, or for the whole account where
 * one of the budgets is the account's.
 */
export function launchBudgets(
  accounts: readonly CloudAccount[],
  { offerings }: Pick<MarketSnapshot, 'offerings'>,
  manifestOf: ManifestOf,
  windows: readonly number[],
): readonly LaunchBudget[] {
  return accounts.flatMap(({ id, name, provider }): readonly LaunchBudget[] => {
    const { limits, rates } = manifestOf(provider);
    const place = { launchBatch: limits.launchBatch, rates };
    const own = offerings.filter(({ accountId }) => accountId === id);
    const regions = [...new Set(own.map(({ region }) => region))];
    const account = { accountId: id, accountName: name };
    const within = (count: number) => windows.map((ms) => launchesWithin(place, ms, count));
    if (sharesLaunches(rates)) return [{ ...account, region: null, starts: within(regions.length) }];
    return regions.map((region) => ({ ...account, region, starts: within(1) }));
  });
}

/** How much earlier buying must begin because calls are limited: what the slowest place of the worst phase needs. Ms. */
export function apiLeadMs(content: Content, manifestOf: ManifestOf): number {
  return Math.max(0, ...apiTimes(content, manifestOf).map(({ time }) => time.ms));
}

/** Accounts and regions are called side by side; what each phase adds to the one before. */
function apiTimes(content: Content, manifestOf: ManifestOf) {
  let before = new Map<string, Place>();
  return content.phases.flatMap(({ name: phase }) => {
    const places = placesIn(content, phase, manifestOf);
    const launches = [...places].map(([key, place]) => {
      return { ...place, machines: Math.max(0, place.machines - (before.get(key)?.machines ?? 0)) };
    });
    before = places;
    const times = apiTime(launches);
    return launches.flatMap((place, index) => {
      const time = times[index];
      return time === undefined ? [] : [{ phase, place, time }];
    });
  });
}

function placesIn(content: Content, phase: string, manifestOf: ManifestOf): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const { poolId, machines, phase: when } of content.allocations) {
    const pool = content.pools.find((each) => each.id === poolId);
    if (pool === undefined || when !== phase) continue;
    const key = `${pool.accountId}/${pool.region}`;
    const { limits, rates } = manifestOf(pool.provider);
    places.set(key, {
      account: pool.accountId,
      accountName: pool.accountName,
      region: pool.region,
      machines: (places.get(key)?.machines ?? 0) + machines,
      launchBatch: limits.launchBatch,
      rates,
    });
  }
  return places;
}

function durationText(ms: number): string {
  const seconds = Math.ceil(ms / SECOND);
  const minutes = Math.floor((seconds * SECOND) / MINUTE);
  const rest = seconds - (minutes * MINUTE) / SECOND;
  return [...(minutes > 0 ? [`${minutes} min`] : []), ...(rest > 0 ? [`${rest} s`] : [])].join(' ');
}
