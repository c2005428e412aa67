import type { AlibabaCloud } from '../cloud.js';
import type { Instance } from '../ecs/instance.js';
import { diskHourly, millionths, spotPrice } from '../ecs/prices.js';

/** Bill months and days are of Beijing. */
const BEIJING_MS = 8 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
const HOUR_SECONDS = 3_600;
const USUAL_DISK_GIB = 40;

/** In 1/1000000 CNY: the list price, and what of it nobody has to pay. */
export type BillAmounts = Readonly<{
  gross: number;
  discount: number;
  coupons: number;
  /** Vouchers pay what is left, or a part of it. */
  cashCoupons: number;
}>;

/** What one machine, or one item of it, cost in one day: by the second, as it ran. */
export type BillLine = BillAmounts &
  Readonly<{ instance: Instance; day: string; seconds: number; hourly: number; item: BillItem | undefined }>;

/** The vendor's words for what a machine is billed for. */
export type BillItem = Readonly<{ code: string; name: string }>;

const COMPUTE: BillItem = { code: 'InstanceType', name: '云服务器配置' };
const SYSTEM_DISK: BillItem = { code: 'SystemDisk', name: '系统盘' };

type Part = Readonly<{ day: string; start: number; end: number }>;

/** Item by item, of every machine that runs or ran in the month. */
export function itemLines(cloud: AlibabaCloud, cycle: string): readonly BillLine[] {
  const { billLagMs } = cloud.settings;
  const until = cloud.clock.life() - billLagMs;
  const running = [...cloud.instances.all()].map((instance) => ({
    instance,
    from: instance.createdAt,
    to: until,
  }));
  return [...cloud.machines.ended, ...running].flatMap(({ instance, from, to }) =>
    splitByDay(from, Math.min(to, until))
      .filter(({ day }) => day.startsWith(cycle))
      .flatMap((part) => linesOf(cloud, instance, part)),
  );
}

/** By machine and day, or by machine and month. */
export function summed(lines: readonly BillLine[], by: 'day' | 'month'): readonly BillLine[] {
  const sums = new Map<string, BillLine>();
  for (const line of lines) {
    const key = by === 'day' ? `${line.instance.id} ${line.day}` : line.instance.id;
    const before = sums.get(key);
    sums.set(key, before === undefined ? { ...line, item: undefined } : together(before, line));
  }
  return [...sums.values()];
}

export function amountsOf(lines: readonly BillAmounts[]): BillAmounts {
  const sum = (part: keyof BillAmounts) => lines.reduce((total, line) => total + line[part], 0);
  return {
    gross: sum('gross'),
    discount: sum('discount'),
    coupons: sum('coupons'),
    cashCoupons: sum('cashCoupons'),
  };
}

function together(before: BillLine, line: BillLine): BillLine {
  // The parts of a machine run side by side, its days one after the other.
  const seconds = before.day === line.day ? before.seconds : before.seconds + line.seconds;
  const hourly = before.day === line.day ? before.hourly + line.hourly : before.hourly;
  return { ...before, ...amountsOf([before, line]), seconds, hourly, day: line.day };
}

function linesOf(cloud: AlibabaCloud, instance: Instance, part: Part): readonly BillLine[] {
  const compute =
    instance.spot === undefined
      ? millionths(instance.hourly)
      : spotPrice(instance.type, instance.zoneId, instance.createdAt);
  const disk = diskHourly(instance.systemDisk?.sizeGib ?? USUAL_DISK_GIB);
  return [
    lineOf(cloud, instance, part, { item: COMPUTE, hourly: compute }),
    lineOf(cloud, instance, part, { item: SYSTEM_DISK, hourly: disk }),
  ];
}

function lineOf(
  { settings }: AlibabaCloud,
  instance: Instance,
  { day, start, end }: Part,
  { item, hourly }: Readonly<{ item: BillItem; hourly: number }>,
): BillLine {
  const seconds = Math.ceil((end - start) / 1_000);
  const gross = Math.round((hourly * seconds) / HOUR_SECONDS);
  const discount = percentOf(gross, settings.billDiscountPercent);
  const coupons = percentOf(gross - discount, settings.billCouponPercent);
  const cashCoupons = percentOf(gross - discount - coupons, settings.billVoucherPercent);
  return { instance, day, seconds, hourly, item, gross, discount, coupons, cashCoupons };
}

function percentOf(amount: number, percent: number): number {
  return Math.round((amount * percent) / 100);
}

function splitByDay(from: number, to: number): readonly Part[] {
  const parts: Part[] = [];
  for (let start = from; start < to;) {
    const dayStart = Math.floor((start + BEIJING_MS) / DAY_MS) * DAY_MS;
    const end = Math.min(to, dayStart + DAY_MS - BEIJING_MS);
    parts.push({ day: new Date(dayStart).toISOString().slice(0, 10), start, end });
    start = end;
  }
  return parts;
}
