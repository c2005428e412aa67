import {
  sentence,
  type Deficit,
  type GroundOrders,
  type GrowOrder,
  type GuardFindings,
  type GuardLook,
  type PhaseName,
  type PhaseStage,
  type RunBrief,
  type RunRef,
} from '@springtide/contracts';
import { EffectLedger, MachineLife } from '@springtide/effects';
import { costOfUsage, isGivenUp, usageOf, type Intent } from '@springtide/effects/domain';
import { addMs, compareMoney, multiplyMoney, sumMoney } from '@springtide/kernel';
import { capacityOf, isReturning, missingCapacity, neededByNone, type RunPolicy } from './domain/index.js';
import type { RunEntity } from './data/campaign.entity.js';
import { skipsAfter, tellLateStart, tellSkipped } from './late-starts.js';
import { ResidualPlanner, type ResidualSolver } from './residual-planner.js';
import type { OpenRun, RunBook } from './run-book.js';
import { machinesOf } from './run-machines.js';
import { ordersOf } from './run-orders.js';
import { heedNotices, mayBeTakenBack } from './spot-notices.js';
import { heedLosses } from './vanished-machines.js';
import { summaryOf } from './run-timeline.js';
import { timerNotes } from './timer-notes.js';
import { lookAtEach, unseenNotes } from './unseen-machines.js';

/** What a run decides between its effects: read from truth, decided by pure functions, told in the story. */
export class RunEngine {
  private readonly life: MachineLife;
  private readonly residual: ResidualPlanner;

  constructor(
    private readonly book: RunBook,
    private readonly ledger: EffectLedger,
    solve: ResidualSolver,
  ) {
    this.life = new MachineLife(ledger);
    this.residual = new ResidualPlanner(book, ledger, solve);
  }

  async takeOwnership(tenantId: string, runId: string, owner: string): Promise<number> {
    return await this.ledger.takeFence(tenantId, runId, owner);
  }

  async readRun(tenantId: string, runId: string): Promise<RunBrief> {
    const open = await this.book.open(tenantId, runId);
    const { run, plan, policy } = open;
    const startBy = await skipsAfter(this.book, open);
    return {
      now: this.book.now(),
      control: run.control,
      heldUntil: run.safeHold?.until ?? null,
      revision: run.revision,
      phases: run.phases.map((phase) => ({
        ...{ ...phase, prepareAt: addMs(phase.startsAt, -plan.leadMs) },
        ...startBy(phase),
      })),
      services: plan.services.map((service) => service.name),
      guardEveryMs: policy.guardEveryMs,
    };
  }

  async enterPhase({ tenantId, runId, phase }: RunRef & { phase: PhaseName }): Promise<void> {
    const told = sentence('phase.prepare', { phase });
    await this.book.change(
      tenantId,
      runId,
      () => ({ phase, state: 'ramping', ...summaryOf(told) }),
      {
        step: `phase.${phase}.prepare`,
        sentences: [told],
        once: `phase/${phase}/prepare`,
      },
      'running',
    );
  }

  /** Of a phase that was not begun in time, or was over before anybody could begin it. */
  async noteSkipped({ tenantId, runId, phase }: RunRef & { phase: PhaseName }): Promise<void> {
    await tellSkipped(this.book, await this.book.open(tenantId, runId), phase);
  }

  async notePhaseReached({ tenantId, runId, phase }: RunRef & { phase: PhaseName }): Promise<void> {
    const open = await this.book.open(tenantId, runId);
    const machines = machinesOf(await this.ledger.listIntents(tenantId, { runId }));
    const ready = machines.filter(({ item }) => item.state === 'ready').length;
    const told = sentence('phase.ready', { phase, ready });
    const change = ({ phase: current, phases }: RunEntity): Partial<RunEntity> => {
      const at = (name: PhaseName | null) => phases.findIndex((one) => one.name === name);
      // The next one may be prepared already; one that only gives back is never prepared.
      return { state: 'holding', ...summaryOf(told), ...(at(phase) > at(current) ? { phase } : {}) };
    };
    await this.book.change(tenantId, runId, change, {
      step: `phase.${phase}.ready`,
      sentences: [told],
      facts: { ready },
      once: `phase/${phase}/ready/${open.run.revision}/${ready}`,
    });
  }

