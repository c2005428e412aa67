import {
  Decimal,
  SpringtideError,
  addMs,
  decimal,
  money,
  type ErrorCode,
  type Instant,
  type Money,
} from '@springtide/kernel';

export type IntentKind = 'create' | 'set' | 'delete';

/**
 * `written`: committed, nothing sent. `sent`: a call is on its way or its answer was lost, so the outcome is unknown.
 * `settled`: every item has an outcome. `released`: every machine of it is gone and its reservation is settled.
 */
export type IntentState = 'written' | 'sent' | 'settled' | 'released';

/**
 * `open` until the cloud answered. `accepted` → `running` → `ready` on the way up, `releasing` → `gone` on the way down.
 * `refused`: the cloud said no. `absent`: proven never to have existed. `lost`: vanished without us.
 */
export type ItemState =
  'open' | 'accepted' | 'running' | 'ready' | 'failed' | 'releasing' | 'gone' | 'refused' | 'absent' | 'lost';

/** A person took on what a machine costs that cannot be brought back; the row stays as it is, and is not tried again. */
export type Abandonment = Readonly<{ at: Instant; by: string; reason: string; costPerHour: Money | null }>;

export type EffectItem = Readonly<{
  index: number;
  state: ItemState;
  machineId: string | null;
  address: string | null;
  refusal: Readonly<{ code: ErrorCode; message: string }> | null;
  acceptedAt: Instant | null;
  runningAt: Instant | null;
  readyAt: Instant | null;
  releasingAt: Instant | null;
  goneAt: Instant | null;
  /** The cloud's own timer, once it was moved; before that the intent's `releaseAt` holds. */
  endsAt: Instant | null;
  abandoned: Abandonment | null;
}>;

/** Where and why an effect happens; the same for all kinds. */
export type IntentPlace = Readonly<{
  tenantId: string;
  runId: string;
  campaignId: string | null;
  /** With `batch`, unique in the run: the identity of the effect, however often it is asked for. */
  step: string;
  batch: number;
  accountId: string;
  region: string;
  service: string | null;
  poolId: string | null;
}>;

export type Intent = IntentPlace &
  Readonly<{
    id: string;
    kind: IntentKind;
    /** What exactly is asked for; canonical JSON of it hashes to `specHash`. */
    spec: Readonly<Record<string, unknown>>;
    specHash: string;
    count: number;
    state: IntentState;
    /** Counts new tokens of this intent; rises only after absence is proven. */
    generation: number;
    /** Number of the run's owner that wrote or last sent it. */
    fence: number;
    /** Calls of this generation of which nobody knows what they did. Only at zero may a refusal be believed. */
    unanswered: number;
    /** When the last call was sent, and when it had to be answered. */
    sentAt: Instant | null;
    deadline: Instant | null;
    /** First complete answer of the cloud that did not know this intent. */
    firstAbsentAt: Instant | null;
    /** Dead-man lease: when it lapses, scale-back starts, whoever is dead. */
    releaseBy: Instant | null;
    /**
     * The cloud's own timer as the calls of this generation carry it; null where the cloud has none, or nothing was sent.
     */
    releaseAt: Instant | null;
    mandateId: string | null;
    pricePerHour: Money | null;
    minimumBillingSeconds: number;
    /** Money set aside in the mandate for it; zero once released. */
    reserved: Money | null;
    problem: Readonly<{ code: ErrorCode; message: string }> | null;
    createdAt: Instant;
    items: readonly EffectItem[];
  }>;

export const LIVE_ITEM_STATES: readonly ItemState[] = ['accepted', 'running', 'ready', 'failed', 'releasing'];

/** The idempotency token of the current generation: at most 64 ASCII characters, and readable in the cloud's own trail. */
export function tokenOf(intent: Pick<Intent, 'id' | 'generation'>): string {
  return `st-${intent.id.replaceAll('-', '')}-${intent.generation}`;
}

export function openItem(index: number): EffectItem {
  return {
    index,
    state: 'open',
    machineId: null,
    address: null,
    refusal: null,
    acceptedAt: null,
    runningAt: null,
    readyAt: null,
    releasingAt: null,
    goneAt: null,
    endsAt: null,
    abandoned: null,
  };
}

