import type { ActionHandler } from '../api.js';
import type { AlibabaCloud } from '../cloud.js';
import { ACCOUNT_ID } from '../seed.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { invalidParameter } from '../wire/wire-error.js';
import { amountsOf, itemLines, summed, type BillAmounts, type BillLine } from './bill-lines.js';

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
  const rows = wantedRows(cloud, call, isDaily ? readDate(call, cycle) : undefined);
  const size = Math.min(call.number('MaxResults') ?? 20, cloud.settings.maxBillRows);
  const from = readBillToken(call);
  const next = from + size < rows.length ? { NextToken: billToken(call, from + size) } : {};
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
  const sum = amountsOf(itemLines(cloud, cycle));
  const number = call.number('PageNum') ?? 1;
  const size = call.number('PageSize') ?? 20;
  const items = sum.gross === 0 || number > 1 ? [] : [productRow(cycle, sum)];
  return success({
    ...account(cycle),
    PageNum: number,
    PageSize: size,
    TotalCount: sum.gross === 0 ? 0 : 1,
    Items: { Item: items },
  });
}

/** Of one day, or without one of the whole month. Here everything is paid as one goes. */
function wantedRows(cloud: AlibabaCloud, call: ApiCall, date: string | undefined): readonly BillLine[] {
  const wanted = call.text('InstanceID');
  const subscription = call.text('SubscriptionType') ?? 'PayAsYouGo';
  const lines = itemLines(cloud, call.need('BillingCycle')).filter(
    ({ day, instance }) =>
      subscription === 'PayAsYouGo' &&
      (date === undefined || day === date) &&
      (wanted === undefined || wanted === instance.id),
  );
  if (date === undefined) return summed(lines, 'month');
  return call.flag('IsBillingItem') === true ? lines : summed(lines, 'day');
}

/** Belongs to one question and one place in its answer; anything else is an error, and not a list from the start. */
function billToken(call: ApiCall, from: number): string {
  const asked = ['BillingCycle', 'BillingDate', 'Granularity', 'IsBillingItem', 'InstanceID', 'ProductCode'];
  const question = asked.map((name) => call.text(name) ?? '');
  return Buffer.from(JSON.stringify([from, ...question])).toString('base64url');
}

function readBillToken(call: ApiCall): number {
  const token = call.text('NextToken');
  if (token === undefined) return 0;
  const [from] = /^\d+/.exec(Buffer.from(token, 'base64url').toString('utf8').slice(1)) ?? [];
  if (from !== undefined && token === billToken(call, Number(from))) return Number(from);
  throw invalidParameter('NextToken', 'it is not the one of the page before');
}

function instanceRow(line: BillLine, isDaily: boolean): AnswerBody {
  const { instance, day, seconds, hourly, item } = line;
  return {
    InstanceID: instance.id,
    NickName: instance.name,
    InstanceSpec: instance.type.id,
    InstanceConfig: `CPU:${instance.type.vcpus};Memory:${instance.type.memoryGib}G`,
    ...(isDaily ? { BillingDate: day } : {}),
    ...(item === undefined ? {} : { BillingItem: item.name, BillingItemCode: item.code }),
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
    ...amounts(line),
  };
}

function productRow(cycle: string, sum: BillAmounts): AnswerBody {
  return {
    RecordID: `${cycle.replace('-', '')}-ecs`,
    Item: 'PayAsYouGoBill',
    OwnerID: ACCOUNT_ID,
    Status: 'NoSettle',
    UsageStartTime: `${cycle}-01 00:00:00`,
    ...productNames(),
    ...amounts(sum),
    RoundDownDiscount: '0',
    Tax: 0,
    AfterTaxAmount: money(sum.gross - sum.discount - sum.coupons),
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

function amounts({ gross, discount, coupons, cashCoupons }: BillAmounts): AnswerBody {
  const pretax = gross - discount - coupons;
  return {
    PretaxGrossAmount: money(gross),
    PretaxAmount: money(pretax),
    InvoiceDiscount: money(discount),
    DeductedByCoupons: money(coupons),
    DeductedByCashCoupons: money(cashCoupons),
    DeductedByPrepaidCard: 0,
    PaymentAmount: 0,
    OutstandingAmount: money(pretax - cashCoupons),
    CashAmount: 0,
    AdjustAmount: 0,
  };
}

function readCycle(call: ApiCall): string {
  const cycle = call.need('BillingCycle');
  if (/^\d{4}-\d\d$/.test(cycle)) return cycle;
  throw invalidParameter('BillingCycle', 'it must be a month as 2026-11');
}

function readDate(call: ApiCall, cycle: string): string {
  const date = call.text('BillingDate');
  if (date === undefined) throw invalidParameter('BillingDate', 'a daily bill needs its day');
  if (/^\d{4}-\d\d-\d\d$/.test(date) && date.startsWith(cycle)) return date;
  throw invalidParameter('BillingDate', 'it must be a day of the month, as 2026-11-11');
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
