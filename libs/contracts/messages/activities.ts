import type { PHASE_NAMES } from '../campaign.js';
import type { Sentence } from '../reasons/sentence.js';
import type { WayBackPhase } from '../way-back.js';
import type { BillCheckInput } from './workflows.js';

export type PhaseName = (typeof PHASE_NAMES)[number];

/** Which run, and which owner of it speaks. Everything else is read from truth by the activity. */
export type RunRef = Readonly<{ tenantId: string; runId: string; fence: number }>;

/** `startBy`: a phase that was not begun until then is skipped: nothing is bought for it. Left out: it always begins. */
export type BriefPhase = Readonly<{
  name: PhaseName;
  prepareAt: string;
  startsAt: string;
  endsAt: string;
  startBy?: string;
}>;

/** The run as its workflow needs it: small, JSON-safe, read afresh before every decision. */
export type RunBrief = Readonly<{
  now: string;
  control: 'run' | 'pause' | 'hold' | 'abort';
  /** With `hold`: until then nothing is bought or ended, unless a person decides; then everything goes back. */
  heldUntil?: string | null;
  /** Rises with every command or event that changes targets or times. */
  revision: number;
  /** Phases in order. `prepareAt`: when buying for it must begin so that it is ready at `startsAt`. */
  phases: readonly BriefPhase[];
  services: readonly string[];
  guardEveryMs: number;
}>;

/**
 * Before a phase starts its run only grows toward it (`grow`); from its start on it also lets go what the phase does not need
 * (`full`). Of one that was not begun in time it does only that (`late`).
 */
export type PhaseStage = 'grow' | 'full' | 'late';

/** `between`: a short look between two ticks, at machines that may be taken back and at their entrances, at nothing else. */
export type GuardLook = RunRef & Readonly<{ between?: boolean }>;

/** `lookAgainMs`: machines live that their cloud may take back at short notice, so look again so soon. */
export type GuardFindings = Readonly<{ over: boolean; held: boolean; lookAgainMs?: number }>;

/** Machines to add on one pool, or to let go. */
export type GrowOrder = Readonly<{ service: string; poolId: string; count: number; batchSize: number }>;
export type ShrinkOrder = Readonly<{
  service: string;
  targets: readonly Readonly<{ intentId: string; machineId: string; accountId: string; region: string }>[];
}>;
export type PhaseOrders = Readonly<{ grow: readonly GrowOrder[]; shrink: readonly ShrinkOrder[] }>;
export type GroundOrders = PhaseOrders &
  Readonly<{
    /** Intents with machines that were bought and are not seen running yet. */
    booting: readonly string[];
    /** Services with machines that run and take no traffic yet. */
    unready: readonly string[];
  }>;

export type BatchOrder = RunRef &
  Readonly<{
    phase: PhaseName;
    revision: number;
    round: number;
    /**
     * Which turn of the phase this is: what one turn was refused, another one asks for again. Left out by histories of 0.1.0.
     */
    turn?: string;
    service: string;
    poolId: string;
    batch: number;
    count: number;
  }>;

export type BatchResult = Readonly<{
  intentId: string | null;
  running: number;
  /** Machines that did not come, by cause. */
  refused: readonly Readonly<{ code: string; count: number }>[];
}>;

export type Deficit = Readonly<{ service: string; poolId: string; count: number; code: string }>;

export type ShiftOrder = RunRef &
  Readonly<{
    service: string;
    /** Unique for every shift of a run, so that each step is an effect of its own. */
    shift: string;
    /** Machines that must lose their traffic, because they are about to go. */
    leaving: readonly string[];
  }>;

/** One of several looks at machines that join. Without it a join waits for all of them. */
export type JoinPass = Readonly<{
  /** The longest this look waits. */
  withinMs: number;
  /** Others are still being bought: nobody is given up. */
  more: boolean;
  /** As the look before said; left out at the first. */
  since?: string | undefined;
}>;

export type JoinResult = Readonly<{
  ready: number;
  unhealthy: number;
  /** When the wait for the last ones began. Versions before 0.2.0 do not say, and waited for all. */
  since?: string;
}>;

export type ShiftPlan = Readonly<{
  from: Readonly<Record<string, number>>;
  to: Readonly<Record<string, number>>;
  /** Parts of the way, in order; the last is 1. Empty: nothing to move. */
  fractions: readonly number[];
}>;

export type ShiftStepResult = Readonly<{ passed: boolean; reason: string; why?: Sentence }>;

/** Which phase of the way back comes next, and how long to rest before; null: none. */
export type WayBackNext = Readonly<{ next: WayBackPhase | null; waitMs: number }>;

export interface PlanActivities {
  refreshMarket(input: { tenantId: string; planId: string }): Promise<void>;
  solvePlan(input: { tenantId: string; planId: string }): Promise<void>;
  failPlan(input: { tenantId: string; planId: string; reason: string }): Promise<void>;
}