/** What is alive and is to be brought back: all but what a person has abandoned. */
export function isWantedBack(item: EffectItem): boolean {
  return item.abandoned === null && LIVE_ITEM_STATES.includes(item.state);
}

/** Nothing of it is to be brought back any more, because a person took on what is left of it. */
export function isGivenUp(intent: Pick<Intent, 'items'>): boolean {
  const kept = intent.items.some((item) => item.abandoned !== null && !isOver(item));
  return kept && intent.items.every((item) => item.abandoned !== null || isOver(item));
}

function isOver({ state }: EffectItem): boolean {
  return state !== 'open' && !LIVE_ITEM_STATES.includes(state);
}

/** The intent as it is about to be sent. @throws conflict when it was fenced off or is past sending. */
export function sending(intent: Intent, call: { fence: number; at: Instant; deadline: Instant }): Intent {
  if (call.fence < intent.fence) {
    throw new SpringtideError(
      'conflict',
      `the run of intent ${intent.id} has a newer owner (${intent.fence} > ${call.fence}); this one may not act any more`,
      {
        retry: 'never',
        nextStep: 'Nothing to do: the newer owner carries on.',
        facts: { fence: call.fence, current: intent.fence },
      },
    );
  }
  if (intent.state !== 'written' && intent.state !== 'sent') {
    throw new SpringtideError('conflict', `intent ${intent.id} is ${intent.state} and cannot be sent again`, {
      retry: 'never',
    });
  }
  return {
    ...intent,
    state: 'sent',
    fence: call.fence,
    unanswered: intent.unanswered + 1,
    sentAt: call.at,
    deadline: call.deadline,
    firstAbsentAt: null,
    problem: null,
  };
}

/** A set or delete that is asked for again, perhaps with another content: a new generation, so that it is on record. */
export function reopened(intent: Intent, spec: Intent['spec'], specHash: string, count: number): Intent {
  if (intent.state !== 'settled' && intent.specHash === specHash) return intent;
  return { ...nextGeneration(intent), spec, specHash, count };
}

export type ItemOutcome =
  | Readonly<{ outcome: 'accepted'; machineId: string }>
  | Readonly<{ outcome: 'refused'; code: ErrorCode; message: string }>;

/**
 * Records an answer per item. What a look-up adopted meanwhile is kept; items that the answer leaves open are refused,
 * because the cloud gave fewer than asked for.
 */
export function answered(intent: Intent, outcomes: readonly ItemOutcome[], at: Instant): Intent {
  const accepted = acceptedIds(outcomes);
  if (isAtRest(intent)) return adopted(intent, accepted, at, 'open');
  const refusals = outcomes.flatMap((o) =>
    o.outcome === 'refused' ? [{ code: o.code, message: o.message }] : [],
  );
  const filled = withMachines(intent, accepted, at);
  const items = filled.items.map((item) => {
    if (item.state !== 'open') return item;
    const refusal = refusals.shift() ?? {
      code: 'insufficient-capacity' as const,
      message: 'the cloud gave fewer machines than asked for',
    };
    return { ...item, state: 'refused' as const, refusal };
  });
  return settle({ ...filled, items });
}

/** The answer to a call of an older generation: what it brought is taken over, the call under way goes on. */
export function answeredLate(intent: Intent, outcomes: readonly ItemOutcome[], at: Instant): Intent {
  return adopted(intent, acceptedIds(outcomes), at, 'open');
}

/**
 * One call was certainly without effect. That says something about the intent only when no other call of its generation
 * is unaccounted for: otherwise it stays unknown, and a refusal that will not change is kept for the look-up to conclude.
 */
export function callRefused(intent: Intent, error: SpringtideError): Intent {
  if (intent.state !== 'sent') return intent;
  const left = { ...intent, unanswered: Math.max(0, intent.unanswered - 1) };
  if (left.unanswered > 0) {
    return error.retry === 'same' ? left : { ...left, problem: { code: error.code, message: error.message } };
  }
  if (error.retry !== 'same') return refusedWhole(left, error);
  return { ...left, state: 'written', sentAt: null, deadline: null, firstAbsentAt: null };
}

/**
 * A set that was refused without effect is no order under way any more: what was ordered before it holds. With another call
 * of its generation unaccounted for it stays unknown.
 */
