import {
  ordersFact,
  sentence,
  type Deficit,
  type GrowOrder,
  type PhaseName,
  type RunRef,
  type Sentence,
} from '@springtide/contracts';
import type { EffectLedger } from '@springtide/effects';
import type { Mandate } from '@springtide/effects/domain';
import {
  SpringtideError,
  addMoney,
  asSpringtideError,
  compareMoney,
  money,
  subtractMoney,
  type Money,
} from '@springtide/kernel';
import { solvePlan } from '@springtide/planning';
import type { CapacityPlan, PlanningProblem } from '@springtide/planning/domain';
import {
  isReturning,
  refusedAlongWith,
  residualQuestion,
  residualTargets,
  type Holder,
  type Residual,
  type RunTargets,
} from './domain/index.js';
import { holdersIn } from './plan-facts.service.js';
import type { OpenRun, RunBook } from './run-book.js';
import { deliveredOf, machinesOf, type RunMachine } from './run-machines.js';
import { ordersOf } from './run-orders.js';

export type ResidualSolver = (
  problem: PlanningProblem,
) => Promise<Pick<CapacityPlan, 'machines' | 'shortage' | 'phases'>>;

/** Names the solver among the parts of an app: a simulated world lets time stand still while it thinks. */
export const RESIDUAL_SOLVER = 'ResidualSolver';

/** A run waits for this answer in the middle of its ramp. */
const SOLVER_DEADLINE_MS = 3_000;
export const solveSoon: ResidualSolver = async (problem) =>
  await solvePlan(problem, { deadlineMs: SOLVER_DEADLINE_MS, handOver: 'never' });

type Round = RunRef & Readonly<{ phase: PhaseName; round: number; deficits: readonly Deficit[] }>;
type Ground = Readonly<{ open: OpenRun; machines: readonly RunMachine[]; refused: ReadonlySet<string> }>;

/**
 * Plans the rest of a run anew after a shortage: what was delivered is fixed, pools that refused are out, and what is
 * missing now and in later phases is bought on the other approved pools, for the money that is left. Inside the
 * approval, so nobody is asked.
 */
export class ResidualPlanner {
  constructor(
    private readonly book: RunBook,
    private readonly ledger: EffectLedger,
    private readonly solve: ResidualSolver,
  ) {}

  /** @returns what to buy for this phase instead; empty when nothing can stand in. */
  async replan(input: Round): Promise<readonly GrowOrder[]> {
    const { tenantId, runId, phase, round } = input;
    const open = await this.book.open(tenantId, runId);
    if (isReturning(open.run) || round >= open.policy.fallbackRounds) return [];
    const machines = machinesOf(await this.ledger.listIntents(tenantId, { runId, kind: 'create' }));
    const ground = { open, machines, refused: refusedPools(open, machines, input.deficits) };
    const targets = await this.newTargets(input, ground);
    // Who stopped the run while it was thought about must not read what would be bought instead.
    if (isReturning((await this.book.open(tenantId, runId)).run)) return [];
    const lacking = ordersOf(open, phase, machines, targets).grow;
    const orders = lacking.filter((order) => !ground.refused.has(order.poolId));
    await this.tell(input, open, orders);
    if (orders.length > 0)
      await this.tellShortage(
        input,
        open,
        lacking.filter((order) => !orders.includes(order)),
      );
    return orders;
  }

  /** Also what an attempt before this one has saved already; then nothing is missing any more. */
  private async newTargets(input: Round, ground: Ground): Promise<RunTargets> {
    const { tenantId, runId } = input;
    const { run, plan } = ground.open;
    const mandate = await this.ledger.findMandate(tenantId, runId);
    if (mandate === undefined) throw new SpringtideError('internal', `run ${runId} has no mandate`);
    const residual = residualQuestion({
      content: plan,
      targets: run.targets,
      delivered: countOf(ground.machines),
      refused: ground.refused,
      phases: run.phases,
      left: leftOf(mandate),
      now: this.book.now(),
      holders: await this.holders(input, ground.open),
      drainMs: ground.open.policy.drainMs,
    });
    if (residual === undefined) return run.targets;
    const answer = await this.solved(input, residual);
    if (answer === undefined) return run.targets;
    const targets = residualTargets(residual, answer, plan);
    await this.book.change(
      tenantId,
      runId,
      // A command that came meanwhile was told to the run, which compares everything again.
      (now) => (now.revision === run.revision ? { targets } : {}),
      this.storyOf(input, run.targets, targets),
    );
    return targets;
  }

