import type { DemandSeries } from '@springtide/demand/domain';
import { MINUTE, SpringtideError } from '@springtide/kernel';
import { normal, seeded, type Draw } from './seeded.js';

/** Two weeks by the minute, of shapes as different as businesses have them. None is taken from real series. */
export const SYNTHETIC_SERIES: Readonly<Record<string, (draw: Draw) => number[]>> = {
  'flash-sale': flashSale,
  'sale-from-nothing': saleFromNothing,
  'double-eleven': doubleEleven,
  diurnal: (draw) => dayShaped(1_000, wander(draw, { steps: STEPS, memory: 0.98, spread: 0.02 })),
  'diurnal-noisy': (draw) => dayShaped(1_000, wander(draw, { steps: STEPS, memory: 0, spread: 0.15 })),
  'small-counts': smallCounts,
  'stock-volume': stockVolume,
  'step-changes': stepChanges,
  'five-minute-counts': (draw) => coarse(draw, { stepMinutes: 5, memory: 0.8, spread: 0.3, filling: 'hold' }),
  'five-minute-noise': (draw) =>
    coarse(draw, { stepMinutes: 5, memory: 0.5, spread: 0.4, filling: 'linear' }),
  'hourly-readings': (draw) => coarse(draw, { stepMinutes: 60, memory: 0.5, spread: 0.2, filling: 'linear' }),
  'lone-spikes': loneSpikes,
  'short-pulses': shortPulses,
};

const DAY = 1_440;
const STEPS = 14 * DAY;

/** @throws invalid-argument for a name that is not in the list. */
export function syntheticSeries(name: string, seed: number): DemandSeries {
  const make = SYNTHETIC_SERIES[name];
  if (make === undefined) {
    const known = Object.keys(SYNTHETIC_SERIES).join(', ');
    throw new SpringtideError('invalid-argument', `there is no synthetic series "${name}"; known: ${known}`);
  }
  return { startsAt: '2026-11-01T00:00:00.000Z', stepMs: MINUTE, values: make(seeded(seed)) };
}

/** Low at night, highest in the evening. */
function dayShape(step: number): number {
  return 0.35 + 0.65 * Math.max(0, Math.sin((Math.PI * ((step % DAY) - 420)) / 1_080)) ** 1.2;
}

/** Autoregressive noise around 0. */
function wander(draw: Draw, by: Readonly<{ steps: number; memory: number; spread: number }>): number[] {
  let at = 0;
  return Array.from({ length: by.steps }, () => {
    at = by.memory * at + by.spread * normal(draw);
    return at;
  });
}

function dayShaped(height: number, logarithms: readonly number[]): number[] {
  return logarithms.map((deviation, step) => height * dayShape(step) * Math.exp(deviation));
}

function add(values: number[], step: number, more: number): void {
  const value = values[step];
  if (value !== undefined) values[step] = value + more;
}

function flashSale(draw: Draw): number[] {
  const values = Array.from({ length: STEPS }, (_, step) => 40 * dayShape(step) * (1 + 0.05 * normal(draw)));
  for (let sale = 0; sale < 8; sale += 1) {
    const at = Math.floor(draw() * (STEPS - 2_000)) + 1_000;
    const height = 300 + 900 * draw();
    const fade = 8 + 60 * draw();
    for (let k = 0; k < 600; k += 1) {
      add(values, at + k, height * Math.exp(-k / fade) * (1 + 0.05 * normal(draw)));
    }
  }
  return values;
}

/** Nothing before the sale tells anything about its level or its time. */
function saleFromNothing(draw: Draw): number[] {
  const values = Array.from({ length: STEPS }, () => 1);
  for (let sale = 0; sale < 8; sale += 1) {
    const at = Math.floor(draw() * (STEPS - 2_000)) + 1_000;
    const height = 300 + 900 * draw();
    const minutes = 5 + Math.floor(draw() * 60);
    for (let k = 0; k < minutes; k += 1) add(values, at + k, height);
  }
  return values;
}

function doubleEleven(draw: Draw): number[] {
  const values = Array.from({ length: STEPS }, (_, step) => 100 * dayShape(step) * (1 + 0.03 * normal(draw)));
  for (let day = 2; day < 13; day += 2) {
    const midnight = day * DAY + Math.floor(120 * draw());
    const height = 800 + 400 * draw();
    for (let k = -60; k < 900; k += 1) {
      add(values, midnight + k, height * saleShape(k) * (1 + 0.04 * normal(draw)));
    }
  }
  return values;
}

/** Waiting before midnight, the rush, the long day after it, and its end. */
function saleShape(minute: number): number {
  if (minute < 0) return (0.15 * (minute + 60)) / 60;
  const end = minute > 600 ? Math.exp(-(minute - 600) / 60) : 1;
  return (0.25 + 0.75 * Math.exp(-minute / 25)) * end;
}

function smallCounts(draw: Draw): number[] {
  return Array.from({ length: STEPS }, (_, step) => {
    const mean = 60 * dayShape(step);
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(draw)));
  });
}

/** Busy at the opening and the close, next to nothing at night. */
function stockVolume(draw: Draw): number[] {
  const noise = wander(draw, { steps: STEPS, memory: 0.7, spread: 0.25 });
  return noise.map((deviation, step) => {
    const minute = step % DAY;
    const open = minute >= 570 && minute < 960;
    const fromNoon = (minute - 765) / 195;
    const level = open ? 400 + 900 * fromNoon ** 2 + (minute < 580 ? 1_000 : 0) : 15;
    return level * Math.exp(deviation);
  });
}

function stepChanges(draw: Draw): number[] {
  const values: number[] = [];
  while (values.length < STEPS) {
    const level = 50 + 950 * draw() ** 2;
    const minutes = 30 + Math.floor(400 * draw());
    for (let k = 0; k < minutes; k += 1) values.push(level * (1 + 0.02 * normal(draw)));
  }
  return values.slice(0, STEPS);
}

type Coarse = Readonly<{
  stepMinutes: number;
  memory: number;
  spread: number;
  filling: 'linear' | 'hold';
}>;

/** A series that was read every few minutes only. */
function coarse(draw: Draw, { stepMinutes, memory, spread, filling }: Coarse): number[] {
  const noise = wander(draw, { steps: STEPS / stepMinutes + 1, memory, spread });
  const readings = noise.map((deviation, k) => 100 * dayShape(k * stepMinutes) * Math.exp(deviation));
  return Array.from({ length: STEPS }, (_, step) => {
    const at = Math.floor(step / stepMinutes);
    const part = filling === 'hold' ? 0 : (step % stepMinutes) / stepMinutes;
    return (readings[at] ?? 0) * (1 - part) + (readings[at + 1] ?? 0) * part;
  });
}

/** Single minutes that are several times as high as those around them: the machines for them boot longer than they serve. */
function loneSpikes(draw: Draw): number[] {
  const noise = wander(draw, { steps: STEPS, memory: 0.9, spread: 0.1 });
  return noise.map((deviation, step) => {
    const spike = draw() < 0.003 ? 2 + 4 * draw() : 1;
    return 200 * dayShape(step) * Math.exp(deviation) * spike;
  });
}

/** Three minutes in every thirty. */
function shortPulses(draw: Draw): number[] {
  return Array.from({ length: STEPS }, (_, step) =>
    step % 30 < 3 ? 30 + 500 * (0.6 + 0.4 * draw()) : 30 + 20 * draw(),
  );
}
