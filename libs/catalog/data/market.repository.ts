import { money, parseInstant, toInstant, type Instant } from '@springtide/kernel';
import { In, IsNull, type EntityManager } from 'typeorm';
import type {
  MarketChanges,
  MarketFreshness,
  MarketNetwork,
  MarketOffering,
  MarketPurchaseOption,
  MarketQuota,
  MarketSnapshot,
  OfferingKey,
} from '../domain/index.js';
import {
  MarketFreshnessEntity,
  MarketSnapshotEntity,
  OfferingEntity,
  QuotaEntity,
  type MarketFreshnessRow,
  type OfferingRow,
  type QuotaRow,
} from './market.entity.js';
import { NetworkEntity, type NetworkRow } from './network.entity.js';
import { readMarketRows } from './market-snapshot-rows.js';

type Place = Readonly<{ accountId: string; region: string }>;

export type OfferingFilter = Readonly<{
  accountId?: string;
  region?: string;
  zone?: string;
  machineType?: string;
  purchaseOption?: MarketPurchaseOption;
}>;

const KEY_COLUMNS = ['accountId', 'region', 'zone', 'machineType', 'purchaseOption'] as const;

/** Amounts of different currencies cannot be compared, so each currency is a list of its own; no price comes last. */
const CURRENCY = `coalesce(o.price_currency, '~')`;
const AMOUNT = `coalesce(o.price_amount, 0)`;
const AFTER = `
  (${CURRENCY}, ${AMOUNT}, o.account_id, o.region, o.zone, o.machine_type, o.purchase_option) > (
    select ${CURRENCY}, ${AMOUNT}, o.account_id, o.region, o.zone, o.machine_type, o.purchase_option
    from catalog_offering o
    where o.tenant_id = :tenantId and o.account_id = :accountId and o.region = :region and o.zone = :zone
      and o.machine_type = :machineType and o.purchase_option = :purchaseOption)`;

/** Market rows of one tenant, inside the transaction it was made for. */
export class MarketRepository {
  constructor(
    private readonly tx: EntityManager,
    private readonly tenantId: string,
  ) {}

  /** Serialises refreshes of one place, so that the older of two listings cannot overwrite the newer. */
  async lockFreshness(place: Place): Promise<MarketFreshness | undefined> {
    await this.tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
      `catalog-market|${place.accountId}|${place.region}`,
    ]);
    const row = await this.tx.findOneBy(MarketFreshnessEntity, { tenantId: this.tenantId, ...place });
    return row ? toFreshness(row) : undefined;
  }

  async saveFreshness(freshness: MarketFreshness): Promise<void> {
    await this.tx.upsert(
      MarketFreshnessEntity,
      {
        ...freshness,
        tenantId: this.tenantId,
        attemptedAt: parseInstant(freshness.attemptedAt),
        confirmedAt: freshness.confirmedAt === null ? null : parseInstant(freshness.confirmedAt),
      },
      ['tenantId', 'accountId', 'region'],
    );
  }

  /** What is offered now; withdrawn rows are left out. */
  async offerings(accountIds: readonly string[], region?: string): Promise<MarketOffering[]> {
    const rows = await this.tx.findBy(OfferingEntity, {
      tenantId: this.tenantId,
      accountId: In(accountIds),
      withdrawnAt: IsNull(),
      ...(region === undefined ? {} : { region }),
    });
    return rows.map(toOffering);
  }

  /** Cheapest first, unknown prices last; then by place, so that pages neither repeat nor skip. */
  async page(filter: OfferingFilter, limit: number, after?: OfferingKey): Promise<MarketOffering[]> {
    const query = this.tx
      .createQueryBuilder(OfferingEntity, 'o')
      .where('o.tenantId = :tenantId and o.withdrawnAt is null', { tenantId: this.tenantId })
      .limit(limit);
    for (const [column, value] of Object.entries(filter)) {
      if (value !== undefined) query.andWhere(`o.${column} = :only_${column}`, { [`only_${column}`]: value });
    }
    query.addSelect(CURRENCY, 'price_rank_currency').addSelect(AMOUNT, 'price_rank_amount');
    query.orderBy('price_rank_currency').addOrderBy('price_rank_amount');
    for (const column of KEY_COLUMNS) query.addOrderBy(`o.${column}`);
    if (after) query.andWhere(AFTER, after);
    return (await query.getMany()).map(toOffering);
  }

  async quotas(accountIds: readonly string[], region?: string): Promise<MarketQuota[]> {
    const rows = await this.tx.findBy(QuotaEntity, {
      tenantId: this.tenantId,
      accountId: In(accountIds),
      ...(region === undefined ? {} : { region }),
    });
    return rows.map(toQuota);
  }

  async networks(accountIds: readonly string[]): Promise<MarketNetwork[]> {
    const rows = await this.tx.findBy(NetworkEntity, { tenantId: this.tenantId, accountId: In(accountIds) });
    return rows.map(toNetwork);
  }

  /** What was known of a place's networks gives way to what was seen. */
  async replaceNetworks(place: Place, networks: readonly MarketNetwork[]): Promise<void> {
    await this.tx.delete(NetworkEntity, { tenantId: this.tenantId, ...place });
    const rows = networks.map(({ id, name, zone = null, freeAddresses, takesUnnamed, observedAt }) => ({
      tenantId: this.tenantId,
      ...place,
      cloudId: id,
      name,
      zone,
      freeAddresses: freeAddresses === undefined ? null : String(freeAddresses),
      takesUnnamed: takesUnnamed === true,
      observedAt: parseInstant(observedAt),
    }));
    for (const batch of chunks(rows)) await this.tx.insert(NetworkEntity, batch);
  }

  async freshness(accountIds: readonly string[]): Promise<MarketFreshness[]> {
    const rows = await this.tx.find(MarketFreshnessEntity, {
      where: { tenantId: this.tenantId, accountId: In(accountIds) },
      order: { accountId: 'asc', region: 'asc' },
    });
    return rows.map(toFreshness);
  }

  async applyOfferings(changes: MarketChanges<MarketOffering>, at: Instant): Promise<void> {
    for (const rows of chunks(changes.write.map((offering) => this.offeringRow(offering)))) {
      await this.tx.upsert(OfferingEntity, rows, [
        'tenantId',
        'accountId',
        'region',
        'zone',
        'machineType',
        'purchaseOption',
      ]);
    }
    const withdrawn = changes.withdrawn.map((offering) => ({
      ...this.offeringRow(offering),
      withdrawnAt: parseInstant(at),
    }));
    for (const rows of chunks(withdrawn)) {
      await this.tx.upsert(OfferingEntity, rows, [
        'tenantId',
        'accountId',
        'region',
        'zone',
        'machineType',
        'purchaseOption',
      ]);
    }
  }

  async applyQuotas(changes: MarketChanges<MarketQuota>): Promise<void> {
    const rows = changes.write.map(({ group, limitVcpu, usedVcpu, observedAt, accountId, region }) => ({
      tenantId: this.tenantId,
      accountId,
      region,
      quotaGroup: group,
      limitVcpu: String(limitVcpu),
      usedVcpu: String(usedVcpu),
      observedAt: parseInstant(observedAt),
    }));
    for (const batch of chunks(rows)) {
      await this.tx.upsert(QuotaEntity, batch, ['tenantId', 'accountId', 'region', 'quotaGroup']);
    }
    for (const { accountId, region, group } of changes.withdrawn) {
      await this.tx.delete(QuotaEntity, { tenantId: this.tenantId, accountId, region, quotaGroup: group });
    }
  }

  async addSnapshot(snapshot: MarketSnapshot): Promise<void> {
    const { id, takenAt, hash, ...market } = snapshot;
    await this.tx.insert(MarketSnapshotEntity, {
      id,
      tenantId: this.tenantId,
      takenAt: parseInstant(takenAt),
      hash,
      market: market as object,
    });
  }

  async findSnapshot(id: string): Promise<MarketSnapshot | undefined> {
    const row = await this.tx.findOneBy(MarketSnapshotEntity, { tenantId: this.tenantId, id });
    if (!row) return undefined;
    return { id: row.id, takenAt: toInstant(row.takenAt), hash: row.hash, ...readMarketRows(row.market) };
  }

  private offeringRow(offering: MarketOffering): OfferingRow {
    const { pricePerHour, stock, quotaGroup, memoryMiB, ...rest } = offering;
    return {
      ...rest,
      tenantId: this.tenantId,
      vcpu: String(offering.vcpu),
      memoryMib: String(memoryMiB),
      priceAmount: pricePerHour?.amount ?? null,
      priceCurrency: pricePerHour?.currency ?? null,
      stockLevel: stock.level,
      stockMachines: stock.machines ?? null,
      quotaGroup: quotaGroup ?? null,
      interruptionPerHour: String(offering.interruptionPerHour),
      observedAt: parseInstant(offering.observedAt),
      withdrawnAt: null,
    };
  }
}

