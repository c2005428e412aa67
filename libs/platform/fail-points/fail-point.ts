import { writeSync } from 'node:fs';
import { FAIL_POINTS, type FailPointName } from './fail-point-names.js';

/** `purchase.answered`; the third time it is passed: `purchase.answered@3`; always: `@every`. Several with commas. */
const ORDERS = 'SPRINGTIDE_FAIL_POINTS';

/** Resumes whatever waits at a fail point of this process. */
const RESUME = 'SIGUSR2';

type FailPoint = (name: FailPointName) => Promise<void> | undefined;

/**
 * A place where a test may end this process or hold it up. Off, which it is unless the environment of the process names
 * it, it does nothing at all. On, it prints `fail point reached: <name>` and waits, for SIGKILL or for SIGUSR2.
 * It is no setting of the product: nothing but this environment variable can switch it on.
 */
export const failPoint: FailPoint = armedFailPoint(process.env[ORDERS]);

/** @throws when an order names no fail point: a test that waits for it would wait for ever. */
export function armedFailPoint(orders: string | undefined, hold = holdProcess): FailPoint {
  if (orders === undefined || orders === '') return () => undefined;
  const waiting = new Map(orders.split(',').map(parse));
  return (name) => {
    const passes = waiting.get(name);
    if (passes === undefined) return undefined;
    if (passes === 'every') return hold(name);
    waiting.set(name, passes - 1);
    return passes === 1 ? hold(name) : undefined;
  };
}

function parse(order: string): [FailPointName, number | 'every'] {
  const [name = '', passes = '1'] = order.split('@');
  if (!Object.hasOwn(FAIL_POINTS, name) || !/^([1-9]\d*|every)$/.test(passes))
    throw new Error(`${ORDERS}: "${order}" is no fail point; known: ${Object.keys(FAIL_POINTS).join(', ')}`);
  return [name as FailPointName, passes === 'every' ? passes : Number(passes)];
}

async function holdProcess(name: FailPointName): Promise<void> {
  await new Promise<void>((resume) => {
    process.once(RESUME, () => resume());
    // Past every buffer: whoever reads this line may end the process before the next one.
    writeSync(2, `fail point reached: ${name}\n`);
  });
}
