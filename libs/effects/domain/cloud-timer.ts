import { addMs, type Instant } from '@springtide/kernel';
import { nextGeneration, type EffectItem, type Intent } from './intent.js';

/** How far the clouds' own timers stay behind the leases of the ledger. */
type TimerPolicy = Readonly<{
  /** How long a lease lives without being renewed. */
  leaseMs: number;
  /** The cloud's timer is set this long after the lease: so long the way back may take before the cloud cuts it short. */
  timerMarginMs: number;
  /** What must be left of the margin; below it the timer is moved. */
  timerLeastMs: number;
}>;

export type DueTimer = Readonly<{
  intent: Intent;
  machineIds: readonly string[];
  /** When the first of them would end itself; null when none of them is known to have a timer. */
  endsAt: Instant | null;
}>;

const WANTED: readonly EffectItem['state'][] = ['accepted', 'running', 'ready'];

/** Where the cloud's own timer belongs: never nearer than the margin after a lease that begins now. */
export function timerFor(releaseBy: Instant | null, now: Instant, policy: TimerPolicy): Instant {
  const lease = addMs(now, policy.leaseMs);
  return addMs(releaseBy !== null && releaseBy > lease ? releaseBy : lease, policy.timerMarginMs);
}

/**
 * The create intent with the timer that its machines are born with. It is fixed for the generation, because a token must
 * always carry the same batch; one that would by now come too near is given up together with its token.
 */
export function withTimer(intent: Intent, now: Instant, policy: TimerPolicy): Intent {
  // A call that may have happened is repeated as it was.
  if (intent.state !== 'written') return intent;
  if (intent.releaseAt !== null && !isTooNear(intent, now, policy)) return intent;
  const afresh = intent.releaseAt === null ? intent : nextGeneration(intent);
  return { ...afresh, releaseAt: timerFor(intent.releaseBy, now, policy) };
}

/** Machines that came of this batch now would have too little of their timer left. */
export function isTooNear(intent: Intent, now: Instant, policy: TimerPolicy): boolean {
  return intent.releaseAt !== null && intent.releaseAt < addMs(now, policy.leaseMs + policy.timerLeastMs);
}

/** Timers of wanted machines that are too near to leases until `until`; those that would end first come first. */
export function timersDue(
  intents: readonly Intent[],
  until: Instant,
  policy: TimerPolicy,
): readonly DueTimer[] {
  const enough = addMs(until, policy.timerLeastMs);
  return intents
    .flatMap((intent) => {
      const due = intent.items.flatMap((item) => {
        if (item.machineId === null || !WANTED.includes(item.state)) return [];
        const endsAt = endOf(intent, item, policy);
        return endsAt === null || endsAt < enough ? [{ machineId: item.machineId, endsAt }] : [];
      });
      if (due.length === 0) return [];
      const [endsAt = null] = due.flatMap((each) => each.endsAt ?? []).toSorted();
      return [{ intent, machineIds: due.map(({ machineId }) => machineId), endsAt }];
    })
    .toSorted((a, b) => rank(a) - rank(b));
}

/** The machines were told to end themselves then. */
export function timerMoved(intent: Intent, machineIds: readonly string[], endsAt: Instant): Intent {
  const moved = new Set(machineIds);
  const items = intent.items.map((item) =>
    item.machineId !== null && moved.has(item.machineId) ? { ...item, endsAt } : item,
  );
  return { ...intent, items };
}

/** Not later than the machine really ends itself: one of an unknown generation may have the timer of the first. */
function endOf(intent: Intent, item: EffectItem, policy: TimerPolicy): Instant | null {
  if (item.endsAt !== null || intent.generation === 0) return item.endsAt ?? intent.releaseAt;
  const first = addMs(intent.createdAt, policy.leaseMs + policy.timerMarginMs);
  return intent.releaseAt !== null && intent.releaseAt < first ? intent.releaseAt : first;
}

/** A missing timer costs money only when everybody is dead; one that fires costs the peak. */
function rank({ endsAt }: DueTimer): number {
  return endsAt === null ? Number.POSITIVE_INFINITY : Date.parse(endsAt);
}
