import type { AlibabaCloud } from '../cloud.js';
import type { MachineType } from '../seed.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { missingParameter, WireError } from '../wire/wire-error.js';

const HOUR_MS = 3_600_000;
const SHOWN_HOURS = 24;
const MOST_HOURS = 30 * 24;
/** Sample: GiB of cloud disk per hour, in 1/1000000 CNY. */
const DISK_PRICE = 2_100;
const HOURS_PER_UNIT: Readonly<Record<string, number>> = { Hour: 1, Month: 720, Year: 8_640 };

/** Pay-as-you-go or spot, for one hour unless asked otherwise; sample prices, exact to 1/10000 CNY. */
export function describePrice(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  cloud.region(call.need('RegionId'));
  const resource = call.text('ResourceType') ?? 'instance';
  const amount = call.number('Amount') ?? 1;
  const hours = (HOURS_PER_UNIT[call.text('PriceUnit') ?? 'Hour'] ?? 1) * (call.number('Period') ?? 1);
  const parts =
    resource === 'instance'
      ? instanceParts(cloud, call)
      : [diskPart('dataDisk', diskGib(call, 'DataDisk.1'))];
  const details = parts.map(({ name, original, trade }) => ({
    Resource: name,
    OriginalPrice: yuan(original * amount * hours),
    DiscountPrice: yuan((original - trade) * amount * hours),
    TradePrice: yuan(trade * amount * hours),
    SubRules: { Rule: [] },
  }));
  const sum = (part: 'original' | 'trade'): number =>
    parts.reduce((total, each) => total + each[part], 0) * amount * hours;
  return {
    PriceInfo: {
      Price: {
        Currency: 'CNY',
        OriginalPrice: yuan(sum('original')),
        DiscountPrice: yuan(sum('original') - sum('trade')),
        TradePrice: yuan(sum('trade')),
        DetailInfos: { DetailInfo: details },
      },
      Rules: { Rule: [] },
    },
  };
}

/** In 1/1000000 CNY per hour. */
type PricePart = Readonly<{ name: string; original: number; trade: number }>;

function instanceParts(cloud: AlibabaCloud, call: ApiCall): readonly PricePart[] {
  const type = cloud.types.get(call.need('InstanceType'));
  if (type === undefined) {
    throw new WireError(404, 'InvalidInstanceType.NotFound', 'The specified InstanceType does not exist.');
  }
  const original = millionths(type.hourly);
  const isSpot = (call.text('SpotStrategy') ?? 'NoSpot') !== 'NoSpot';
  const zone = call.text('ZoneId');
  if (isSpot && zone === undefined) throw missingParameter('ZoneId');
  const trade = isSpot ? spotPrice(type, zone ?? '', cloud.clock.life()) : original;
  const disk = call.text('SystemDisk.Category') === undefined ? 0 : diskGib(call, 'SystemDisk');
  return [{ name: 'instanceType', original, trade }, ...(disk === 0 ? [] : [diskPart('systemDisk', disk)])];
}

function diskGib(call: ApiCall, prefix: string): number {
  return call.number(`${prefix}.Size`) ?? 40;
}

function diskPart(name: string, gib: number): PricePart {
  return { name, original: diskHourly(gib), trade: diskHourly(gib) };
}

/** In 1/1000000 CNY. */
export function diskHourly(gib: number): number {
  return gib * DISK_PRICE;
}

/** Hour by hour, oldest first. */
export function describeSpotPriceHistory(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const region = cloud.region(call.need('RegionId'));
  const type = cloud.types.get(call.need('InstanceType'));
  if (type === undefined) return { Currency: 'CNY', NextOffset: 0, SpotPrices: { SpotPriceType: [] } };
  const zone = call.text('ZoneId');
  const now = cloud.clock.life();
  const end = call.text('EndTime') === undefined ? now : Math.min(now, Date.parse(call.need('EndTime')));
  const asked = call.text('StartTime');
  const from = asked === undefined ? end - SHOWN_HOURS * HOUR_MS : Date.parse(asked);
  const start = Math.max(from, now - MOST_HOURS * HOUR_MS);
  const prices = [];
  for (let at = Math.ceil(start / HOUR_MS) * HOUR_MS; at <= end; at += HOUR_MS) {
    for (const zoneId of region.zones) {
      if (zone === undefined || zone === zoneId) prices.push(historyPoint(type, zoneId, at, call));
    }
  }
  return { Currency: 'CNY', NextOffset: 0, SpotPrices: { SpotPriceType: prices } };
}

function historyPoint(type: MachineType, zoneId: string, at: number, call: ApiCall): AnswerBody {
  return {
    InstanceType: type.id,
    ZoneId: zoneId,
    NetworkType: call.text('NetworkType') ?? 'vpc',
    IoOptimized: 'optimized',
    Timestamp: `${new Date(at).toISOString().slice(0, 19)}Z`,
    OriginPrice: yuan(millionths(type.hourly)),
    SpotPrice: yuan(spotPrice(type, zoneId, at)),
  };
}

export function describeSpotAdvice(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const region = cloud.region(call.need('RegionId'));
  const wanted = call.list('InstanceTypes');
  const types = [...cloud.types.values()].filter(({ id }) => wanted.length === 0 || wanted.includes(id));
  const now = cloud.clock.life();
  return {
    RegionId: region.regionId,
    AvailableSpotZones: {
      AvailableSpotZone: region.zones.map((zoneId) => ({
        ZoneId: zoneId,
        AvailableSpotResources: {
          AvailableSpotResource: types.map((type) => ({
            InstanceType: type.id,
            AverageSpotDiscount: Math.round((100 * spotPrice(type, zoneId, now)) / millionths(type.hourly)),
            InterruptRateDesc: '0-3%',
            InterruptionRate: 1.5,
          })),
        },
      })),
    },
  };
}

/** A quarter to a half of the pay-as-you-go price, the same for the same type, zone and hour; in 1/1000000 CNY. */
export function spotPrice(type: MachineType, zone: string, at: number): number {
  const text = `${type.id} ${zone} ${Math.floor(at / HOUR_MS)}`;
  let mixed = 7;
  for (const letter of text) mixed = (mixed * 31 + (letter.codePointAt(0) ?? 0)) % 9_973;
  const share = 250 + (mixed % 250);
  return Math.round((millionths(type.hourly) * share) / 1_000 / 100) * 100;
}

/** `0.4412` in 1/1000000. */
export function millionths(price: string): number {
  return Math.round(Number(price) * 1_000_000);
}

function yuan(inMillionths: number): number {
  return Number((inMillionths / 1_000_000).toFixed(4));
}
