import {
  clausesFact,
  sentence,
  type RunRef,
  type WayBackNext,
  type WayBackPhase,
} from '@springtide/contracts';
import type { EffectLedger } from '@springtide/effects';
import { isGivenUp, type Intent } from '@springtide/effects/domain';
import { addMs, compareMoney, msBetween, zero } from '@springtide/kernel';
import type { EntityManager } from 'typeorm';
import { BringBack, counted, type Findings, type PhaseWork } from './bring-back.service.js';
import { findWayBack, saveWayBack, type KeptWayBack } from './data/way-back.repository.js';
import {
  again,
  beginningOf,
  currentPhase,
  entered,
  held,
  holdOf,
  inHaste,
  lookedAt,
  newWayBack,
  proved,
  wayBackLimits,
  type WayBack,
  type WayBackTurn,
} from './domain/index.js';
import type { EmptyEntrances } from './empty-entrances.service.js';
import type { OpenRun, RunBook } from './run-book.js';
import { summaryOf, type TimelineNote } from './run-timeline.js';

/** The longest rest between two looks: a lost signal costs at most this. */
const LOOK_AGAIN_MS = 60_000;

type WayBackStart = Readonly<{ tenantId: string; runId: string; owner: string; reason: string }>;

/**
 * Brings everything of a run back in named phases. Where it stands is truth, so that any worker goes on with it and people
 * see and steer it: each call looks once at one phase, and says which one comes next, and when.
 */
export class WayBackService {
  private readonly clouds: BringBack;

  constructor(
    private readonly book: RunBook,
    private readonly ledger: EffectLedger,
    private readonly entrances: Pick<EmptyEntrances, 'sendHome' | 'drain' | 'evict'>,
  ) {
    this.clouds = new BringBack(ledger);
  }

  /** Freezes purchases and takes the run over from whoever drove it. @returns where the way back stands. */
  async begin(start: WayBackStart): Promise<WayBackNext & { fence: number }> {
    const { tenantId, runId, owner, reason } = start;
    const fence = await this.ledger.takeFence(tenantId, runId, owner);
    await this.ledger.changeMandate(tenantId, runId, (mandate) =>
      mandate.state === 'open' ? { ...mandate, state: 'frozen' } : mandate,
    );
    const told = beginningOf(reason);
    const once = { step: 'scale-back.begin', sentences: [told], once: 'scale-back/begin' };
    const { run } = await this.book.open(tenantId, runId);
    if (run.closedAt === null) {
      const begun = () => ({ state: 'scaling-back' as const, ...summaryOf(told) });
      await this.book.change(tenantId, runId, begun, once, 'scaling-back');
    }
    // Asked before, not within: a unit of work that waits for another one holds its connection while the pool runs dry.
    const urgent = await this.stopped(tenantId);
    const open = await this.ledger.listIntents(tenantId, { runId, kind: 'create', onlyUnreleased: true });
    const kept = await this.changed(tenantId, runId, async (current) =>
      Promise.resolve({
        ...(current ?? { obstacles: [], found: [] }),
        progress: { ...resumed(current?.progress ?? newWayBack('', urgent), open), reason },
      }),
    );
    return { fence, next: currentPhase(kept.progress), waitMs: 0 };
  }

  /** One look at one phase; repeating it is safe. What fails is told in the phase itself, and looked at again. */
  async look(ref: RunRef, phase: WayBackPhase): Promise<WayBackNext> {
    const { tenantId, runId } = ref;
    const open = await this.book.open(tenantId, runId);
    const urgent = await this.stopped(tenantId);
    const before = await this.changed(tenantId, runId, async (current) =>
      Promise.resolve(atWork(current, phase, urgent, open, this.book.now())),
    );
    const { progress } = before;
    const hold = holdOf(progress, phase, this.book.now());
    if (hold !== null) return await this.keepHeld(ref, open, phase, hold.until);
    const row = progress.phases.find((one) => one.name === phase);
    if (row?.state !== 'working') return { next: currentPhase(progress), waitMs: 0 };
    const work = {
      ...ref,
      open,
      ...before,
      sweepEarly: holdOf(progress, 'satellites', this.book.now()) === null,
    };
    const findings = await this.workOn(phase, work, row.deadline);
    return await this.record(work, phase, findings);
  }

