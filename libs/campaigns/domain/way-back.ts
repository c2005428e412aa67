import {
  WAY_BACK_PHASES,
  sentence,
  type Sentence,
  type WAY_BACK_STATES,
  type WayBackPhase,
} from '@springtide/contracts';
import { SpringtideError, addMs, msBetween, type Instant } from '@springtide/kernel';

type WayBackHold = Readonly<{ by: string; reason: string; until: Instant }>;

type WayBackRow = Readonly<{
  name: WayBackPhase;
  state: (typeof WAY_BACK_STATES)[number];
  startedAt: Instant | null;
  deadline: Instant | null;
  endedAt: Instant | null;
  waitsFor: readonly Sentence[];
  hold: WayBackHold | null;
  /** A person ended the waiting; it counts until the phase is over. */
  skip: boolean;
}>;

/** How far the way back of a run is. Everything a look needs to go on where the one before it stopped. */
export type WayBack = Readonly<{
  reason: string;
  urgent: boolean;
  phases: readonly WayBackRow[];
  round: number;
  /** Clean listings in a row, and when the last one was taken. */
  clean: number;
  cleanAt: Instant | null;
  billCheckAt: Instant | null;
}>;

/** How long each phase waits before it goes on without; null: for as long as it takes. */
export type WayBackLimits = Readonly<Record<WayBackPhase, number | null>>;

/** What a look at a phase met. `open`: what it still waits for; empty when it is through. */
export type WayBackLook = Readonly<{ open: readonly Sentence[]; waitMs: number }>;

/** What comes next: the same phase after `waitMs`, another one at once, or nothing more. */
export type WayBackTurn = Readonly<{ wayBack: WayBack; next: WayBackPhase | null; waitMs: number }>;

/** Where another round begins when the proof found something. */
const AGAIN_FROM: WayBackPhase = 'terminate';
/** Clean listings in a row that prove absence. */
const CLEAN_PASSES = 2;

export function newWayBack(reason: string, urgent: boolean): WayBack {
  return {
    reason,
    urgent,
    phases: WAY_BACK_PHASES.map(ahead),
    round: 1,
    clean: 0,
    cleanAt: null,
    billCheckAt: null,
  };
}

/** The first phase that is not over. */
export function currentPhase(wayBack: WayBack): WayBackPhase | null {
  return wayBack.phases.find((row) => !isOver(row))?.name ?? null;
}

/** The phase as work on it begins, or goes on. */
export function entered(wayBack: WayBack, name: WayBackPhase, limits: WayBackLimits, at: Instant): WayBack {
  const row = rowOf(wayBack, name);
  if (isOver(row)) return wayBack;
  if (row.startedAt !== null) return put(wayBack, { ...row, state: 'working' });
  const limit = limits[name];
  const deadline = limit === null ? null : addMs(at, limit);
  return put(wayBack, { ...row, state: 'working', startedAt: at, deadline });
}

/** Why the phase must not be worked on now. A hold never outlasts its time, and none withstands the stop switch. */
export function holdOf(wayBack: WayBack, name: WayBackPhase, at: Instant): WayBackHold | null {
  const { hold } = rowOf(wayBack, name);
  return hold === null || wayBack.urgent || hold.until <= at ? null : hold;
}

export function held(wayBack: WayBack, name: WayBackPhase, hold: WayBackHold): WayBack {
  const { by: who, until, reason } = hold;
  const waitsFor = [
    reason === ''
      ? sentence('waits.held', { who, until })
      : sentence('waits.held-because', { who, until, reason }),
  ];
  return put(wayBack, { ...rowOf(wayBack, name), state: 'held', startedAt: null, deadline: null, waitsFor });
}

/** What a look decides: through, past its deadline, skipped, or to be looked at again. */
export function lookedAt(wayBack: WayBack, name: WayBackPhase, look: WayBackLook, at: Instant): WayBackTurn {
  const row = rowOf(wayBack, name);
  const waitsFor = look.open;
  if (waitsFor.length === 0) return over(wayBack, { ...row, waitsFor }, 'done', at);
  if (row.skip) return over(wayBack, { ...row, waitsFor }, 'skipped', at);
  if (row.deadline !== null && row.deadline <= at) return over(wayBack, { ...row, waitsFor }, 'overdue', at);
  const left = row.deadline === null ? look.waitMs : Math.min(look.waitMs, msBetween(at, row.deadline));
  return { wayBack: put(wayBack, { ...row, waitsFor }), next: name, waitMs: Math.max(1, left) };
}

/**
 * What a complete look at all accounts proves. Clean twice, `apartMs` apart: absence. Anything found begins another
 * round after `waitMs`.
 */