  /** Compares target and ground. `booting`: what counts as there, and is of no use until it was seen through. */
  async readOrders({
    tenantId,
    runId,
    fence,
    phase,
    stage,
  }: RunRef & { phase: PhaseName; stage: PhaseStage }): Promise<GroundOrders> {
    const open = await this.book.open(tenantId, runId);
    const intents = await this.ledger.listIntents(tenantId, { runId, kind: 'create' });
    const machines = machinesOf(intents);
    const orders = ordersOf(open, phase, machines);
    if (stage !== 'late' && orders.grow.length > 0) await tellLateStart(this.book, open, phase);
    const ahead = this.phasesAhead(open, phase).map((later) => ordersOf(open, later, machines).shrink);
    const failed = machines.filter(({ item }) => item.state === 'failed' && item.machineId !== null);
    const broken = failed.map((machine) => ({
      service: machine.service,
      targets: [{ ...machine, machineId: machine.item.machineId ?? '' }].map(asTarget),
    }));
    const shrink = stage !== 'grow' ? neededByNone(orders.shrink, ahead) : [];
    const booting = intents.filter(
      (intent) => wasInterrupted(intent, fence) || intent.items.some((item) => item.state === 'accepted'),
    );
    const unready = machines.filter(({ item }) => item.state === 'accepted' || item.state === 'running');
    return {
      grow: stage === 'late' ? [] : orders.grow,
      shrink: [...shrink, ...broken],
      booting: booting.map((intent) => intent.id),
      unready: [...new Set(unready.map((machine) => machine.service))],
    };
  }

  /** Later phases that are being prepared: what was bought for them is not let go. */
  private phasesAhead({ run, plan }: OpenRun, phase: PhaseName): readonly PhaseName[] {
    const now = this.book.now();
    return run.phases
      .filter(
        ({ name, startsAt }) => name !== phase && startsAt > now && addMs(startsAt, -plan.leadMs) <= now,
      )
      .map(({ name }) => name);
  }

  /** Where else a deficit is bought, now and in later phases, inside the approval. */
  async planFallback(
    input: RunRef & { phase: PhaseName; round: number; deficits: readonly Deficit[] },
  ): Promise<readonly GrowOrder[]> {
    return await this.residual.replan(input);
  }

  async noteShortage(input: RunRef & { phase: PhaseName; deficits: readonly Deficit[] }): Promise<void> {
    const { tenantId, runId, phase, deficits } = input;
    const open = await this.book.open(tenantId, runId);
    if (isReturning(open.run)) return;
    const machines = machinesOf(await this.ledger.listIntents(tenantId, { runId, kind: 'create' }));
    const capacity = (service: string, poolId: string) => capacityOf(open.plan, service, poolId);
    const missing = missingCapacity(deficits, ordersOf(open, phase, machines).grow, capacity);
    for (const { service, poolId, count, code } of deficits) {
      const short = Math.ceil(missing.get(service) ?? 0);
      if (short === 0) continue;
      await this.book.note(tenantId, runId, {
        step: 'provision.shortage',
        level: 'problem',
        sentences: [sentence('provision.shortage', { service, short, phase, count, pool: poolId, code })],
        facts: { service, count, code },
        once: `shortage/${phase}/${open.run.revision}/${service}/${poolId}/${code}`,
      });
    }
  }

  /** A phase could not be carried out as planned: told, and left as it stands. */
  async noteProblem(input: RunRef & { phase: PhaseName; detail: string }): Promise<void> {
    const { tenantId, runId, phase, detail } = input;
    const { run } = await this.book.open(tenantId, runId);
    await this.book.note(tenantId, runId, {
      step: 'phase.problem',
      level: 'problem',
      sentences: [sentence('phase.problem', { phase, detail })],
      once: `problem/${phase}/${run.revision}`,
    });
  }

