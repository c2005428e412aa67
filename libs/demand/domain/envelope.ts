/** How far a value that is a maximum looks, in steps: from `before` steps earlier to `after` steps later, itself included. */
export type EnvelopeReach = Readonly<{ before: number; after: number }>;

/** Highest value within the reach of each step, inside what there is. */
export function runningMaximum(values: readonly number[], reach: EnvelopeReach): readonly number[] {
  return extremes(values, reach, (candidate, kept) => candidate >= kept);
}

/** Lowest value within the reach of each step, inside what there is. */
export function runningMinimum(values: readonly number[], reach: EnvelopeReach): readonly number[] {
  return extremes(values, reach, (candidate, kept) => candidate <= kept);
}

/**
 * The tightest series that demand cannot exceed, where `maxima` are its running maxima: at any step, the lowest of all the
 * maxima that would have seen it. Reaches as far before and after the series as its maxima saw: index `i` of the answer is
 * step `i − offset`.
 */
export function tightestBound(
  maxima: readonly number[],
  { before, after }: EnvelopeReach,
): Readonly<{ offset: number; values: readonly number[] }> {
  const unknown = (length: number) => Array.from({ length }, () => Number.POSITIVE_INFINITY);
  const padded = [...unknown(before), ...maxima, ...unknown(after)];
  return { offset: before, values: runningMinimum(padded, { before: after, after: before }) };
}

/**
 * Steps at which demand itself is known from its running maxima: where they rise, what has just come into their reach is
 * their new value; where they fall, what has just left it was their old one.
 */
export function touchedSteps(
  maxima: readonly number[],
  { before, after }: EnvelopeReach,
): ReadonlyMap<number, number> {
  const touched = new Map<number, number>();
  let last = maxima[0] ?? 0;
  for (const [step, value] of maxima.entries()) {
    if (value > last) touched.set(step + after, value);
    if (value < last) touched.set(step - 1 - before, last);
    last = value;
  }
  return touched;
}

/** Monotonic queue: each index enters and leaves once. */
function extremes(
  values: readonly number[],
  { before, after }: EnvelopeReach,
  beats: (candidate: number, kept: number) => boolean,
): readonly number[] {
  const queue: number[] = [];
  const valueAt = (index: number): number => values[index] ?? 0;
  let head = 0;
  let entered = 0;
  return values.map((_, step) => {
    for (; entered <= Math.min(values.length - 1, step + after); entered += 1) {
      while (queue.length > head && beats(valueAt(entered), valueAt(queue.at(-1) ?? 0))) queue.pop();
      queue.push(entered);
    }
    while ((queue[head] ?? 0) < step - before) head += 1;
    return valueAt(queue[head] ?? step);
  });
}