export interface RunActivities {
  takeOwnership(input: { tenantId: string; runId: string; owner: string }): Promise<number>;
  readRun(input: { tenantId: string; runId: string }): Promise<RunBrief>;
  enterPhase(input: RunRef & { phase: PhaseName }): Promise<void>;
  /** What is missing or too much on the ground for the phase. Unanswered calls of earlier owners are settled first. */
  readOrders(input: RunRef & { phase: PhaseName; stage: PhaseStage }): Promise<GroundOrders>;
  /** Where else a deficit can be bought, inside the approved envelope; empty when nowhere. */
  planFallback(
    input: RunRef & { phase: PhaseName; round: number; deficits: readonly Deficit[] },
  ): Promise<readonly GrowOrder[]>;
  noteShortage(input: RunRef & { phase: PhaseName; deficits: readonly Deficit[] }): Promise<void>;
  noteProblem(input: RunRef & { phase: PhaseName; detail: string }): Promise<void>;
  /** `over`: the run is on its way back or closed, and needs no guard any more. `held`: only its leases are kept. */
  guardTick(input: GuardLook): Promise<GuardFindings>;
  /** Tells that a phase was not begun in time, and that nothing is bought for it. */
  noteSkipped(input: RunRef & { phase: PhaseName }): Promise<void>;
  notePhaseReached(input: RunRef & { phase: PhaseName }): Promise<void>;
}

export interface ProvisionActivities {
  launchBatch(input: BatchOrder): Promise<BatchResult>;
  awaitRunning(input: RunRef & { intentId: string }): Promise<BatchResult>;
}

export interface ShiftActivities {
  /** Puts running machines behind the route, waits until the proxy finds them healthy and counts them as ready. */
  joinRoute(input: RunRef & { service: string; join: string; pass?: JoinPass }): Promise<JoinResult>;
  planShift(input: ShiftOrder): Promise<ShiftPlan>;
  shiftStep(
    input: ShiftOrder & {
      step: number;
      from: Readonly<Record<string, number>>;
      to: Readonly<Record<string, number>>;
      fraction: number;
    },
  ): Promise<ShiftStepResult>;
  /** `why`: the reason for readers of any language; histories of older versions have none. */
  rollBackShift(
    input: ShiftOrder & {
      to: Readonly<Record<string, number>>;
      reason: string;
      why?: Sentence | undefined;
    },
  ): Promise<void>;
  leaveRoute(input: ShiftOrder): Promise<void>;
}

export interface ScaleBackActivities {
  beginScaleBack(input: { tenantId: string; runId: string; owner: string; reason: string }): Promise<{
    fence: number;
    services: readonly string[];
    drainMs: number;
    pollMs: number;
    /** How long an entrance is asked to take its traffic home before the machines go without it. */
    homeWithinMs: number;
  }>;
  sendTrafficHome(input: RunRef & { service: string }): Promise<void>;
  /** Lets the named machines go; without targets, every machine of the run. Returns ms to wait before asking again, 0 when all are asked for. */
  releaseMachines(
    input: RunRef & { step: string; targets?: ShrinkOrder['targets'] },
  ): Promise<{ waitMs: number }>;
  /** Re-reads what is on its way out, sweeps satellites, settles. */
  confirmGone(input: RunRef): Promise<{ machines: number; satellites: number }>;
  /** One complete listing of every account of the run: what of ours is still there? */
  verifyAbsence(input: RunRef & { pass: number }): Promise<{ leftovers: number }>;
  /** Takes the run over and says where its way back stands; null: everything is back. */
  beginWayBack(input: {
    tenantId: string;
    runId: string;
    owner: string;
    reason: string;
  }): Promise<WayBackNext & { fence: number }>;
  /** One look at one phase. What fails is told in the phase itself; `next` is the same phase until it is over. */
  lookAtWayBack(input: RunRef & { phase: WayBackPhase }): Promise<WayBackNext>;
  closeRun(input: RunRef): Promise<void>;
  reportStuck(input: RunRef & { reason: string }): Promise<void>;
}

/** One account of one tenant whose cloud is read into the inventory. */
export type InventoryAccount = Readonly<{ tenantId: string; accountId: string }>;

export interface InventoryActivities {
  /** One complete look. An account that cannot be read is logged and read again at the next pass. */
  syncAccount(input: InventoryAccount): Promise<void>;
  /** Keeps the account's machines fresh for so long. */
  watchAccount(input: InventoryAccount & { forMs: number }): Promise<void>;
}

export interface HousekeepingActivities {
  reconcileScopes(): Promise<readonly Readonly<{ tenantId: string; accountId: string; region: string }>[]>;
  reconcilePass(scope: {
    tenantId: string;
    accountId: string;
    region: string;
  }): Promise<{ lapsedRunIds: readonly string[] }>;
  /** Accounts that have an inventory, over all tenants. */
  inventoryAccounts(): Promise<readonly InventoryAccount[]>;
  sealAuditChains(): Promise<void>;
  /** Gives every entrance that no campaign looks after back what its proxy has forgotten. */
  keepRoutes(): Promise<void>;
  /** Starts scaling groups anew that gave way to a campaign, where nothing is in their way any more. */
  returnGroups(): Promise<void>;
}

export interface BillCheckActivities {
  /** Looks at the bills that are due. `waitMs`: until the next look; null when there is none any more. */
  lookAtBills(input: BillCheckInput): Promise<{ waitMs: number | null }>;
}

export interface RehearsalActivities {
  /** Lives through the plan in a process of its own and keeps what came of it. */
  rehearse(input: { tenantId: string; rehearsalId: string }): Promise<void>;
  failRehearsal(input: { tenantId: string; rehearsalId: string; reason: string }): Promise<void>;
}