  /**
   * Watches money, age and machines while a run is open; the leases live only as long as this is called. Between two such
   * ticks it can be asked for the machines alone. An account that does not answer is told in the story, and keeps nobody from
   * what else there is to watch.
   */
  async guardTick({ between = false, ...ref }: GuardLook): Promise<GuardFindings> {
    const { tenantId, runId } = ref;
    const { run, policy } = await this.book.open(tenantId, runId);
    if (isOver(run.state)) return { over: true, held: false };
    const intents = await this.ledger.listIntents(tenantId, { runId, kind: 'create', onlyUnreleased: true });
    if (!between || this.leasesAreDue(intents, policy)) await this.renewLeases(ref);
    await this.observeAll(ref, intents);
    const open = await this.book.open(tenantId, runId);
    const held = open.run.control === 'hold';
    if (!held) {
      await heedLosses(this.book, this.ledger, { tenantId, runId });
      await heedNotices(this.book, this.ledger, { tenantId, runId });
    }
    if (!between) await this.checkMoney(open, tenantId, runId);
    const found = { over: isOver(open.run.state), held };
    const lookAgainMs = open.policy.noticeEveryMs;
    return mayBeTakenBack(open.plan, machinesOf(intents)) ? { ...found, lookAgainMs } : found;
  }

  private async renewLeases({ tenantId, runId, fence }: RunRef): Promise<void> {
    const { policy: effects } = this.ledger.dependencies;
    const until = addMs(this.book.now(), effects.leaseMs);
    const troubles = await this.life.renewLeases(tenantId, runId, fence, until);
    for (const entry of timerNotes(troubles, this.book.now(), effects)) {
      await this.book.note(tenantId, runId, entry);
    }
  }

  /** Looks at clouds that do not answer take long, and leases do not wait for the next tick. */
  private leasesAreDue(intents: readonly Intent[], { guardEveryMs }: RunPolicy): boolean {
    const renewed = addMs(this.book.now(), this.ledger.dependencies.policy.leaseMs - guardEveryMs);
    return intents.some(({ releaseBy }) => releaseBy !== null && releaseBy < renewed);
  }

  private async observeAll({ tenantId, runId }: RunRef, intents: readonly Intent[]): Promise<void> {
    const settled = intents.filter((intent) => intent.state === 'settled');
    const unseen = await lookAtEach(settled, async ({ id }) => this.life.observe(tenantId, id));
    for (const entry of unseenNotes(unseen, settled, this.book.now()))
      await this.book.note(tenantId, runId, entry);
  }

  private async checkMoney(open: OpenRun, tenantId: string, runId: string): Promise<void> {
    const mandate = await this.ledger.findMandate(tenantId, runId);
    if (mandate === undefined || mandate.state !== 'open') return;
    const intents = await this.ledger.listIntents(tenantId, { runId, kind: 'create' });
    const now = this.book.now();
    const actual = sumMoney(
      mandate.budget.currency,
      intents.flatMap((intent) => usageOf(intent)).map((usage) => costOfUsage(usage, now)),
    );
    const used = (share: string) => compareMoney(actual, multiplyMoney(mandate.budget, share)) >= 0;
    if (used('1')) {
      await this.ledger.changeMandate(tenantId, runId, (current) => ({ ...current, state: 'frozen' }));
      await this.warnMoney(tenantId, runId, 'problem', '100');
    } else if (used('0.9')) {
      await this.warnMoney(tenantId, runId, 'warning', '90');
    } else if (used('0.7')) {
      await this.warnMoney(tenantId, runId, 'info', '70');
    }
  }

  private async warnMoney(
    tenantId: string,
    runId: string,
    level: 'info' | 'warning' | 'problem',
    percent: '70' | '90' | '100',
  ): Promise<void> {
    await this.book.note(tenantId, runId, {
      step: 'guard.budget',
      level,
      sentences: [sentence(`guard.budget-${percent}`, {})],
      facts: { percent },
      once: `budget/${percent}`,
    });
  }
}

/** While orders are read no phase of this owner is at work, so nobody waits for what is unanswered now. */
function wasInterrupted(intent: Intent, fence: number): boolean {
  const unanswered = intent.state === 'written' || intent.state === 'sent';
  return unanswered && intent.fence <= fence && !isGivenUp(intent);
}

function isOver(state: RunEntity['state']): boolean {
  return state === 'scaling-back' || state === 'verifying' || state === 'closed';
}

function asTarget(row: { intentId: string; machineId: string; accountId: string; region: string }) {
  const { intentId, machineId, accountId, region } = row;
  return { intentId, machineId, accountId, region };
}