  private async workOn(
    phase: WayBackPhase,
    work: PhaseWork & Pick<KeptWayBack, 'progress'>,
    deadline: string | null,
  ): Promise<Findings> {
    switch (phase) {
      case 'weights':
        return await this.entrances.sendHome(work, deadline);
      case 'drain':
        return await this.entrances.drain(work, deadline);
      case 'evict':
        return await this.entrances.evict(work, deadline);
      case 'terminate':
        return await this.clouds.terminate(work);
      case 'gone':
        return await this.clouds.readGone(work);
      case 'satellites':
      case 'timers':
        return await this.clouds.sweep(work, phase);
      case 'reservations':
        return await this.checkBooks(work);
      case 'proof':
        return await this.prove(work);
      case 'bill-check':
        return { open: [], waitMs: 0, obstacles: work.obstacles };
    }
  }

  /**
   * With every proof the entrances are seen to once more, those that were late and those that were started again since:
   * once the run is closed, nobody commands them any more.
   */
  private async prove(work: PhaseWork & Pick<KeptWayBack, 'progress'>): Promise<Findings> {
    const { tenantId, runId, progress } = work;
    const home = progress.phases.find((row) => row.name === 'weights');
    const late = home?.state === 'skipped' ? [] : (await this.entrances.sendHome(work, null)).open;
    if (late.length > 0) {
      await this.book.note(tenantId, runId, {
        step: 'scale-back.not-home',
        level: 'problem',
        sentences: [sentence('scale-back.not-home', { problem: clausesFact(late) })],
        once: 'scale-back/not-home',
      });
    }
    return await this.clouds.prove(work);
  }

  /** Books that still hold room for machines that are all gone are a contradiction: told, and no reason to pay on. */
  private async checkBooks(work: PhaseWork): Promise<Findings> {
    const { tenantId, runId, obstacles } = work;
    const mandate = await this.ledger.findMandate(tenantId, runId);
    const intents = await this.ledger.listIntents(tenantId, { runId, kind: 'create', onlyUnreleased: true });
    const none = { waitMs: 0, obstacles };
    if (mandate === undefined || intents.length > 0) {
      return { ...none, open: counted('waits.unsettled', intents.length) };
    }
    if (mandate.machines !== 0 || compareMoney(mandate.reserved, zero(mandate.budget.currency)) !== 0) {
      await this.book.note(tenantId, runId, {
        step: 'scale-back.books',
        level: 'problem',
        sentences: [sentence('scale-back.books', { machines: mandate.machines, ...mandate.reserved })],
        once: 'scale-back/books',
      });
    }
    return { ...none, open: [] };
  }

  private async record(work: PhaseWork, phase: WayBackPhase, findings: Findings): Promise<WayBackNext> {
    const { tenantId, runId, open } = work;
    const at = this.book.now();
    let turn: WayBackTurn | undefined;
    const kept = await this.changed(tenantId, runId, async (current) => {
      if (current === undefined) throw new Error('the way back was begun');
      turn = turned(current.progress, phase, findings, open, at);
      const progress =
        turn.next === null
          ? { ...turn.wayBack, billCheckAt: addMs(at, open.policy.billCheckMs) }
          : turn.wayBack;
      return await Promise.resolve({
        progress,
        obstacles: findings.obstacles,
        found: findings.found ?? current.found,
      });
    });
    await this.tell(work, phase, kept);
    return { next: turn?.next ?? null, waitMs: turn?.waitMs ?? 0 };
  }

  /** A hold keeps machines: nobody else may end them while a person thinks. */
  private async keepHeld(
    ref: RunRef,
    open: OpenRun,
    phase: WayBackPhase,
    until: string,
  ): Promise<WayBackNext> {
    const { tenantId, runId } = ref;
    const at = this.book.now();
    await this.clouds.keepAlive(ref, addMs(at, this.ledger.dependencies.policy.leaseMs));
    const kept = await this.changed(tenantId, runId, async (current) => {
      const hold = current === undefined ? null : holdOf(current.progress, phase, at);
      if (current === undefined || hold === null) return await Promise.resolve(current ?? newKept());
      return { ...current, progress: held(current.progress, phase, hold) };
    });
    const row = kept.progress.phases.find((one) => one.name === phase);
    const told = sentence('now.way-back', { phase, waitsFor: clausesFact(row?.waitsFor ?? []) });
    await this.book.say(tenantId, runId, told);
    return { next: phase, waitMs: Math.min(open.policy.guardEveryMs, Math.max(1, msBetween(at, until))) };
  }

