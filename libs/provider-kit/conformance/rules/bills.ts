import {
  HOUR,
  addMs,
  compareMoney,
  multiplyMoney,
  sumMoney,
  toInstant,
  type Instant,
  type Money,
} from '@springtide/kernel';
import { collect } from '../../client/listing.js';
import type { BillSpan, Charge } from '../../contract/bills.js';
import type { MachineId } from '../../contract/machine.js';
import type { Bench } from '../bench.js';
import type { Rule } from '../rule.js';

const DAY = 24 * HOUR;
/** Long enough that booting and a rounded hour hardly count. */
const RAN_MS = 13 * HOUR;
/** Half as long again: a machine that is counted twice costs more. */
const MOST_HOURS = '19.5';

export const billRules: readonly Rule[] = [
  {
    id: 'P-100',
    level: 'MUST',
    title: 'a machine that ran and ended is charged under its own id, exactly, about what it was offered for',
    why: 'what a campaign cost is read from here, long after its machines are gone',
    facets: ['bills'],
    controls: ['passTime'],
    check: async (bench) => {
      const { ids, life } = await ended(bench, 1);
      const charges = await chargesOf(bench, ids, life);
      expect(charges.length).toBeGreaterThan(0);
      for (const { amount, product } of charges) {
        expect(amount.amount).toMatch(/^-?\d+(\.\d+)?$/);
        expect(product).not.toBe('');
      }
      expect(new Set(charges.map(({ amount }) => amount.currency)).size).toBe(1);
      await expectAboutThePrice(bench, sumOf(charges));
    },
  },
  {
    id: 'P-101',
    level: 'MUST',
    title: 'a listing of charges has what touches its span and nothing else; no time at all is refused',
    why: 'money of another campaign would be read as a difference of this one',
    facets: ['bills'],
    controls: ['passTime'],
    check: async (bench) => {
      const { ids, life } = await ended(bench, 1);
      const inside = { from: addMs(life.from, 3 * HOUR), to: addMs(life.from, 5 * HOUR) };
      expect((await chargesOf(bench, ids, inside)).length).toBeGreaterThan(0);
      const before = { from: addMs(life.from, -3 * DAY), to: addMs(life.from, -DAY - HOUR) };
      const after = { from: addMs(life.to, DAY), to: addMs(life.to, 2 * DAY) };
      for (const span of [before, after]) expect(await chargesOf(bench, ids, span)).toEqual([]);
      const none = { from: life.from, to: life.from };
      const error = await bench.refusal(async () => collect(bench.client.bills.listCharges(none)));
      expect([error.code, error.effect]).toEqual(['invalid-argument', 'none']);
    },
  },
  {
    id: 'P-102',
    level: 'MUST',
    title: 'charges of a span are those of its parts, each once',
    why: 'a long campaign is read part by part, and must not cost more or less for it',
    facets: ['bills'],
    controls: ['passTime'],
    check: async (bench) => {
      const { ids, life } = await ended(bench, 2);
      const cut = addMs(life.from, 5 * HOUR);
      const whole = await chargesOf(bench, ids, life);
      const first = await chargesOf(bench, ids, { from: life.from, to: cut });
      const second = await chargesOf(bench, ids, { from: cut, to: life.to });
      // What lies across the cut is in both.
      const rest = second.filter(({ from }) => from >= cut);
      expect(whole.length).toBeGreaterThan(0);
      expect(sorted([...first, ...rest])).toEqual(sorted(whole));
    },
  },
  {
    id: 'P-103',
    level: 'MUST',
    title: 'charges over several pages are listed to the end, each machine’s as if it were alone',
    why: 'a bill that ends early shows a campaign cheaper than it was',
    facets: ['bills'],
    controls: ['passTime', 'listPageSize'],
    check: async (bench) => {
      const count = Math.ceil(bench.control('listPageSize')() * 2.5);
      const { ids, life } = await ended(bench, count);
      const charges = await chargesOf(bench, ids, life);
      const sums = ids.map((id) => sumOf(charges.filter(({ resourceId }) => resourceId === id)));
      expect(sums).toHaveLength(count);
      for (const sum of sums) await expectAboutThePrice(bench, sum);
    },
  },
];

type Past = Readonly<{ ids: readonly MachineId[]; life: BillSpan }>;

/** Machines that ran, ended and are in the bill by now. Counted from the start: not every target's own clock is moved on. */
async function ended(bench: Bench, count: number): Promise<Past> {
  const from = addMs(toInstant(bench.target.clock.now()), -HOUR);
  const ids = await bench.launchMany(count);
  await bench.control('passTime')(RAN_MS);
  await bench.compute.terminate(ids, bench.scope);
  await bench.gone(ids);
  await bench.control('passTime')((bench.limits.billLagMs ?? 0) + DAY);
  return { ids, life: { from, to: addMs(from, RAN_MS + 2 * HOUR) } };
}

async function chargesOf(
  bench: Bench,
  ids: readonly MachineId[],
  span: BillSpan,
): Promise<readonly Charge[]> {
  const { items, complete } = await collect(bench.client.bills.listCharges(span));
  expect(complete).toBe(true);
  for (const charge of items) expectTouching(charge, span);
  return items.filter(({ resourceId }) => ids.includes(resourceId));
}

function expectTouching({ from, to }: Charge, span: BillSpan): void {
  const isInstant = (text: Instant) => new Date(text).toISOString() === text;
  expect([isInstant(from), isInstant(to), from <= to]).toEqual([true, true, true]);
  expect(from < span.to && (to > span.from || from >= span.from)).toBe(true);
}

/** More than nothing: discounts are the account's own. */
async function expectAboutThePrice(bench: Bench, charged: Money): Promise<void> {
  expect(compareMoney(charged, multiplyMoney(charged, '0'))).toBe(1);
  const { items } = await collect(bench.compute.listOfferings(bench.scope));
  const { machineType, zone, purchaseOption } = bench.target.sample;
  const price = items.find(
    (each) =>
      each.machineType === machineType && each.zone === zone && each.purchaseOption === purchaseOption,
  )?.pricePerHour;
  if (price === undefined || price.currency !== charged.currency) return;
  expect(compareMoney(charged, multiplyMoney(price, MOST_HOURS))).toBe(-1);
}

function sumOf(charges: readonly Charge[]): Money {
  const currency = charges[0]?.amount.currency ?? 'XXX';
  return sumMoney(
    currency,
    charges.map(({ amount }) => amount),
  );
}

function sorted(charges: readonly Charge[]): readonly string[] {
  return charges
    .map(({ resourceId, product, from, to, amount }) =>
      JSON.stringify([resourceId, from, to, product, amount]),
    )
    .toSorted();
}
