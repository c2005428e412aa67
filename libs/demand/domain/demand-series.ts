import { SpringtideError, type Instant } from '@springtide/kernel';

/** Demand at equal steps: `values[i]` holds from `startsAt + i × stepMs` for one step. Requests per second, or any other unit. */
export type DemandSeries = Readonly<{ startsAt: Instant; stepMs: number; values: readonly number[] }>;

/** What was read at one instant, from a file or a metrics store. */
export type DemandSample = Readonly<{ atMs: number; value: number }>;

/**
 * How values between two coarser samples are made: `linear` for readings of a quantity, `hold` for counts per interval,
 * where the last reading is all that is known.
 */
export type Filling = 'linear' | 'hold';

/** How a series is made of samples. More than `mostSteps` are refused before any memory is taken for them. */
type Resampling = Readonly<{ stepMs: number; filling: Filling; mostSteps: number }>;

/**
 * Samples, in any order and spacing, at equal steps. Where several samples fall into a step the step has their mean; where
 * none does it is filled. Steps lie on whole multiples of `stepMs` and begin and end inside what was sampled.
 * @throws invalid-argument when there are fewer than two distinct instants, or too long a time between them.
 */
export function resample(
  samples: readonly DemandSample[],
  { stepMs, filling, mostSteps }: Resampling,
): DemandSeries {
  const points = meanPerStep(samples, stepMs);
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || first === last) {
    throw new SpringtideError(
      'invalid-argument',
      `a demand series needs samples at two instants at least, ${samples.length} sample(s) are not enough; nothing was planned from it`,
      { nextStep: 'Export a longer period.' },
    );
  }
  const steps = last.step - first.step + 1;
  if (steps > mostSteps) {
    throw new SpringtideError(
      'invalid-argument',
      `the series would have ${steps} steps, from ${startOf(first, stepMs)} to ${startOf(last, stepMs)}, more than the ${mostSteps} that are kept; nothing was stored or planned from it`,
      {
        nextStep:
          'Look whether its first or last instant is wrong; else take a shorter period, or a larger step.',
      },
    );
  }
  const values: number[] = [];
  let from = first;
  for (const to of points.slice(1)) {
    const gap = to.step - from.step;
    for (let k = 0; k < gap; k += 1) {
      values.push(filling === 'hold' ? from.value : from.value + ((to.value - from.value) * k) / gap);
    }
    from = to;
  }
  values.push(last.value);
  return { startsAt: startOf(first, stepMs), stepMs, values };
}

type StepPoint = Readonly<{ step: number; value: number }>;

function startOf({ step }: StepPoint, stepMs: number): Instant {
  return new Date(step * stepMs).toISOString();
}

function meanPerStep(samples: readonly DemandSample[], stepMs: number): readonly StepPoint[] {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { atMs, value } of samples) {
    const step = Math.floor(atMs / stepMs);
    const entry = sums.get(step) ?? { sum: 0, count: 0 };
    sums.set(step, { sum: entry.sum + value, count: entry.count + 1 });
  }
  return [...sums]
    .map(([step, { sum, count }]) => ({ step, value: sum / count }))
    .toSorted((a, b) => a.step - b.step);
}
