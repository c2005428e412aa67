import { decimal } from '@springtide/kernel';
import type { AccountFacts, MarketFacts, PoolOffer } from './facts.js';
import { priceDrift, type PriceDrift } from './price-drift.js';
import { lineOf, type Finding, type FoundLine } from './readiness.js';
import { say } from './sentences.js';
import type { ReadinessSubject } from './subject.js';

type Pool = ReadinessSubject['pools'][number];

const MARKET = 'listOfferings, listQuotas';

/** What the market of now says of the pools of one account: stock of each, and the quota that they share. */
export function judgeMarket(subject: ReadinessSubject, account: AccountFacts): readonly FoundLine[] {
  const pools = subject.pools.filter((pool) => pool.accountId === account.id);
  const found = [
    ...pools.map((pool) => judgeStock(account, pool)),
    ...account.trials.map(judgeTrial),
    ...judgeQuotas(subject, account, pools),
  ];
  return found.map((finding) => lineOf(subject, finding));
}

function judgeStock(account: AccountFacts, pool: Pool): Finding {
  const needed = pool.most;
  const about = { check: 'stock', id: pool.id, subject: pool.id, by: MARKET } as const;
  const { market } = account;
  if (!market.known) {
    return { ...about, verdict: 'unknown', finding: say('stock-untold', { why: market.why }) };
  }
  const at = market.at;
  const offer = offerOf(market.value, pool.id);
  const elsewhere = say('choose-other-pool');
  if (offer === null) {
    const finding = say('stock-withdrawn', { needed });
    return { ...about, at, verdict: 'red', finding, action: elsewhere };
  }
  const { level, machines: stock } = offer.stock;
  if (stock !== null) {
    const verdict = stock >= needed ? 'green' : 'red';
    const finding = say(stock >= needed ? 'stock-enough' : 'stock-short', { stock, needed });
    return { ...about, at, verdict, finding, action: elsewhere };
  }
  switch (level) {
    case 'none':
      return { ...about, at, verdict: 'red', finding: say('stock-none', { needed }), action: elsewhere };
    case 'low':
      return { ...about, at, verdict: 'amber', finding: say('stock-low', { needed }), action: elsewhere };
    case 'enough':
    case 'normal':
      return { ...about, at, verdict: 'green', finding: say('stock-said-enough', { level, needed }) };
    case 'unknown': {
      const why = account.stockSignal.supported ? 'it said nothing of this one' : account.stockSignal.reason;
      const finding = say('stock-untold', { why });
      return { ...about, verdict: 'unknown', finding, action: say('look-at-stock') };
    }
  }
}

/** What the cloud itself would answer now. An answer that says nothing of the launch says nothing here either. */
function judgeTrial({ poolId, machines, result }: AccountFacts['trials'][number]): Finding {
  const about = { check: 'stock', id: `trial/${poolId}`, subject: poolId, by: 'tryLaunch' } as const;
  if (result.known) {
    return { ...about, at: result.at, verdict: 'green', finding: say('trial-passed', { machines }) };
  }
  const { code, why, at } = result;
  const params = { machines, why };
  if (UNTOLD.has(code)) return { ...about, verdict: 'unknown', finding: say('trial-untold', params) };
  const finding = say('trial-refused', params);
  return { ...about, at, verdict: 'red', finding, action: say('choose-other-pool') };
}

const UNTOLD: ReadonlySet<string> = new Set([
  'unavailable',
  'timeout',
  'rate-limited',
  'cancelled',
  'internal',
  'unknown',
  'unsupported',
]);