export function proved(
  wayBack: WayBack,
  look: WayBackLook & Readonly<{ apartMs: number }>,
  at: Instant,
): WayBackTurn {
  const row = rowOf(wayBack, 'proof');
  if (look.open.length > 0) return anotherRound(wayBack, look);
  const clean = wayBack.clean + 1;
  const counted = { ...wayBack, clean, cleanAt: at };
  if (clean >= CLEAN_PASSES) return over(counted, { ...row, waitsFor: [] }, 'done', at);
  const waitsFor = [sentence('waits.second-listing', { at: addMs(at, look.apartMs) })];
  return { wayBack: put(counted, { ...row, waitsFor }), next: 'proof', waitMs: look.apartMs };
}

/** Everything from the end of machines on, once more. */
export function again(wayBack: WayBack): WayBack {
  return anotherRound(wayBack, { open: [], waitMs: 0 }).wayBack;
}

function anotherRound(wayBack: WayBack, look: WayBackLook): WayBackTurn {
  const from = WAY_BACK_PHASES.indexOf(AGAIN_FROM);
  const phases = wayBack.phases.map((row, index) => {
    if (index < from) return row;
    const waitsFor = row.name === 'proof' ? look.open : [];
    return { ...ahead(row.name), hold: row.hold, waitsFor };
  });
  const again = { ...wayBack, phases, round: wayBack.round + 1, clean: 0, cleanAt: null };
  return { wayBack: again, next: AGAIN_FROM, waitMs: look.waitMs };
}

/** @throws failed-precondition when the phase is over, or nothing may be held. */
export function withHold(wayBack: WayBack, name: WayBackPhase, hold: WayBackHold): WayBack {
  const row = rowOf(wayBack, name);
  if (wayBack.urgent) throw refused(`the stop switch was pulled, and nothing is held then; ${name} goes on`);
  if (isOver(row)) throw refused(`${name} is ${row.state} already; nothing was held`, 'Hold a later phase.');
  return put(wayBack, { ...row, hold });
}

/** Lets the phase go on, or every phase. @throws failed-precondition when nothing is held there. */
export function withoutHold(wayBack: WayBack, name: WayBackPhase | null): WayBack {
  const freed = wayBack.phases.filter((row) => row.hold !== null && (name === null || row.name === name));
  if (freed.length === 0)
    throw refused(`nothing is held${name === null ? '' : ` at ${name}`}; it goes on by itself`);
  return freed.reduce((done, row) => put(done, { ...row, hold: null }), wayBack);
}

/** Ends the waiting of a phase. What it did not see through is seen through by the rounds after it. */
export function withoutWaiting(wayBack: WayBack, name: WayBackPhase): WayBack {
  const row = rowOf(wayBack, name);
  if (name === 'proof' || name === 'bill-check') {
    throw refused(`${name} cannot be skipped: without it nobody knows that nothing is left to pay for`);
  }
  if (row.state !== 'working')
    throw refused(`${name} is ${row.state}, it waits for nothing; nothing was skipped`);
  return put(wayBack, { ...row, skip: true });
}

/** The stop switch: no hold stands, and what was begun gets the short deadlines. */
export function inHaste(wayBack: WayBack, limits: WayBackLimits): WayBack {
  if (wayBack.urgent) return wayBack;
  const phases = wayBack.phases.map((row) => {
    const limit = limits[row.name];
    const soonest = row.startedAt === null || limit === null ? row.deadline : addMs(row.startedAt, limit);
    const deadline =
      soonest !== null && row.deadline !== null && soonest < row.deadline ? soonest : row.deadline;
    return { ...row, hold: null, deadline: isOver(row) ? row.deadline : deadline };
  });
  return { ...wayBack, urgent: true, phases };
}

/** Whether any phase went on without what it waited for: from then on what is left is named. */
export function hasLeftSomething(wayBack: WayBack): boolean {
  return (
    wayBack.round > 1 || wayBack.phases.some((row) => row.state === 'overdue' || row.state === 'skipped')
  );
}

function over(
  wayBack: WayBack,
  row: WayBackRow,
  state: 'done' | 'overdue' | 'skipped',
  at: Instant,
): WayBackTurn {
  const ended = put(wayBack, { ...row, state, endedAt: at, skip: false });
  return { wayBack: ended, next: currentPhase(ended), waitMs: 0 };
}

function isOver({ state }: WayBackRow): boolean {
  return state === 'done' || state === 'overdue' || state === 'skipped';
}

function ahead(name: WayBackPhase): WayBackRow {
  const nothing = { startedAt: null, deadline: null, endedAt: null, waitsFor: [], hold: null, skip: false };
  return { name, state: 'ahead', ...nothing };
}

function rowOf(wayBack: WayBack, name: WayBackPhase): WayBackRow {
  return wayBack.phases.find((row) => row.name === name) ?? ahead(name);
}

function put(wayBack: WayBack, row: WayBackRow): WayBack {
  return { ...wayBack, phases: wayBack.phases.map((one) => (one.name === row.name ? row : one)) };
}

function refused(message: string, nextStep?: string): SpringtideError {
  return new SpringtideError('failed-precondition', message, nextStep === undefined ? {} : { nextStep });
}
