import type { RunCommand } from '@springtide/contracts';
import {
  addMoney,
  compareMoney,
  decimal,
  money,
  msBetween,
  multiplyMoney,
  sumMoney,
  HOUR,
  type Instant,
  type Money,
} from '@springtide/kernel';
import type { PlanContent } from './plan-content.js';
import type { RunTargets } from './run-targets.js';

type Standing = Readonly<{
  state: string;
  control: 'run' | 'pause' | 'hold' | 'abort';
  closedAt: unknown;
}>;

/** Why a command fits not where the run really is; nothing is changed then. */
export type CommandRefusal = Readonly<{ message: string; nextStep: string }>;

type Name = RunCommand['command'];

const RETURNING: readonly string[] = ['scaling-back', 'verifying', 'stuck'];
const ON_THE_WAY_BACK: readonly Name[] = ['hold', 'go-on', 'skip-waiting', 'abort'];
const IN_SAFE_HOLD: readonly Name[] = ['go-on', 'abort', 'extend', 'raise-budget', 'raise-limits', 'hold'];

/** Whether the machines of a run are on their way out, or were told to be. */
export function isReturning({ state, control, closedAt }: Standing): boolean {
  return closedAt !== null || control === 'abort' || RETURNING.includes(state);
}

/** What the run's true state forbids. A stop is never refused. */
export function refusalOf(command: Name, run: Standing): CommandRefusal | undefined {
  if (command === 'abort') return undefined;
  if (run.closedAt !== null) {
    return {
      message: `this run is closed: nothing of it is left; "${command}" changed nothing`,
      nextStep: 'Plan a new campaign if capacity is needed again.',
    };
  }
  if (isReturning(run) && !ON_THE_WAY_BACK.includes(command)) {
    const where =
      run.state === 'stuck' ? 'stuck on its way back' : run.control === 'abort' ? 'stopped' : run.state;
    return {
      message: `this run is ${where}: its machines are on their way out; "${command}" changed nothing`,
      nextStep: 'Plan a new campaign if capacity is needed again.',
    };
  }
  if (!isReturning(run) && run.control === 'hold' && !IN_SAFE_HOLD.includes(command)) {
    return {
      message: `this run is in safe hold: nothing is bought or ended; "${command}" changed nothing`,
      nextStep: 'Let it go on, or bring everything back.',
    };
  }
  if (!isReturning(run) && run.control !== 'hold' && (command === 'go-on' || command === 'skip-waiting')) {
    return {
      message: `this run is ${run.control === 'pause' ? 'paused' : run.state}; nothing of it is held, and "${command}" changed nothing`,
      nextStep: run.control === 'pause' ? 'Resume it.' : 'It goes on by itself.',
    };
  }
  return undefined;
}

/** What of an approval new targets would break; money and machines as the books have them now. */
type Granted = Readonly<{
  poolIds: readonly string[];
  maxMachines: number;
  maxPerHour: Money;
  budget: Money;
  reserved: Money;
  committed: Money;
}>;

/**
 * Whether new targets stay inside what was approved. More than that takes another approval.
 * @returns what is broken, in words; undefined when nothing is.
 */
export function outsideApproval(
  granted: Granted,
  plan: Pick<PlanContent, 'pools'>,
  phases: readonly Readonly<{ name: string; startsAt: Instant; endsAt: Instant }>[],
  change: Readonly<{ from: RunTargets; to: RunTargets }>,
  now: Instant,
): string | undefined {
  const { currency } = granted.budget;
  const priceOf = (poolId: string) =>
    plan.pools.find((pool) => pool.id === poolId)?.pricePerHour ?? money(currency, 0);
  const foreign = change.to.find((row) => row.machines > 0 && !granted.poolIds.includes(row.poolId));
  if (foreign !== undefined) return `pool ${foreign.poolId} was not approved`;
  for (const phase of phases.filter(({ endsAt }) => endsAt > now)) {
    const rows = change.to.filter((row) => row.phase === phase.name);
    const machines = rows.reduce((sum, row) => sum + row.machines, 0);
    if (machines > granted.maxMachines) {
      return `${machines} machines would be needed in ${phase.name}, and ${granted.maxMachines} are approved`;
    }
    const perHour = sumMoney(
      currency,
      rows.map((row) => multiplyMoney(priceOf(row.poolId), row.machines)),
    );
    if (compareMoney(perHour, granted.maxPerHour) > 0) {
      return `${phase.name} would cost ${perHour.amount} ${currency} an hour, and ${granted.maxPerHour.amount} are approved`;
    }
  }
  const more = sumMoney(
    currency,
    phases.map((phase) => costOfGrowth(phase, change, priceOf, now, currency)),
  );
  const total = addMoney(addMoney(granted.reserved, granted.committed), more);
  if (compareMoney(more, money(currency, 0)) > 0 && compareMoney(total, granted.budget) > 0) {
    return `${total.amount} ${currency} would be committed, and ${granted.budget.amount} are approved`;
  }
  return undefined;
}

function costOfGrowth(
  phase: Readonly<{ name: string; startsAt: Instant; endsAt: Instant }>,
  { from, to }: Readonly<{ from: RunTargets; to: RunTargets }>,
  priceOf: (poolId: string) => Money,
  now: Instant,
  currency: string,
): Money {
  const left = Math.max(0, msBetween(phase.startsAt > now ? phase.startsAt : now, phase.endsAt));
  const hours = decimal(left).dividedBy(HOUR);
  const before = (service: string, poolId: string) =>
    from.find((row) => row.service === service && row.poolId === poolId && row.phase === phase.name)
      ?.machines ?? 0;
  return sumMoney(
    currency,
    to
      .filter((row) => row.phase === phase.name && row.machines > before(row.service, row.poolId))
      .map((row) =>
        multiplyMoney(
          multiplyMoney(priceOf(row.poolId), row.machines - before(row.service, row.poolId)),
          hours,
        ),
      ),
  );
}

/** What the machines of the targets serve of a service in a phase, the standing fleet included. */
export function targetCapacity(
  targets: RunTargets,
  plan: Pick<PlanContent, 'sheets' | 'standing'>,
  of: Readonly<{ service: string; phase: string }>,
): number {
  const standing = plan.standing.find((row) => row.service === of.service)?.requestsPerSecond ?? 0;
  return targets
    .filter((row) => row.service === of.service && row.phase === of.phase)
    .reduce((sum, row) => {
      const sheet = plan.sheets.find((one) => one.service === row.service && one.poolId === row.poolId);
      return sum + row.machines * (sheet?.requestsPerSecond ?? 0);
    }, standing);
}
