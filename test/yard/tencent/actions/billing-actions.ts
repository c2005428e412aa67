import {
  billLines,
  monthOf,
  totalOf,
  yuanText,
  type BillComponent,
  type BillLine,
  type BillTerms,
  type BillTotal,
} from '../cloud/bill.js';
import type { Cloud } from '../cloud/cloud.js';
import { WireError } from '../wire/wire-error.js';
import { localStamp, pageOf, pageWish, type ActionCall, type Actions } from './action.js';

const NAMES: Readonly<Record<string, readonly [string, string]>> = {
  cvm: ['p_cvm', '云服务器CVM'],
  cbs: ['p_cbs', '云硬盘CBS'],
  spot: ['p_cvm', '云服务器CVM'],
};

const COMPONENTS: Readonly<Record<string, readonly [string, string]>> = {
  compute: ['virtual_v_cvm_compute', '运算组件'],
  'system-disk': ['v_cvm_rootdisk', '系统盘'],
  'data-disk': ['v_cvm_datadisk', '数据盘'],
};

/** The bill: made of what really ran, by the hour, in Beijing's months. */
export const billingActions: Actions = {
  'billing/DescribeAccountBalance': ({ cloud }) => {
    const left = Math.floor(cloud.settings.balanceFen - cloud.usage.spentFen(cloud.now()));
    return {
      Balance: left,
      Uin: Number(cloud.seed.account.uin),
      RealBalance: left,
      CashAccountBalance: left,
      IncomeIntoAccountBalance: 0,
      PresentAccountBalance: 0,
      FreezeAmount: 0,
      OweAmount: Math.max(0, -left),
      IsAllowArrears: false,
      IsCreditLimited: false,
      CreditAmount: 0,
      CreditBalance: 0,
      RealCreditBalance: 0,
      TempCredit: 0,
    };
  },
  'billing/DescribeBillDetail': (call) => {
    const { cloud, params } = call;
    const found = wantedLines(call);
    const wish = pageWish(params, 300);
    const page = pageOf(found, wish);
    const next = wish.offset + page.length;
    return {
      DetailSet: page.map((line) => lineShape(cloud, line)),
      Total: Math.max(0, found.length - cloud.settings.billTotalShort),
      Context: next < found.length ? cursorOf(params, next) : '',
    };
  },
  'billing/DescribeBillSummaryByProduct': ({ cloud, params }) => {
    const month = String(params['BeginTime']).slice(0, 7);
    const lines = billLines(cloud.usage.all(), month, cloud.now(), cloud.settings);
    const all = totalOf(lines);
    const byProduct = Map.groupBy(lines, ({ usage }) => NAMES[usage.product]?.[0] ?? usage.product);
    return {
      Ready: 1,
      SummaryTotal: amounts(all),
      SummaryOverview: [...byProduct].map(([code, some]) => {
        const part = totalOf(some);
        return {
          BusinessCode: code,
          BusinessCodeName: NAMES[some[0]?.usage.product ?? '']?.[1] ?? code,
          RealTotalCostRatio:
            all.real === 0n ? '0.00' : (Number((part.real * 10_000n) / all.real) / 100).toFixed(2),
          BillMonth: month,
          ...amounts(part),
        };
      }),
    };
  },
};

/** Belongs to one question and one place in its answer. */
function cursorOf(params: ActionCall['params'], offset: number): string {
  const { Month, BeginTime, EndTime, PayMode, ResourceId, BusinessCode } = params;
  const question = [Month, BeginTime, EndTime, PayMode, ResourceId, BusinessCode, offset];
  return Buffer.from(JSON.stringify(question)).toString('base64url');
}

function checkCursor(params: ActionCall['params']): void {
  const { Context, Offset } = params;
  if (Context === undefined || Context === '' || Context === cursorOf(params, Number(Offset))) return;
  throw new WireError('InvalidParameter', 'Context is not the one of the page before this one.');
}

