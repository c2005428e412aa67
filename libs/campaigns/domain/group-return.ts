import type { Phase, ScalingRestBody } from '@springtide/contracts';
import { addMs, compareMoney, decimal, subtractMoney, type Instant, type Money } from '@springtide/kernel';
import type { PriceDrift } from '@springtide/readiness/domain';
import { riseText } from './price-rise.js';
import type { RouteHolder } from './shared-routes.js';

type Rest = Pick<ScalingRestBody, 'reason' | 'waitsFor' | 'expectedAt' | 'moneyLeft' | 'text'>;

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
  const [reason, text, ...blocking] = obstacleOf(question, moneyLeft) ?? [];
  if (reason !== undefined) {
    const ends = blocking.flatMap((holder) => holder.phases.slice(-1).map(({ endsAt }) => endsAt));
    const last = ends.toSorted().at(-1);
    const expectedAt = last === undefined ? null : addMs(last > now ? last : now, question.yieldMs);
    const waitsFor = blocking.map(({ name }) => name);
    return { comesBack: false, rest: { reason, text: text ?? '', waitsFor, expectedAt, moneyLeft } };
  }
  const left = phases.filter(({ endsAt }) => endsAt > now);
  const begun = left.map((phase) => (phase.startsAt < now ? { ...phase, startsAt: now } : phase));
  return { comesBack: true, phases: begun, moneyLeft };
}

type Obstacle = [Rest['reason'], string, ...RouteHolder[]];

function obstacleOf(question: ReturnQuestion, moneyLeft: Money): Obstacle | undefined {
  return (
    never(question, moneyLeft) ?? notYet(question) ?? notWithoutPeople(question) ?? notAtThesePrices(question)
  );
}

function never({ now, isStopped, phases, cheapestHour }: ReturnQuestion, left: Money): Obstacle | undefined {
  const end = phases.at(-1)?.endsAt ?? now;
  const another =
    'Its machines are back, and nothing of it costs money. Plan and approve another group if you want one.';
  if (isStopped) return ['stopped', `Its run was stopped, so it does not come back. ${another}`];
  if (end <= now)
    return ['end-over', `What was approved for it ended at ${end}, while it rested. ${another}`];
  const isSpent = compareMoney(left, cheapestHour ?? left) < 0 || !decimal(left.amount).isPositive();
  if (!isSpent) return undefined;
  return [
    'money-spent',
    `Of the money approved for it ${left.amount} ${left.currency} are left, less than its cheapest machine costs an hour. ${another}`,
  ];
}

function notYet(question: ReturnQuestion): Obstacle | undefined {
  const blocking = inTheWay(question);
  if (blocking.length > 0) {
    const names = blocking.map(({ name }) => `"${name}"`).join(', ');
    return [
      'campaign',
      `Rests for ${names} until closed: that has its route. Its machines are back and cost nothing; it comes back by itself within a minute after, inside its approval.`,
      ...blocking,
    ];
  }
  if (question.isStopSwitchOn) {
    const text =
      'The stop switch is on, so nothing is bought for it. It comes back when the switch is released.';
    return ['stop-switch', text];
  }
  if (question.promised === undefined) return undefined;
  return [
    'promised',
    `What it needs was promised to others meanwhile: ${question.promised}. Nothing was bought; it looks again every minute.`,
  ];
}

function notWithoutPeople({ now, approvalExpiresAt }: ReturnQuestion): Obstacle | undefined {
  if (approvalExpiresAt !== undefined && approvalExpiresAt > now) return undefined;
  const what =
    approvalExpiresAt === undefined
      ? 'No approval of its plan stands'
      : `Its approval expired at ${approvalExpiresAt}`;
  return [
    'approval',
    `${what}, so it does not come back by itself, and nothing is bought. Approval of the same plan is asked for again; when an approver grants it, the group comes back within a minute.`,
  ];
}

function notAtThesePrices({ prices, priceDriftLimit, unreadPrices }: ReturnQuestion): Obstacle | undefined {
  if (prices === undefined) return undefined;
  if (prices.kind === 'told') {
    if (!prices.isPast) return undefined;
    return [
      'prices-risen',
      `It does not come back by itself: ${riseText(prices, priceDriftLimit)}. Nothing is bought. Approval of the same plan is asked for again at prices of now; when an approver grants it, the group comes back within a minute.`,
    ];
  }
  if (unreadPrices === 'allow') return undefined;
  return [
    'prices-unread',
    `The prices of now could not be read for ${prices.pools.join(', ')}, so whether its approval still covers them is not known. Nothing is bought; it looks again every minute. Verify the accounts of these pools.`,
  ];
}

/** Runs that have its route, or would need it before it could be up and away again. */
function inTheWay({ now, holders, leadMs, yieldMs }: ReturnQuestion): readonly RouteHolder[] {
  const soon = addMs(now, leadMs + yieldMs);
  return holders.filter(
    ({ follows, phases, leadMs: lead }) =>
      follows || phases.slice(0, 1).some(({ startsAt }) => addMs(startsAt, -lead - yieldMs) <= soon),
  );
}
