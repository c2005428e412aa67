import type { JoinPass, RunRef, ShiftActivities } from '@springtide/contracts';
import { condition, isCancellation, proxyActivities } from '@temporalio/workflow';
import { STEP } from '../activity-profiles.js';
import { failureCode } from '../failure-code.js';

const { joinRoute } = proxyActivities<ShiftActivities>(STEP);

/** Where machines of one service arrive. */
export type Arrivals = Readonly<{
  run: RunRef;
  service: string;
  /** Unique for this phase of this run: its looks are numbered after it. */
  label: string;
  lookEveryMs: number;
  /** The phase has begun: traffic does not wait for long until nobody new comes. */
  urgent: boolean;
  /** Nothing more is bought: whoever runs now is all there is. */
  bought: () => boolean;
  /** Somebody else goes on from here: those who are not ready yet are not waited for. */
  isHandedOver: () => boolean;
  /** Moves traffic to who is ready. @returns whether it stayed moved. */
  serve: (look: number) => Promise<boolean>;
}>;

/** Looks after which machines that are ready serve in a phase that has begun, though more of them come with every look. */
const URGENT_AFTER = 3;

/**
 * Joins machines as they come, and lets those that are ready serve while others are awaited: one that boots slowly, or never,
 * must not keep a hundred idle beside an overloaded fleet. Those that come one right after the other are served to together,
 * because a shift takes minutes, and the next one waits for it. Returns when everybody who runs is ready or given up; the traffic
 * of the last to come is the caller's to move. @returns how many were left to whoever goes on.
 */
export async function joinAsTheyCome(arrivals: Arrivals): Promise<number> {
  const { bought, isHandedOver, lookEveryMs, urgent, serve } = arrivals;
  let serving = 0;
  let before = 0;
  let idleFor = 0;
  let since: string | undefined;
  for (let look = 1; ; look += 1) {
    const over = await condition(bought, lookEveryMs);
    const isLast = isHandedOver();
    const seen =
      over && !isLast
        ? await join(arrivals, look, { withinMs: lookEveryMs, more: false, since })
        : await early(async () => await join(arrivals, look, { withinMs: 0, more: true }));
    if (over && (isLast || seen?.unhealthy === 0)) return seen?.unhealthy ?? 1;
    if (seen === undefined) continue;
    if (over) since = seen.since;
    const paused = seen.ready === before;
    before = seen.ready;
    idleFor = seen.ready > serving ? idleFor + 1 : 0;
    if (idleFor === 0 || !(over || paused || (urgent && idleFor >= URGENT_AFTER))) continue;
    // A step that its gate refused is tried again when all are there, not with every look.
    serving = (await early(async () => await serve(look))) === true ? seen.ready : Infinity;
    idleFor = 0;
  }
}

/** What fails while others are awaited is tried again when they are there, and counts then; who tries for long is told. */
async function early<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    if (isCancellation(thrown) || failureCode(thrown) === 'fenced') throw thrown;
    return undefined;
  }
}

async function join({ run, service, label }: Arrivals, look: number, pass: JoinPass) {
  return await joinRoute({ ...run, service, join: `${label}.${look}`, pass });
}
