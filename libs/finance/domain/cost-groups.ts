import { money, sumMoney, type Instant, type Money } from '@springtide/kernel';
import { OUTSIDE_PHASES, splitByPhase } from './phase-split.js';
import { sumBy, type RunningCostRow } from './running-cost.js';
import { isBought, isOwned, type CostBasis, type PricedOption, type UsageInterval } from './usage.js';

export type CostGroup = Readonly<{
  key: string;
  planned: Money;
  actualToDate: Money;
  privatePlanned: Money;
  privateActualToDate: Money;
}>;

export type CostGroups = Readonly<{
  byService: readonly CostGroup[];
  byPool: readonly CostGroup[];
  byPhase: readonly CostGroup[];
}>;

/** Machines alike in everything that decides their price. */
export type CostLine = Readonly<{
  accountId: string;
  accountName: string;
  provider: string;
  service: string;
  region: string;
  zone: string;
  machineType: string;
  purchaseOption: PricedOption;
  pricePerHour: Money | null;
  machines: number;
  /** Billed seconds of all of them. */
  seconds: number;
  amount: Money;
}>;

type Share = Readonly<{
  service: string;
  pool: string;
  phase: string;
  purchaseOption: PricedOption;
  amount: Money;
}>;

/** Planned against actual by service, pool and phase; each list adds up to the campaign's figures exactly. */
export function groupCost(
  basis: CostBasis | null,
  intervals: readonly UsageInterval[],
  at: Instant,
  currency: string,
): CostGroups {
  const phases = basis?.phases ?? [];
  const actual = intervals.flatMap((interval) =>
    splitByPhase(interval, phases, at, currency).map((share): Share => ({ ...interval, ...share })),
  );
  const planned: readonly Share[] = basis?.planned ?? [];
  const order = [...phases.map((phase) => phase.name), OUTSIDE_PHASES];
  const by = (key: (row: Share) => string): CostGroup[] => groupsBy(planned, actual, key, currency);
  return {
    byService: by((row) => row.service).toSorted(byKey),
    byPool: by((row) => row.pool).toSorted(byKey),
    byPhase: by((row) => row.phase).toSorted((a, b) => order.indexOf(a.key) - order.indexOf(b.key)),
  };
}

export function costLines(rows: readonly RunningCostRow[], currency: string): CostLine[] {
  const alike = Map.groupBy(rows, lineKey);
  return [...alike]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]) => {
      const first = group[0]?.interval;
      return first ? [costLine(first, group, currency)] : [];
    });
}

function costLine(first: UsageInterval, group: readonly RunningCostRow[], currency: string): CostLine {
  const amounts = group.map((row) => row.amount);
  return {
    accountId: first.accountId,
    accountName: first.accountName,
    provider: first.provider,
    service: first.service,
    region: first.region,
    zone: first.zone,
    machineType: first.machineType,
    purchaseOption: first.purchaseOption,
    pricePerHour: first.pricePerHour,
    machines: group.length,
    seconds: group.reduce((sum, row) => sum + row.billedSeconds, 0),
    amount: sumMoney(currency, amounts),
  };
}

function lineKey({ interval }: RunningCostRow): string {
  const place = [interval.accountId, interval.service, interval.region, interval.zone];
  const price = interval.pricePerHour?.amount ?? '';
  return [...place, interval.machineType, interval.purchaseOption, price].join('\u0000');
}

function groupsBy(
  planned: readonly Share[],
  actual: readonly Share[],
  key: (row: Share) => string,
  currency: string,
): CostGroup[] {
  const sums = (rows: readonly Share[], keep: (row: Share) => boolean): ReadonlyMap<string, Money> =>
    sumBy(currency, rows.filter(keep), key, (row) => row.amount);
  const [bought, owned] = [sums(actual, isBought), sums(actual, isOwned)];
  const [boughtPlanned, ownedPlanned] = [sums(planned, isBought), sums(planned, isOwned)];
  const none = money(currency, 0);
  return [...new Set([...planned, ...actual].map(key))].map((name) => ({
    key: name,
    planned: boughtPlanned.get(name) ?? none,
    actualToDate: bought.get(name) ?? none,
    privatePlanned: ownedPlanned.get(name) ?? none,
    privateActualToDate: owned.get(name) ?? none,
  }));
}

function byKey(a: CostGroup, b: CostGroup): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
