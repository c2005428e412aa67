import { type Instant, type Money, canonicalJson, compareMoney } from '@springtide/kernel';

export type MarketPurchaseOption = 'private' | 'reserved' | 'on-demand' | 'spot';

/** What a market row is about. Price and stock belong to this, never to the machine type alone. */
export type OfferingKey = Readonly<{
  accountId: string;
  region: string;
  zone: string;
  machineType: string;
  purchaseOption: MarketPurchaseOption;
}>;

/** An offering as one cloud account was last seen to offer it. */
export type MarketOffering = OfferingKey &
  Readonly<{
    family: string;
    arch: 'amd64' | 'arm64';
    vcpu: number;
    memoryMiB: number;
    /** Per machine and hour. Absent: the price is unknown and the offering must not be bought. */
    pricePerHour?: Money;
    minimumBillingSeconds: number;
    stock: Readonly<{ level: 'enough' | 'normal' | 'low' | 'none' | 'unknown'; machines?: number }>;
    quotaGroup?: string;
    interruptionPerHour: number;
    /** Since when it has been seen with exactly these values; `MarketFreshness` says when it was last confirmed. */
    observedAt: Instant;
  }>;

/** A limit in vCPU over all zones of the region. */
export type MarketQuota = Readonly<{
  accountId: string;
  region: string;
  group: string;
  limitVcpu: number;
  usedVcpu: number;
  observedAt: Instant;
}>;

/** A network that machines of the region get their addresses from. */
export type MarketNetwork = Readonly<{
  accountId: string;
  region: string;
  /** The cloud's own id. */
  id: string;
  name: string;
  /** Absent: it spans the zones of its region. */
  zone?: string;
  /** Absent: the cloud does not count them. */
  freeAddresses?: number;
  /** Launches that name no network get their addresses here. */
  takesUnnamed?: true;
  observedAt: Instant;
}>;

/** How far the market rows of one account and region can be believed. */
export type MarketFreshness = Readonly<{
  accountId: string;
  region: string;
  attemptedAt: Instant;
  /** End of the last complete listing: every row of the region was confirmed then. Null: there never was one. */
  confirmedAt: Instant | null;
  complete: boolean;
  /** Why the last attempt was not complete, in words. */
  reason: string | null;
}>;

/** Prices, stock, quota and free addresses as a plan saw them. Never changes; `hash` covers the rows, not the moment. */
export type MarketSnapshot = Readonly<{
  id: string;
  takenAt: Instant;
  hash: string;
  offerings: readonly MarketOffering[];
  quotas: readonly MarketQuota[];
  /** Empty for a region whose networks could not be listed: nothing is known of its addresses. */
  networks: readonly MarketNetwork[];
  freshness: readonly MarketFreshness[];
}>;

export type MarketChanges<T> = Readonly<{
  /** New or changed rows: exactly what must be written. */
  write: readonly T[];
  /** Known rows that a complete listing no longer has. */
  withdrawn: readonly T[];
  unchanged: number;
}>;

/** One text per offering, equal for equal keys, in a stable order when sorted. */
export function offeringKey(offering: OfferingKey): string {
  const { accountId, region, zone, machineType, purchaseOption } = offering;
  return [accountId, region, zone, machineType, purchaseOption].join('|');
}

export function quotaKey(quota: Readonly<{ accountId: string; region: string; group: string }>): string {
  return [quota.accountId, quota.region, quota.group].join('|');
}

function networkKey({ accountId, region, id }: MarketNetwork): string {
  return [accountId, region, id].join('|');
}

/** What a listing of offerings means for the rows known so far. Only a complete listing can withdraw anything. */
export function decideOfferings(
  known: readonly MarketOffering[],
  seen: readonly MarketOffering[],
  complete: boolean,
): MarketChanges<MarketOffering> {
  return decideMarket(known, seen, complete, offeringKey);
}

export function decideQuotas(
  known: readonly MarketQuota[],
  seen: readonly MarketQuota[],
): MarketChanges<MarketQuota> {
  return decideMarket(known, seen, true, quotaKey);
}

export type MarketRows = Pick<MarketSnapshot, 'offerings' | 'quotas' | 'networks'>;

/** Snapshot rows in canonical order, so that the same market gives the same hash whatever order it was read in. */
export function orderedMarket({ offerings, quotas, networks }: MarketRows): MarketRows {
  return {
    offerings: sortedBy(offerings, offeringKey),
    quotas: sortedBy(quotas, quotaKey),
    networks: sortedBy(networks, networkKey),
  };
}

/** The text whose hash identifies a market: what is offered at which price, not when it was looked at. */
export function marketEvidence(rows: MarketRows): string {
  const market = orderedMarket(rows);
  return canonicalJson({
    offerings: market.offerings.map(withoutMoment),
    quotas: market.quotas.map(withoutMoment),
    networks: market.networks.map(withoutMoment),
  });
}

/** Cheapest first; offerings without a known price last, because they must not be bought. */
export function byPrice(a: MarketOffering, b: MarketOffering): number {
  if (!a.pricePerHour || !b.pricePerHour) return Number(!a.pricePerHour) - Number(!b.pricePerHour);
  return compareMoney(a.pricePerHour, b.pricePerHour);
}

function decideMarket<T extends Readonly<{ observedAt: Instant }>>(
  known: readonly T[],
  seen: readonly T[],
  complete: boolean,
  key: (row: T) => string,
): MarketChanges<T> {
  const before = new Map(known.map((row) => [key(row), row]));
  const now = new Map(seen.map((row) => [key(row), row]));
  const write = [...now].filter(([id, row]) => !sameButMoment(before.get(id), row)).map(([, row]) => row);
  const withdrawn = complete ? [...before].filter(([id]) => !now.has(id)).map(([, row]) => row) : [];
  return { write, withdrawn, unchanged: now.size - write.length };
}

function sameButMoment<T extends Readonly<{ observedAt: Instant }>>(a: T | undefined, b: T): boolean {
  return a !== undefined && canonicalJson(withoutMoment(a)) === canonicalJson(withoutMoment(b));
}

function withoutMoment<T extends Readonly<{ observedAt: Instant }>>(row: T): Omit<T, 'observedAt'> {
  const { observedAt: _moment, ...rest } = row;
  return rest;
}

function sortedBy<T>(rows: readonly T[], key: (row: T) => string): T[] {
  return rows
    .map((row) => ({ row, id: key(row) }))
    .toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    .map(({ row }) => row);
}