  private async tell(work: PhaseWork, phase: WayBackPhase, kept: KeptWayBack): Promise<void> {
    const { tenantId, runId, open } = work;
    const { progress, obstacles } = kept;
    const row = progress.phases.find((one) => one.name === phase);
    const at = this.book.now();
    const old = obstacles.find(
      (one) => one.nextTry === null || msBetween(one.since, at) >= open.policy.stuckMs,
    );
    const waitsFor = clausesFact(row?.waitsFor ?? []);
    const current = currentPhase(progress);
    const told =
      current === null
        ? sentence('now.way-back-end', { waitsFor })
        : sentence('now.way-back', { phase: current, waitsFor });
    const state = old === undefined ? (phase === 'proof' ? 'verifying' : 'scaling-back') : 'stuck';
    const entry = storyOf(phase, row?.state ?? 'working', waitsFor, progress.round);
    // A run that is closed stays closed, whatever turns up of it later.
    if (open.run.closedAt !== null || (open.run.state === state && entry === undefined)) {
      await this.book.say(tenantId, runId, told);
      return;
    }
    const campaign = state === 'stuck' ? 'stuck' : 'scaling-back';
    await this.book.change(tenantId, runId, () => ({ state, ...summaryOf(told) }), entry, campaign);
  }

  private async stopped(tenantId: string): Promise<boolean> {
    return (await this.ledger.findStopSwitch(tenantId))?.engaged === true;
  }

  private async changed(
    tenantId: string,
    runId: string,
    change: (current: KeptWayBack | undefined) => Promise<KeptWayBack>,
  ): Promise<KeptWayBack> {
    return await this.book.within(tenantId, runId, async (tx: EntityManager) => {
      const kept = await change(await findWayBack(tx, runId, 'for update'));
      await saveWayBack(tx, tenantId, runId, kept);
      return kept;
    });
  }
}

/** What comes to light after everything was back, as a machine that was given up, begins another round. */
function resumed(progress: WayBack, unreleased: readonly Intent[]): WayBack {
  const over = currentPhase(progress) === null && unreleased.some((intent) => !isGivenUp(intent));
  return over ? again(progress) : progress;
}

function newKept(): KeptWayBack {
  return { progress: newWayBack('', false), obstacles: [], found: [] };
}

function atWork(
  current: KeptWayBack | undefined,
  phase: WayBackPhase,
  urgent: boolean,
  { policy }: OpenRun,
  at: string,
): KeptWayBack {
  const kept = current ?? newKept();
  const limits = wayBackLimits(policy, urgent);
  const progress = urgent ? inHaste(kept.progress, limits) : kept.progress;
  if (holdOf(progress, phase, at) !== null) return { ...kept, progress };
  return { ...kept, progress: entered(progress, phase, limits, at) };
}

function turned(
  progress: WayBack,
  phase: WayBackPhase,
  findings: Findings,
  { policy }: OpenRun,
  at: string,
): WayBackTurn {
  // From the second round on only what is late is left, and that is tried again at its own pace.
  const rest = progress.round > 1 && findings.obstacles.length > 0 ? policy.retryMostMs : policy.pollMs;
  const waitMs = Math.min(LOOK_AGAIN_MS, Math.max(findings.waitMs, rest));
  if (phase !== 'proof') return lookedAt(progress, phase, { ...findings, waitMs }, at);
  return proved(
    progress,
    { open: findings.open, waitMs, apartMs: Math.max(policy.pollMs, findings.apartMs ?? 0) },
    at,
  );
}

/** The end of a phase is told once; of later rounds only the first, so that a cloud away for days fills no story. */
function storyOf(
  phase: WayBackPhase,
  state: string,
  waitsFor: string,
  round: number,
): TimelineNote | undefined {
  const time = round === 1 ? 'first' : 'again';
  const once = `way-back/${phase}/${state}/${time}`;
  const step = `scale-back.${phase}`;
  const facts = { phase, waitsFor };
  switch (state) {
    case 'done':
      return { step, sentences: [sentence('scale-back.done', facts)], once };
    case 'overdue':
    case 'skipped':
    case 'ahead':
      return {
        step,
        level: 'warning',
        sentences: [sentence(`scale-back.${state}`, facts)],
        once,
      };
    default:
      return undefined;
  }
}