/** PostgreSQL takes 65,535 parameters per statement; an offering has 19. */
function chunks<T>(rows: readonly T[], size = 1_000): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < rows.length; start += size) parts.push(rows.slice(start, start + size));
  return parts;
}

function toOffering(row: OfferingRow): MarketOffering {
  const { accountId, region, zone, machineType, purchaseOption, family, arch } = row;
  return {
    accountId,
    region,
    zone,
    machineType,
    purchaseOption,
    family,
    arch,
    vcpu: Number(row.vcpu),
    memoryMiB: Number(row.memoryMib),
    ...(row.priceAmount === null || row.priceCurrency === null
      ? {}
      : { pricePerHour: money(row.priceCurrency, row.priceAmount) }),
    minimumBillingSeconds: row.minimumBillingSeconds,
    stock: {
      level: row.stockLevel,
      ...(row.stockMachines === null ? {} : { machines: row.stockMachines }),
    },
    ...(row.quotaGroup === null ? {} : { quotaGroup: row.quotaGroup }),
    interruptionPerHour: Number(row.interruptionPerHour),
    observedAt: toInstant(row.observedAt),
  };
}

function toQuota(row: QuotaRow): MarketQuota {
  return {
    accountId: row.accountId,
    region: row.region,
    group: row.quotaGroup,
    limitVcpu: Number(row.limitVcpu),
    usedVcpu: Number(row.usedVcpu),
    observedAt: toInstant(row.observedAt),
  };
}

function toNetwork(row: NetworkRow): MarketNetwork {
  const { accountId, region, cloudId, name, zone, freeAddresses, takesUnnamed, observedAt } = row;
  return {
    accountId,
    region,
    id: cloudId,
    name,
    ...(zone === null ? {} : { zone }),
    ...(freeAddresses === null ? {} : { freeAddresses: Number(freeAddresses) }),
    ...(takesUnnamed ? { takesUnnamed } : {}),
    observedAt: toInstant(observedAt),
  };
}

function toFreshness(row: MarketFreshnessRow): MarketFreshness {
  return {
    accountId: row.accountId,
    region: row.region,
    attemptedAt: toInstant(row.attemptedAt),
    confirmedAt: row.confirmedAt === null ? null : toInstant(row.confirmedAt),
    complete: row.complete,
    reason: row.reason,
  };
}
