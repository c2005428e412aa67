import { asTold, sentence, type Phase, type ScalingRestBody, type Sentence } from '@springtide/contracts';
import { addMs, compareMoney, decimal, subtractMoney, type Instant, type Money } from '@springtide/kernel';
import type { PriceDrift } from '@springtide/readiness/domain';
import { moneyText } from './price-rise.js';
import type { RouteHolder } from './shared-routes.js';

type Rest = Pick<ScalingRestBody, 'reason' | 'waitsFor' | 'expectedAt' | 'moneyLeft' | 'text' | 'sentences'>;

/** What there is to know about a group that gave way, once its machines are gone. */
export type ReturnQuestion = Readonly<{
  now: Instant;
  /** Its run was stopped by a person, or by the stop switch. */
  isStopped: boolean;
  isStopSwitchOn: boolean;
  /** As they were approved. */
  phases: readonly Phase[];
  holders: readonly RouteHolder[];
  leadMs: number;
  yieldMs: number;
  /** Of the run that gave way; what is set aside for machines that were given up counts as spent. */
  mandate: Readonly<{ budget: Money; committed: Money; reserved: Money }>;
  /** Of the cheapest machine of the plan, for an hour; undefined when it has none. */
  cheapestHour: Money | undefined;
  /** Of what it came under; undefined when no approval stands any more. */
  approvalExpiresAt: Instant | undefined;
  /** Share by which prices may have risen since. */
  priceDriftLimit: number;
  /** What its plan costs now, against its approval; undefined before that was asked. */
  prices: PriceDrift | undefined;
  /** What happens when they cannot be read. */
  unreadPrices: 'refuse' | 'allow';
  /** What it needs and others were promised meanwhile; undefined when there is room. */
  promised: string | undefined;
}>;

export type ReturnAnswer =
  | Readonly<{ comesBack: false; rest: Rest }>
  | Readonly<{ comesBack: true; phases: Phase[]; moneyLeft: Money }>;

/** Whether a group comes back now. The first thing in its way is what it tells. */
export function answerReturn(question: ReturnQuestion): ReturnAnswer {
  const { now, phases, mandate } = question;
  const moneyLeft = subtractMoney(subtractMoney(mandate.budget, mandate.committed), mandate.reserved);
  const obstacle = obstacleOf(question, moneyLeft);
  if (obstacle !== undefined) {
    const { reason, told, blocking = [] } = obstacle;
    const ends = blocking.flatMap((holder) => holder.phases.slice(-1).map(({ endsAt }) => endsAt));
    const last = ends.toSorted().at(-1);
    const expectedAt = last === undefined ? null : addMs(last > now ? last : now, question.yieldMs);
    const waitsFor = blocking.map(({ name }) => name);
    return { comesBack: false, rest: { reason, ...asTold(told), waitsFor, expectedAt, moneyLeft } };
  }
  const left = phases.filter(({ endsAt }) => endsAt > now);
  const begun = left.map((phase) => (phase.startsAt < now ? { ...phase, startsAt: now } : phase));
  return { comesBack: true, phases: begun, moneyLeft };
}

type ToldPrices = Extract<PriceDrift, { kind: 'told' }>;

type Obstacle = Readonly<{
  reason: Rest['reason'];
  told: readonly Sentence[];
  blocking?: readonly RouteHolder[];
}>;

function obstacleOf(question: ReturnQuestion, moneyLeft: Money): Obstacle | undefined {
  return (
    never(question, moneyLeft) ?? notYet(question) ?? notWithoutPeople(question) ?? notAtThesePrices(question)
  );
}

function never({ now, isStopped, phases, cheapestHour }: ReturnQuestion, left: Money): Obstacle | undefined {
  const end = phases.at(-1)?.endsAt ?? now;
  const over = (reason: Rest['reason'], told: Sentence): Obstacle => ({
    reason,
    told: [told, sentence('rest.another', {})],
  });
  if (isStopped) return over('stopped', sentence('rest.stopped', {}));
  if (end <= now) return over('end-over', sentence('rest.end-over', { end }));
  const isSpent = compareMoney(left, cheapestHour ?? left) < 0 || !decimal(left.amount).isPositive();
  const { amount, currency } = left;
  return isSpent ? over('money-spent', sentence('rest.money-spent', { left: amount, currency })) : undefined;
}

function notYet(question: ReturnQuestion): Obstacle | undefined {
  const blocking = inTheWay(question);
  if (blocking.length > 0) {
    const campaigns = blocking.map(({ name }) => `"${name}"`).join(', ');
    return { reason: 'campaign', told: [sentence('rest.campaign', { campaigns })], blocking };
  }
  if (question.isStopSwitchOn) return { reason: 'stop-switch', told: [sentence('rest.stop-switch', {})] };
  if (question.promised === undefined) return undefined;
  return { reason: 'promised', told: [sentence('rest.promised', { message: question.promised })] };
}

function notWithoutPeople({ now, approvalExpiresAt }: ReturnQuestion): Obstacle | undefined {
  if (approvalExpiresAt !== undefined && approvalExpiresAt > now) return undefined;
  const why =
    approvalExpiresAt === undefined
      ? sentence('rest.unapproved', {})
      : sentence('rest.expired', { at: approvalExpiresAt });
  return { reason: 'approval', told: [why, sentence('rest.asked-again', {})] };
}

function notAtThesePrices({ prices, priceDriftLimit, unreadPrices }: ReturnQuestion): Obstacle | undefined {
  if (prices === undefined) return undefined;
  if (prices.kind === 'told') {
    if (!prices.isPast) return undefined;
    const told = [risen(prices, priceDriftLimit), sentence('rest.asked-at-prices', {})];
    return { reason: 'prices-risen', told };
  }
  if (unreadPrices === 'allow') return undefined;
  return {
    reason: 'prices-unread',
    told: [sentence('rest.prices-unread', { pools: prices.pools.join(', ') })],
  };
}

function risen({ ratio, now, basis }: ToldPrices, priceDriftLimit: number): Sentence {
  const sums = { limit: percentOf(priceDriftLimit), now: moneyText(now), basis: moneyText(basis) };
  return ratio === null
    ? sentence('rest.prices-from-nothing', sums)
    : sentence('rest.prices-risen', { ...sums, percent: percentOf(ratio - 1) });
}

function percentOf(share: number): number {
  return Math.round(share * 1_000) / 10;
}

/** Runs that have its route, or would need it before it could be up and away again. */
function inTheWay({ now, holders, leadMs, yieldMs }: ReturnQuestion): readonly RouteHolder[] {
  const soon = addMs(now, leadMs + yieldMs);
  return holders.filter(
    ({ follows, phases, leadMs: lead }) =>
      follows || phases.slice(0, 1).some(({ startsAt }) => addMs(startsAt, -lead - yieldMs) <= soon),
  );
}
