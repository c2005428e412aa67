import { addMs, multiplyMoney, type Instant, type Money } from '@springtide/kernel';
import { isWantedBack, openItem, type EffectItem, type Intent } from './intent.js';
import type { Stranger } from './reconcile.js';

/**
 * `creating`: accepted, and never seen running. `unknown-outcome`: nobody knows what a call bought. `deleting`: promised to
 * go, and still there. `not-deleted`: the cloud refused, or could not be asked.
 */
const STUCK_KINDS = ['creating', 'unknown-outcome', 'deleting', 'not-deleted'] as const;
/** `found-by-tag`: only the marks on the machines tell of the purchase; the ledger knows nothing of it. */
type StuckKind = (typeof STUCK_KINDS)[number] | 'found-by-tag';

/** Machines of one purchase that have come no further for too long, for one reason. */
export type StuckEffect = Readonly<{
  intentId: string;
  kind: StuckKind;
  runId: string;
  campaignId: string | null;
  accountId: string;
  region: string;
  service: string | null;
  items: readonly EffectItem[];
  since: Instant;
  problem: Readonly<{ code: string; message: string }> | null;
  /** What they cost while nothing is done; null where the price is not known. */
  costPerHour: Money | null;
}>;

type Doubtful = Readonly<{ item: EffectItem; since: Instant }>;

/** @param deletions delete intents that were not answered; they tell which machines were meant to go. */
export function stuckEffects(
  intent: Intent,
  deletions: readonly Intent[],
  at: Instant,
  policy: Readonly<{ stuckMs: number }>,
): readonly StuckEffect[] {
  if (intent.kind !== 'create' || intent.state === 'released') return [];
  const before = addMs(at, -policy.stuckMs);
  return STUCK_KINDS.flatMap((kind) => {
    const late = doubtful(kind, intent, deletions).filter(({ since }) => since < before);
    return late.length === 0 ? [] : [effectOf(intent, kind, late)];
  });
}

/** Strangers by purchase, as soon as they are seen. @param runId whose run they are shown under; their own is not known. */
export function foundByTag(
  place: Readonly<{ accountId: string; region: string; strangers: readonly Stranger[] }>,
  runId: string,
): readonly StuckEffect[] {
  const { accountId, region, strangers } = place;
  const open = strangers.filter((one) => one.abandoned === null && isUuid(one.intentId));
  return [...Map.groupBy(open, (one) => one.intentId)].map(([intentId, found]) => ({
    intentId,
    kind: 'found-by-tag',
    runId,
    campaignId: null,
    accountId,
    region,
    service: null,
    items: found.map(({ machineId }, index) => ({ ...openItem(index), machineId })),
    since: found.map((one) => one.firstSeenAt).reduce((least, at) => (at < least ? at : least)),
    problem: {
      code: 'not-found',
      message:
        'the cloud has machines with our marks of a purchase that is not in the books, as after a database was put back from an older backup',
    },
    costPerHour: null,
  }));
}

/** Marks on machines can be written by anybody. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

function doubtful(
  kind: (typeof STUCK_KINDS)[number],
  intent: Intent,
  deletions: readonly Intent[],
): readonly Doubtful[] {
  switch (kind) {
    case 'creating':
      return living(intent, 'accepted', (item) => item.acceptedAt).filter(
        ({ item }) => !deletions.some((one) => names(one, item.machineId)),
      );
    case 'deleting':
      return living(intent, 'releasing', (item) => item.releasingAt);
    case 'unknown-outcome': {
      if (intent.state !== 'sent' && intent.state !== 'written') return [];
      const open = intent.items.filter((item) => item.state === 'open' && item.abandoned === null);
      return open.map((item) => ({ item, since: intent.createdAt }));
    }
    case 'not-deleted':
      return intent.items
        .filter((item) => isWantedBack(item) && item.state !== 'releasing')
        .flatMap((item) => {
          const asked = deletions.filter((one) => names(one, item.machineId)).map((one) => one.createdAt);
          const [since] = asked.toSorted();
          return since === undefined ? [] : [{ item, since }];
        });
  }
}

function living(
  intent: Intent,
  state: EffectItem['state'],
  since: (item: EffectItem) => Instant | null,
): readonly Doubtful[] {
  return intent.items
    .filter((item) => item.state === state && item.abandoned === null)
    .map((item) => ({ item, since: since(item) ?? intent.createdAt }));
}

function names(deletion: Intent, machineId: string | null): boolean {
  const ids = deletion.spec['machineIds'];
  return Array.isArray(ids) && ids.includes(machineId);
}

function effectOf(intent: Intent, kind: StuckKind, late: readonly Doubtful[]): StuckEffect {
  const { id: intentId, runId, campaignId, accountId, region, service, pricePerHour } = intent;
  const items = late.map(({ item }) => item);
  const since = late.map((one) => one.since).toSorted()[0] ?? intent.createdAt;
  const problem = items.find((item) => item.refusal !== null)?.refusal ?? intent.problem;
  const costPerHour = pricePerHour === null ? null : multiplyMoney(pricePerHour, items.length);
  return {
    intentId,
    kind,
    runId,
    campaignId,
    accountId,
    region,
    service,
    items,
    since,
    problem,
    costPerHour,
  };
}