  /** A plan that kept no limits cannot tell what others would lack. */
  private async holders({ tenantId, runId }: Round, { campaign, plan }: OpenRun): Promise<readonly Holder[]> {
    const { limitsAt: asOf } = plan;
    if (asOf === undefined) return [];
    const beside = { campaignId: campaign.id, asOf };
    return await this.book.within(tenantId, runId, async (tx) => await holdersIn(tx, tenantId, beside));
  }

  private async solved(input: Round, { problem }: Residual) {
    try {
      return await this.solve(problem);
    } catch (thrown) {
      const { tenantId, runId, phase, round } = input;
      await this.book.note(tenantId, runId, {
        step: 'plan.residual',
        level: 'problem',
        sentences: [sentence('plan.residual-failed', { message: asSpringtideError(thrown).message })],
        once: `residual/${phase}/${input.fence}/${round}/failed`,
      });
      return undefined;
    }
  }

  private storyOf({ phase, round, fence }: Round, before: RunTargets, after: RunTargets) {
    const more = after.flatMap((row) => {
      const was = before.find(
        (b) => b.service === row.service && b.poolId === row.poolId && b.phase === row.phase,
      );
      const machines = row.machines - (was?.machines ?? 0);
      return machines > 0 ? [{ ...row, machines }] : [];
    });
    return {
      step: 'plan.residual',
      sentences: [
        more.length === 0
          ? sentence('plan.residual-none', {})
          : sentence('plan.residual', { added: ordersFact(more) }),
      ],
      facts: { added: more.length },
      once: `residual/${phase}/${fence}/${round}`,
    };
  }

  private async tell(
    { tenantId, runId, phase, round, deficits }: Round,
    open: OpenRun,
    orders: readonly GrowOrder[],
  ) {
    for (const { service, poolId, count, code } of deficits) {
      await this.book.note(tenantId, runId, {
        step: 'provision.fallback',
        level: 'warning',
        sentences: [insteadOf({ service, pool: poolId, count, code }, orders)],
        facts: { poolId, count, code },
        once: `fallback/${phase}/${open.run.revision}/${round}/${service}/${poolId}`,
      });
    }
  }

  /** Where nothing at all can stand in, the phase itself says so. */
  private async tellShortage(
    { tenantId, runId, phase, round }: Round,
    open: OpenRun,
    left: readonly GrowOrder[],
  ) {
    for (const { service, poolId, count } of left) {
      await this.book.note(tenantId, runId, {
        step: 'provision.shortage',
        level: 'problem',
        sentences: [sentence('provision.shortage-left', { service, count, pool: poolId, phase })],
        facts: { service, poolId, count },
        once: `shortage/${phase}/${open.run.revision}/${service}/${poolId}/round-${round}`,
      });
    }
  }
}

function refusedPools({ plan }: OpenRun, machines: readonly RunMachine[], deficits: readonly Deficit[]) {
  const before = machines
    .filter(({ item }) => item.state === 'refused')
    .map(({ poolId, item }) => ({ poolId, code: item.refusal?.code ?? 'unknown' }));
  return refusedAlongWith([...deficits, ...before], plan.pools);
}

function countOf(machines: readonly RunMachine[]): (service: string, poolId: string) => number {
  const delivered = deliveredOf(machines);
  return (service, poolId) =>
    delivered.filter((machine) => machine.service === service && machine.poolId === poolId).length;
}

function leftOf({ budget, reserved, committed }: Mandate): Money {
  const nothing = money(budget.currency, 0);
  const left = subtractMoney(budget, addMoney(reserved, committed));
  return compareMoney(left, nothing) > 0 ? left : nothing;
}

function insteadOf(
  missing: Readonly<{ service: string; pool: string; count: number; code: string }>,
  orders: readonly GrowOrder[],
): Sentence {
  const own = orders.filter((order) => order.service === missing.service);
  if (own.length === 0) return sentence('provision.fallback-none', missing);
  const instead = ordersFact(own.map(({ count, poolId }) => ({ machines: count, poolId })));
  return sentence('provision.fallback', { ...missing, instead });
}
