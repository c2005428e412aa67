import type { ActionHandler } from '../api.js';
import type { AlibabaCloud } from '../cloud.js';
import type { Instance } from '../ecs/instance.js';
import { millionths, spotPrice } from '../ecs/prices.js';
import { ACCOUNT_ID } from '../seed.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { invalidParameter } from '../wire/wire-error.js';

/** Bill months and days are of Beijing. */
const BEIJING_MS = 8 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
const HOUR_SECONDS = 3_600;

/** What one machine cost in one day, in 1/1000000 CNY: by the second, as it ran. */
type BillLine = Readonly<{
  instance: Instance;
  day: string;
  seconds: number;
  amount: number;
  hourly: number;
}>;

function queryAccountBalance(cloud: AlibabaCloud): AnswerBody {
  const { balance } = cloud.settings;
  return success({
    AvailableAmount: balance,
    AvailableCashAmount: balance,
    CreditAmount: '0.00',
    MybankCreditAmount: '0.00',
    QuotaLimit: '0.00',
    Currency: 'CNY',
  });
}

function describeInstanceBill(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const cycle = readCycle(call);
  const isDaily = call.text('Granularity') === 'DAILY';
  const date = call.text('BillingDate');
  if (isDaily && date === undefined) throw invalidParameter('BillingDate', 'a daily bill needs its day');
  const wanted = call.text('InstanceID');
  const lines = linesOf(cloud, cycle).filter(
    (line) => (!isDaily || line.day === date) && (wanted === undefined || wanted === line.instance.id),
  );
  const rows = isDaily ? lines : monthly(lines);
  const size = call.number('MaxResults') ?? 20;
  const from = Number(call.text('NextToken') ?? 0);
  const next = from + size < rows.length ? { NextToken: String(from + size) } : {};
  return success({
    ...account(cycle),
    TotalCount: rows.length,
    MaxResults: size,
    ...next,
    Items: rows.slice(from, from + size).map((line) => instanceRow(line, isDaily)),
  });
}

/** One row for the product: pay-as-you-go machines of the month. */
function queryBill(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const cycle = readCycle(call);
  const amount = linesOf(cloud, cycle).reduce((sum, line) => sum + line.amount, 0);
  const number = call.number('PageNum') ?? 1;
  const size = call.number('PageSize') ?? 20;
  const items = amount === 0 || number > 1 ? [] : [productRow(cycle, amount)];
  return success({
    ...account(cycle),
    PageNum: number,
    PageSize: size,
    TotalCount: amount === 0 ? 0 : 1,
    Items: { Item: items },
  });
}

function linesOf(cloud: AlibabaCloud, cycle: string): readonly BillLine[] {
  const now = cloud.clock.life();
  const running = [...cloud.instances.all()].map((instance) => ({
    instance,
    from: instance.createdAt,
    to: now,
  }));
  return [...cloud.machines.ended, ...running].flatMap(({ instance, from, to }) =>
    splitByDay(from, to).flatMap(({ day, start, end }) =>
      day.startsWith(cycle) ? [lineOf(instance, day, start, end)] : [],
    ),
  );
}

function lineOf(instance: Instance, day: string, start: number, end: number): BillLine {
  const seconds = Math.ceil((end - start) / 1_000);
  const hourly =
    instance.spot === undefined
      ? millionths(instance.hourly)
      : spotPrice(instance.type, instance.zoneId, instance.createdAt);
  return { instance, day, seconds, hourly, amount: Math.round((hourly * seconds) / HOUR_SECONDS) };
}

function splitByDay(
  from: number,
  to: number,
): readonly Readonly<{ day: string; start: number; end: number }>[] {
  const parts = [];
  for (let start = from; start < to;) {
    const dayStart = Math.floor((start + BEIJING_MS) / DAY_MS) * DAY_MS;
    const end = Math.min(to, dayStart + DAY_MS - BEIJING_MS);
    parts.push({ day: new Date(dayStart).toISOString().slice(0, 10), start, end });
    start = end;
  }
  return parts;
}

