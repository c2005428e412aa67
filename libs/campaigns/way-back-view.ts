import { englishOf, type WayBackBody, type WayBackLeftover } from '@springtide/contracts';
import { LIVE_ITEM_STATES, type EffectItem, type Intent } from '@springtide/effects/domain';
import type { Instant } from '@springtide/kernel';
import type { Found, KeptWayBack } from './data/way-back.repository.js';
import { hasLeftSomething, type PlanContent } from './domain/index.js';
import { waitsLine } from './run-timeline.js';

/** The way back as people see it: phases with what they wait for, what is in the way, and what is left with its cost. */
export function wayBackBody(
  { progress, obstacles, found }: KeptWayBack,
  plan: PlanContent,
  intents: readonly Intent[],
  at: Instant,
): WayBackBody {
  const accountOf = (id: string) => plan.pools.find((pool) => pool.accountId === id)?.accountName ?? id;
  const abandoned = intents.some((intent) => intent.items.some((item) => item.abandoned !== null));
  const named = hasLeftSomething(progress) || abandoned || obstacles.length > 0;
  return {
    reason: progress.reason,
    urgent: progress.urgent,
    phases: progress.phases.map(({ name, state, startedAt, deadline, endedAt, waitsFor, hold }) => ({
      ...{ name, state, startedAt, deadline, endedAt },
      waitsFor: englishOf(waitsLine(waitsFor)),
      waitsForSentences: [...waitsLine(waitsFor)],
      hold: hold === null || hold.until <= at ? null : hold,
    })),
    obstacles: obstacles.map((one) => ({ ...one, account: accountOf(one.accountId) })),
    leftovers: named ? leftoversOf(intents, found, accountOf) : [],
    round: progress.round,
    billCheckAt: progress.billCheckAt,
  };
}

/** From the ledger, and from what the last look found beyond it. */
function leftoversOf(
  intents: readonly Intent[],
  found: readonly Found[],
  accountOf: (id: string) => string,
): WayBackLeftover[] {
  const known = intents.flatMap((intent) =>
    intent.items
      .filter((item) => isLeft(intent, item))
      .map((item): WayBackLeftover => {
        const { accountId, region, pricePerHour } = intent;
        return {
          id: item.machineId ?? `${intent.id}/${item.index}`,
          kind: item.machineId === null ? 'unanswered' : 'machine',
          accountId,
          account: accountOf(accountId),
          region,
          state: item.state,
          since: item.releasingAt ?? item.acceptedAt ?? intent.sentAt,
          costPerHour: pricePerHour,
          abandoned: item.abandoned === null ? null : `${item.abandoned.by}: ${item.abandoned.reason}`,
        };
      }),
  );
  const ids = new Set(known.map((one) => one.id));
  const beyond = found
    .filter((one) => !ids.has(one.id))
    .map((one): WayBackLeftover => {
      const { intentId, ...row } = one;
      const price = one.kind === 'machine' ? intents.find(({ id }) => id === intentId)?.pricePerHour : null;
      return { ...row, account: accountOf(one.accountId), costPerHour: price ?? null, abandoned: null };
    });
  return [...known, ...beyond];
}

function isLeft(intent: Intent, item: EffectItem): boolean {
  if (intent.kind !== 'create') return false;
  return LIVE_ITEM_STATES.includes(item.state) || (item.state === 'open' && intent.state === 'sent');
}