export function setRefused(
  intent: Intent,
  { code, message }: Pick<SpringtideError, 'code' | 'message'>,
): Intent {
  if (intent.state !== 'sent') return intent;
  const unanswered = Math.max(0, intent.unanswered - 1);
  const problem = { code, message };
  return { ...intent, unanswered, problem, state: unanswered === 0 ? 'written' : 'sent' };
}

/** Whether a set was asked for and refused: it says nothing about what is in force. */
export function isRefusedSet({ kind, state, problem }: Pick<Intent, 'kind' | 'state' | 'problem'>): boolean {
  return kind === 'set' && state === 'written' && problem !== null;
}

/** Nothing more can come of this generation. What is there is kept; with nothing at all a new generation may be sent. */
export function afterAbsence(intent: Intent, machineIds: readonly string[], at: Instant): Intent {
  const taken = adopted(intent, machineIds, at, 'open');
  if (taken.state !== 'sent') return taken;
  if (taken.problem !== null) return closeOpen(taken, { state: 'refused', refusal: taken.problem });
  if (taken.items.some((item) => item.machineId !== null)) return adopted(taken, [], at, 'absent');
  return nextGeneration(taken);
}

/** The cloud refused the whole call, certainly without effect. */
export function refusedWhole(intent: Intent, error: SpringtideError): Intent {
  const refusal = { code: error.code, message: error.message };
  return closeOpen({ ...intent, problem: refusal }, { state: 'refused', refusal });
}

function closeOpen(intent: Intent, end: Pick<EffectItem, 'state' | 'refusal'>): Intent {
  return settle({
    ...intent,
    items: intent.items.map((item) => (item.state === 'open' ? { ...item, ...end } : item)),
  });
}

function acceptedIds(outcomes: readonly ItemOutcome[]): readonly string[] {
  return outcomes.flatMap((o) => (o.outcome === 'accepted' ? [o.machineId] : []));
}

function isAtRest(intent: Intent): boolean {
  return intent.state === 'settled' || intent.state === 'released';
}

/**
 * Takes over what the cloud already has for this intent. With all machines found it is settled;
 * with fewer it stays `sent` unless `rest` says that no more can come.
 */
export function adopted(
  intent: Intent,
  machineIds: readonly string[],
  at: Instant,
  rest: 'open' | 'absent',
): Intent {
  const filled = withMachines(intent, machineIds, at);
  if (filled === intent && isAtRest(intent)) return intent;
  const items = filled.items.map((item) =>
    item.state === 'open' && rest === 'absent' ? { ...item, state: 'absent' as const } : item,
  );
  return items.some((item) => item.state === 'open') ? { ...filled, items } : settle({ ...filled, items });
}

/**
 * Puts machines that are not known yet into open items. More machines than asked for would be a broken token promise:
 * they become items of their own, so that nothing is hidden and everything is brought back.
 */
function withMachines(intent: Intent, machineIds: readonly string[], at: Instant): Intent {
  const known = new Set(intent.items.map((item) => item.machineId));
  const fresh = [...new Set(machineIds)].filter((id) => !known.has(id)).toSorted();
  if (fresh.length === 0) return intent;
  const items = intent.items.map((item) => {
    const machineId = item.state === 'open' ? fresh.shift() : undefined;
    return machineId === undefined ? item : acceptedItem(item, machineId, at);
  });
  const extra = fresh.map((id, offset) => acceptedItem(openItem(items.length + offset), id, at));
  return { ...intent, items: [...items, ...extra] };
}

/**
 * What one complete answer without the missing machines proves: nothing inside the lag, a first absence, or absence.
 * @param at when the cloud was asked, not when it answered: a slow answer proves nothing about the time in between.
 */
export function absence(
  intent: Intent,
  at: Instant,
  visibilityLagMs: number,
): { verdict: 'too-early' | 'noted' | 'proven'; intent: Intent; waitMs: number } {
  const earliest = addMs(intent.deadline ?? intent.sentAt ?? intent.createdAt, visibilityLagMs);
  if (at < earliest) return { verdict: 'too-early', intent, waitMs: Date.parse(earliest) - Date.parse(at) };
  if (intent.firstAbsentAt === null || intent.firstAbsentAt < earliest) {
    return { verdict: 'noted', intent: { ...intent, firstAbsentAt: at }, waitMs: visibilityLagMs };
  }
  const second = addMs(intent.firstAbsentAt, visibilityLagMs);
  if (at < second) return { verdict: 'noted', intent, waitMs: Date.parse(second) - Date.parse(at) };
  return { verdict: 'proven', intent, waitMs: 0 };
}