function monthly(lines: readonly BillLine[]): readonly BillLine[] {
  const sums = new Map<string, BillLine>();
  for (const line of lines) {
    const before = sums.get(line.instance.id);
    sums.set(
      line.instance.id,
      before === undefined
        ? line
        : { ...before, seconds: before.seconds + line.seconds, amount: before.amount + line.amount },
    );
  }
  return [...sums.values()];
}

function instanceRow({ instance, day, seconds, amount, hourly }: BillLine, isDaily: boolean): AnswerBody {
  return {
    InstanceID: instance.id,
    NickName: instance.name,
    InstanceSpec: instance.type.id,
    InstanceConfig: `CPU:${instance.type.vcpus};Memory:${instance.type.memoryGib}G`,
    ...(isDaily ? { BillingDate: day } : {}),
    ...productNames(),
    Region: instance.regionId,
    Zone: instance.zoneId,
    IntranetIP: instance.address,
    InternetIP: instance.publicAddress ?? '',
    Tag: [...instance.tags].map(([key, value]) => `key:${key} value:${value}`).join('; '),
    ResourceGroup: '',
    CostUnit: '',
    OwnerID: ACCOUNT_ID,
    BillAccountID: ACCOUNT_ID,
    Item: 'PayAsYouGoBill',
    ServicePeriod: String(seconds),
    ServicePeriodUnit: '秒',
    ListPrice: (hourly / 1_000_000).toFixed(6),
    ListPriceUnit: '元/小时',
    Usage: '',
    UsageUnit: '',
    ...amounts(amount),
  };
}

function productRow(cycle: string, amount: number): AnswerBody {
  return {
    RecordID: `${cycle.replace('-', '')}-ecs`,
    Item: 'PayAsYouGoBill',
    OwnerID: ACCOUNT_ID,
    Status: 'NoSettle',
    UsageStartTime: `${cycle}-01 00:00:00`,
    ...productNames(),
    ...amounts(amount),
    RoundDownDiscount: '0',
    Tax: 0,
    AfterTaxAmount: money(amount),
    PaymentCurrency: 'CNY',
  };
}

function productNames(): AnswerBody {
  return {
    ProductCode: 'ecs',
    ProductType: 'ecs',
    ProductName: '云服务器 ECS',
    ProductDetail: '云服务器 ECS-按量付费',
    CommodityCode: 'ecs',
    PipCode: 'ecs',
    SubscriptionType: 'PayAsYouGo',
    Currency: 'CNY',
  };
}

function amounts(amount: number): AnswerBody {
  return {
    PretaxGrossAmount: money(amount),
    PretaxAmount: money(amount),
    InvoiceDiscount: 0,
    DeductedByCoupons: 0,
    DeductedByCashCoupons: 0,
    DeductedByPrepaidCard: 0,
    PaymentAmount: 0,
    OutstandingAmount: money(amount),
    CashAmount: 0,
    AdjustAmount: 0,
  };
}

function readCycle(call: ApiCall): string {
  const cycle = call.need('BillingCycle');
  if (/^\d{4}-\d\d$/.test(cycle)) return cycle;
  throw invalidParameter('BillingCycle', 'it must be a month as 2026-11');
}

function account(cycle: string): AnswerBody {
  return { BillingCycle: cycle, AccountID: ACCOUNT_ID, AccountName: 'springtide-yard' };
}

function money(amount: number): number {
  return Number((amount / 1_000_000).toFixed(6));
}

function success(data: AnswerBody): AnswerBody {
  return { Code: 'Success', Message: 'Successful!', Success: true, Data: data };
}

export const BSS_ACTIONS: Readonly<Record<string, ActionHandler>> = {
  QueryAccountBalance: queryAccountBalance,
  DescribeInstanceBill: describeInstanceBill,
  QueryBill: queryBill,
};