function wantedLines({ cloud, params }: ActionCall): readonly BillLine[] {
  const { Month, BeginTime, ResourceId, BusinessCode, PayMode } = params as Record<
    string,
    string | undefined
  >;
  checkCursor(params);
  const month = BeginTime?.slice(0, 7) ?? Month;
  if (month === undefined || !/^\d{4}-\d\d$/.test(month)) {
    throw new WireError('InvalidParameter', 'Month, or BeginTime and EndTime, must be given.');
  }
  return billLines(cloud.usage.all(), month, cloud.now(), cloud.settings).filter(
    ({ usage }) =>
      (PayMode === undefined || (usage.chargeType === 'PREPAID') === (PayMode === 'prePay')) &&
      (ResourceId === undefined || usage.resourceId === ResourceId) &&
      (BusinessCode === undefined || NAMES[usage.product]?.[0] === BusinessCode),
  );
}

function amounts({ cost, real, voucher }: BillTotal) {
  return {
    RealTotalCost: yuanText(real),
    CashPayAmount: yuanText(real - voucher),
    IncentivePayAmount: yuanText(0n),
    VoucherPayAmount: yuanText(voucher),
    TransferPayAmount: yuanText(0n),
    TotalCost: yuanText(cost),
  };
}

function lineShape(cloud: Cloud, { id, from, to, usage, components }: BillLine) {
  const [code = '', name = ''] = NAMES[usage.product] ?? [];
  const region = cloud.seed.regions[usage.region];
  const month = monthOf(from);
  const { uin, ownerUin } = cloud.seed.account;
  return {
    BusinessCodeName: name,
    ProductCodeName: usage.chargeType === 'SPOTPAID' ? `${name}-竞价实例` : name,
    PayModeName: usage.chargeType === 'PREPAID' ? '包年包月' : '按量计费',
    ProjectName: '默认项目',
    RegionName: region?.name ?? usage.region,
    ZoneName: region?.zones[usage.zone] ?? usage.zone,
    ResourceId: usage.resourceId,
    ResourceName: usage.name,
    ActionTypeName: '按量计费小时结',
    OrderId: '',
    BillId: id.replace('/', '-'),
    PayTime: localStamp(to),
    FeeBeginTime: localStamp(from),
    FeeEndTime: localStamp(to),
    ComponentSet: components.map((component) => componentShape(component, cloud.settings)),
    PayerUin: ownerUin,
    OwnerUin: ownerUin,
    OperateUin: uin,
    Tags: usage.tags.map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value })),
    BusinessCode: code,
    ProductCode: `s${code}`,
    ActionType: 'postpay_deduct_h',
    RegionId: String(Object.keys(cloud.seed.regions).indexOf(usage.region) + 1),
    ProjectId: 0,
    PriceInfo: [],
    BillDay: `${localStamp(from).slice(0, 10)} 00:00:00`,
    BillMonth: `${month}-01 00:00:00`,
    Id: id.replace('/', '-'),
  };
}

function componentShape(
  { usage, seconds, price, cost, real, voucher }: BillComponent,
  { discountPercent }: BillTerms,
) {
  const [code = '', name = ''] = COMPONENTS[usage.component] ?? [];
  const nothing = '0.00000000';
  const discount = yuanText(BigInt(discountPercent) * 1_000_000n);
  return {
    ComponentCodeName: name,
    ItemCodeName: name,
    SinglePrice: yuanText(price),
    SpecifiedPrice: nothing,
    PriceUnit: '元/个/小时',
    UsedAmount: '1.00000000',
    UsedAmountUnit: '个',
    TimeSpan: (seconds / 3_600).toFixed(8),
    TimeUnitName: '小时',
    Cost: yuanText(cost),
    Discount: discount,
    ReduceType: discountPercent === 100 ? '无' : '折扣',
    RealCost: yuanText(real),
    VoucherPayAmount: yuanText(voucher),
    CashPayAmount: yuanText(real - voucher),
    IncentivePayAmount: nothing,
    TransferPayAmount: nothing,
    ItemCode: `s${code}`,
    ComponentCode: code,
    ContractPrice: yuanText((price * BigInt(discountPercent)) / 100n),
    InstanceType: usage.chargeType === 'SPOTPAID' ? 'spot' : '-',
    RiTimeSpan: nothing,
    OriginalCostWithRI: nothing,
    SPDeductionRate: nothing,
    SPDeduction: nothing,
    OriginalCostWithSP: nothing,
    BlendedDiscount: discount,
  };
}