function judgeQuotas(
  subject: ReadinessSubject,
  account: AccountFacts,
  pools: readonly Pool[],
): readonly Finding[] {
  const about = { check: 'quota', by: MARKET } as const;
  const { market, quotaSignal } = account;
  if (!market.known || !quotaSignal.supported) {
    const why = market.known ? (quotaSignal.supported ? '' : quotaSignal.reason) : market.why;
    const finding = say('quota-untold', { why });
    return [{ ...about, id: account.name, subject: account.name, verdict: 'unknown', finding }];
  }
  const grouped = Map.groupBy(pools, (pool) => {
    return `${pool.region}/${offerOf(market.value, pool.id)?.quotaGroup ?? ''}`;
  });
  return [...grouped].map(([place, members]) => {
    const id = `${account.name}/${place}`;
    const subjectText = id.replace(/\/$/, '');
    const group = offerOf(market.value, members[0]?.id ?? '')?.quotaGroup ?? null;
    const quota = market.value.quotas.find((one) => one.region === members[0]?.region && one.group === group);
    if (quota === undefined) {
      const finding = say('quota-unnamed', {
        types: [...new Set(members.map((pool) => pool.machineType))].join(', '),
      });
      return { ...about, id, subject: subjectText, verdict: 'unknown', finding };
    }
    const needed = vcpusNeeded(subject, market.value, members);
    return { ...about, id, subject: subjectText, at: market.at, ...quotaVerdict(quota, needed) };
  });
}

/** A fallback is bought on the same quota, so a fifth of it should stay free. */
const COMFORT = 0.8;

function quotaVerdict(
  quota: MarketFacts['quotas'][number],
  needed: number,
): Pick<Finding, 'verdict' | 'finding' | 'action'> {
  const free = Math.max(0, quota.limitVcpu - quota.usedVcpu);
  const params = { quota: quota.group, free, limit: quota.limitVcpu, needed };
  const missing = Math.max(needed - free, Math.ceil(needed / COMFORT) - free);
  const action = say('raise-quota', { missing, quota: quota.group });
  if (needed > free) {
    const finding = say('quota-short', { ...params, missing: needed - free });
    return { verdict: 'red', finding, action };
  }
  if (needed > free * COMFORT) return { verdict: 'amber', finding: say('quota-tight', params), action };
  return { verdict: 'green', finding: say('quota-enough', params) };
}

/** The most vCPUs that run at once on these pools, by phase. */
function vcpusNeeded(subject: ReadinessSubject, market: MarketFacts, pools: readonly Pool[]): number {
  const perPhase = new Map<string, number>();
  for (const { phase, poolId, machines } of subject.use) {
    if (!pools.some((pool) => pool.id === poolId)) continue;
    const vcpu = offerOf(market, poolId)?.vcpu ?? 0;
    perPhase.set(phase, (perPhase.get(phase) ?? 0) + machines * vcpu);
  }
  return Math.max(0, ...perPhase.values());
}

/** What the plan would cost at prices of now, against what was approved or planned. */
export function judgePrices(subject: ReadinessSubject, accounts: readonly AccountFacts[]): FoundLine {
  const drift = priceDrift(subject, accounts);
  const about = { check: 'price', id: 'plan', subject: subject.currency, by: 'listOfferings' } as const;
  if (drift.kind === 'untold') {
    const finding = say('price-untold', { pools: drift.pools.join(', ') });
    return lineOf(subject, { ...about, verdict: 'unknown', finding, action: say('refresh-prices') });
  }
  const oldest = accounts.flatMap(({ market }) => (market.known ? [market.at] : [])).toSorted()[0];
  const at = oldest === undefined ? {} : { at: oldest };
  const verdict = drift.isPast ? 'red' : 'green';
  const finding = driftFinding(subject, drift);
  return lineOf(subject, { ...about, ...at, verdict, finding, action: say('plan-again') });
}

function driftFinding(
  { currency, priceDriftLimit }: ReadinessSubject,
  { now, basis, ratio, isPast }: Extract<PriceDrift, { kind: 'told' }>,
): Finding['finding'] {
  const amounts = { now: rounded(now.amount), currency };
  if (ratio === null) return say(isPast ? 'price-no-longer-nothing' : 'price-nothing', amounts);
  const percent = Math.round(ratio * 1000) / 10;
  const params = { ...amounts, planned: rounded(basis.amount), percent };
  const limit = Math.round((1 + priceDriftLimit) * 100);
  return isPast ? say('price-risen', { ...params, limit }) : say('price-kept', params);
}

function rounded(amount: string): string {
  return decimal(amount).toDecimalPlaces(6).toString();
}

function offerOf(market: MarketFacts, poolId: string): PoolOffer['offer'] {
  return market.offers.find((one) => one.poolId === poolId)?.offer ?? null;
}