/** After proven absence the intent may be sent afresh, with a new token. */
export function nextGeneration(intent: Intent): Intent {
  return {
    ...intent,
    state: 'written',
    generation: intent.generation + 1,
    unanswered: 0,
    firstAbsentAt: null,
    sentAt: null,
    deadline: null,
    releaseAt: null,
  };
}

function acceptedItem(item: EffectItem, machineId: string, at: Instant): EffectItem {
  // What was given up and came to light after all is brought back like any other.
  const found = { machineId, refusal: null, abandoned: null };
  return { ...item, ...found, state: 'accepted', acceptedAt: item.acceptedAt ?? at };
}

function settle(intent: Intent): Intent {
  return releasedIfEmpty({ ...intent, state: 'settled' });
}

/** A create intent with nothing alive any more is released. */
export function releasedIfEmpty(intent: Intent): Intent {
  if (intent.kind !== 'create' || intent.state !== 'settled') return intent;
  const alive = intent.items.some((item) => item.state === 'open' || LIVE_ITEM_STATES.includes(item.state));
  return alive ? intent : { ...intent, state: 'released' };
}

export type Observation = Readonly<{
  state: 'pending' | 'running' | 'stopping' | 'stopped' | 'terminating' | 'failed' | 'unknown' | 'gone';
  address?: string;
  reason?: string;
  /** It runs, and its cloud takes it back within minutes. */
  notice?: string;
}>;

/** One item after the cloud was asked about its machine. States never go backwards. */
export function observed(item: EffectItem, seen: Observation, at: Instant): EffectItem {
  if (!LIVE_ITEM_STATES.includes(item.state)) return item;
  if (seen.notice !== undefined && seen.state === 'running') return takenBack(item, seen.notice);
  switch (seen.state) {
    case 'gone':
      return item.state === 'releasing'
        ? { ...item, state: 'gone', goneAt: at }
        : {
            ...item,
            state: 'lost',
            goneAt: at,
            refusal: { code: 'not-found', message: 'the machine vanished' },
          };
    case 'running': {
      if (item.state !== 'accepted') return { ...item, address: item.address ?? seen.address ?? null };
      if (seen.address === undefined) return item;
      return { ...item, state: 'running', address: seen.address, runningAt: at };
    }
    case 'failed':
    case 'stopped':
      if (item.state === 'releasing') return item;
      return {
        ...item,
        state: 'failed',
        refusal: {
          code: 'internal',
          message: seen.reason ?? `the cloud reports the machine as ${seen.state}`,
        },
      };
    case 'pending':
    case 'stopping':
    case 'terminating':
    case 'unknown':
      return item;
  }
}

/** What its cloud takes back counts for nothing from the notice on: it is replaced while it still serves. */
function takenBack(item: EffectItem, notice: string): EffectItem {
  if (item.state === 'releasing' || item.state === 'failed') return item;
  return { ...item, state: 'failed', refusal: { code: 'unavailable', message: notice } };
}

/** Whether its cloud gave notice that it takes the machine back. */
export function isTakenBack({ state, refusal }: Pick<EffectItem, 'state' | 'refusal'>): boolean {
  return state === 'failed' && refusal?.code === 'unavailable';
}

/** Money to set aside for `count` machines until they are due back, with a margin for late release. */
export function reservationFor(
  pricePerHour: Money,
  count: number,
  hours: number,
  minimumBillingSeconds: number,
  margin: number,
): Money {
  const planned = decimal(hours).times(decimal(1).plus(margin));
  const minimum = decimal(minimumBillingSeconds).dividedBy(3_600);
  const billed = planned.greaterThan(minimum) ? planned : minimum;
  const amount = decimal(pricePerHour.amount).times(billed).times(count);
  return money(pricePerHour.currency, amount.toDecimalPlaces(10, Decimal.ROUND_UP));
}
