import type { EffectItem, Intent, Mandate } from '@springtide/effects/domain';
import { Decimal, addMs, decimal, msBetween, type Instant } from '@springtide/kernel';
import type { Case } from './case.js';
import type { ApprovalRow, RunRow } from './evidence.js';
import { finding, joined, type Finding, type Violation } from './judgement.js';

/** Item states that hold no room in a mandate. */
const OVER: readonly EffectItem['state'][] = ['refused', 'absent', 'gone', 'lost'];

/** I6: counted afresh from the rows of the machines; the mandate's own sums must agree with that. */
export function spendStaysBelowItsCeiling(of: Case): Finding {
  return joined(...of.books.mandates.map((mandate) => mandateInBounds(of, mandate)));
}

function mandateInBounds(of: Case, mandate: Mandate): Finding {
  const intents = of.books.intents.filter((i) => i.mandateId === mandate.id && i.kind === 'create');
  const held = intents.flatMap((i) => i.items.filter(({ state }) => !OVER.includes(state))).length;
  const reserved = total(intents.map((i) => decimal(i.reserved?.amount ?? 0)));
  const ended = total(intents.map((i) => costOf(i, of.books.readAt, (item) => OVER.includes(item.state))));
  const running = total(intents.map((i) => costOf(i, of.books.readAt, (item) => !OVER.includes(item.state))));
  const ceiling = Decimal.max(0, ...intents.map(largestOf)).plus(mandate.budget.amount);
  const { amount, currency } = mandate.budget;
  const over = (what: string, value: Decimal) =>
    value.greaterThan(ceiling)
      ? [
          exceeded(
            mandate,
            `${what} ${value.toFixed(2)} ${currency}, above the approved ${amount} and one batch`,
          ),
        ]
      : [];
  return finding({
    checked: 1,
    violations: [
      ...over('has spent and set aside', ended.plus(reserved)),
      ...over('has really cost', ended.plus(running)),
      ...(held > mandate.maxMachines
        ? [exceeded(mandate, `holds ${held} machines, where ${mandate.maxMachines} are approved`)]
        : []),
      ...disagreements(mandate, { held, reserved, ended }),
    ],
  });
}

function disagreements(
  mandate: Mandate,
  counted: Readonly<{ held: number; reserved: Decimal; ended: Decimal }>,
): readonly Violation[] {
  const close = (a: string | number, b: Decimal | number) => decimal(a).minus(b).abs().lessThan('0.000001');
  // More may be set aside than the purchases hold: an extension takes room for all of them at once.
  const short =
    decimal(mandate.reserved.amount).lessThan(counted.reserved) &&
    !close(mandate.reserved.amount, counted.reserved);
  const books = (what: string, booked: string | number, real: Decimal | number) =>
    exceeded(mandate, `books ${what} as ${booked}, while its machines add up to ${String(real)}`);
  const heldForNothing = counted.held === 0 && mandate.machines === 0;
  const keeps = (what: string, booked: string) =>
    heldForNothing && !close(booked, 0) ? [books(what, booked, 0)] : [];
  return [
    ...(mandate.machines === counted.held ? [] : [books('machines', mandate.machines, counted.held)]),
    ...keeps('money set aside', mandate.reserved.amount),
    ...keeps('money an hour', mandate.perHour.amount),
    ...(short ? [books('money set aside', mandate.reserved.amount, counted.reserved)] : []),
    ...(close(mandate.committed.amount, counted.ended)
      ? []
      : [books('money spent', mandate.committed.amount, counted.ended)]),
  ];
}

function exceeded(mandate: Mandate, what: string): Violation {
  return {
    invariant: 'I6',
    happened: `run ${mandate.runId} ${what}`,
    means: 'its next purchase is checked against a wrong sum, or money beyond the approval is spent already',
    next: 'stop the run (springtide run abort) or raise its budget by an approver; report the books of this mandate',
    evidence: [mandate.runId, mandate.id],
  };
}

/** Reckoned by the oracle itself, not by the product's own formula. */
function costOf(intent: Intent, at: Instant, which: (item: EffectItem) => boolean): Decimal {
  const perSecond = decimal(intent.pricePerHour?.amount ?? 0).dividedBy(3_600);
  return total(
    intent.items.map((item) => {
      if (item.acceptedAt === null || item.machineId === null || !which(item)) return decimal(0);
      const seconds = Math.ceil(
        Math.max(0, msBetween(item.acceptedAt, item.releasingAt ?? item.goneAt ?? at)) / 1_000,
      );
      return perSecond.times(Math.max(seconds, intent.minimumBillingSeconds)).toDecimalPlaces(10);
    }),
  );
}

/** What one batch of this kind may cost for as long as it was planned: its price for its minimum, or what it holds. */
function largestOf(intent: Intent): Decimal {
  const hour = decimal(intent.pricePerHour?.amount ?? 0).times(Math.max(intent.count, intent.items.length));
  return Decimal.max(hour, intent.reserved?.amount ?? 0);
}

function total(amounts: readonly Decimal[]): Decimal {
  return amounts.reduce((sum, amount) => sum.plus(amount), decimal(0));
}

/** I8: every purchase traces back to an approval that allowed exactly it, then. */
export function purchasesStayInTheirEnvelope(of: Case): Finding {
  const creates = of.books.intents.filter((intent) => intent.kind === 'create');
  const gap = of.books.approvals === undefined ? ['the rows of approvals were not read'] : [];
  const used = new Set(creates.map((intent) => intent.mandateId));
  return joined(
    ...creates.map((intent) => purchase(of, intent)),
    ...of.books.mandates.filter(({ id }) => used.has(id)).map((mandate) => envelopeOf(of, mandate)),
    finding({ checked: 0, gaps: creates.length === 0 ? [] : gap }),
  );
}

function purchase(of: Case, intent: Intent): Finding {
  const mandate = of.mandateById.get(intent.mandateId ?? '');
  const wrong = mandate === undefined ? ['has no mandate'] : outside(of, intent, mandate);
  return finding({ checked: 1, violations: wrong.map((what) => unapproved(intent, what)) });
}

function outside(of: Case, intent: Intent, mandate: Mandate): readonly string[] {
  const { skewMs, haltMs } = of.policy;
  const sent = intent.sentAt;
  const stop = of.books.stops.find((row) => row.tenantId === intent.tenantId && row.engaged);
  const late = (after: Instant | undefined, ms: number) =>
    after !== undefined && sent !== null && sent > addMs(after, ms);
  return [
    ...(mandate.runId === intent.runId && mandate.tenantId === intent.tenantId
      ? []
      : ['uses the mandate of another run']),
    ...(mandate.poolIds.includes(intent.poolId ?? '')
      ? []
      : [`buys in pool ${intent.poolId}, which is not approved`]),
    ...(late(mandate.validUntil, skewMs)
      ? [`was sent at ${sent}, after the approval’s window ended at ${mandate.validUntil}`]
      : []),
    ...(late(stop?.at, haltMs)
      ? [`was sent at ${sent}, after the stop switch was pulled at ${stop?.at}`]
      : []),
  ];
}

/** The mandate is the envelope, or more money that an audited decision allowed. */
function envelopeOf(of: Case, mandate: Mandate): Finding {
  const { approvals } = of.books;
  if (approvals === undefined) return finding({ checked: 0 });
  const approval = approvals.find(({ id }) => id === mandate.approvalId);
  if (approval === undefined && isAuditedOrder(of, mandate)) return finding({ checked: 1 });
  const wrong = approval === undefined ? ['has no approval'] : beyond(of, mandate, approval);
  return finding({ checked: 1, violations: wrong.map((what) => unapproved(mandate, what)) });
}

/** What is no campaign is ordered by one person with the right to it, with a limit of its own, on record. */
function isAuditedOrder(of: Case, { approvalId, campaignId, runId }: Mandate): boolean {
  if (approvalId !== null || campaignId !== null) return false;
  return of.books.audit?.records.some(({ targetId }) => targetId === runId) ?? false;
}

function beyond(of: Case, mandate: Mandate, approval: ApprovalRow): readonly string[] {
  const run = of.books.runs?.find(({ id }) => id === mandate.runId);
  const pools = mandate.poolIds.filter((id) => !approval.poolIds.includes(id));
  const raised = of.books.audit?.records.some(
    ({ action, targetId }) => action === 'run.raise-budget' && targetId === mandate.runId,
  );
  return [
    ...(approval.status === 'approved' && approval.decidedAt !== null
      ? []
      : [`rests on an approval that is ${approval.status}`]),
    ...(approval.planHash === mandate.planHash
      ? []
      : ['carries out another plan than the one that was approved']),
    ...(pools.length === 0 ? [] : [`may buy in ${pools.join(', ')}, which the approval does not name`]),
    ...(mandate.maxMachines <= approval.maxMachines
      ? []
      : [`may hold ${mandate.maxMachines} machines instead of ${approval.maxMachines}`]),
    ...(decimal(mandate.maxPerHour.amount).lessThanOrEqualTo(approval.maxPerHour.amount)
      ? []
      : [`may cost ${mandate.maxPerHour.amount} an hour instead of ${approval.maxPerHour.amount}`]),
    ...(decimal(mandate.budget.amount).lessThanOrEqualTo(approval.budget.amount) || raised === true
      ? []
      : [`may spend ${mandate.budget.amount} instead of ${approval.budget.amount}, and nobody raised it`]),
    ...(run === undefined ? [] : tooLate(of, run, approval)),
  ];
}

/** A group that comes back was started in time when it was armed; its approval must hold when it comes back. */
function tooLate(of: Case, { startedAt, cameBackFrom }: RunRow, approval: ApprovalRow): readonly string[] {
  const { skewMs } = of.policy;
  const isArmed = cameBackFrom == null;
  return [
    ...(startedAt > addMs(approval.expiresAt, skewMs)
      ? [`was armed after its approval expired at ${approval.expiresAt}`]
      : []),
    ...(isArmed && startedAt > addMs(approval.latestStart, skewMs)
      ? [`was armed after ${approval.latestStart}, the latest start`]
      : []),
  ];
}

function unapproved(subject: Intent | Mandate, what: string): Violation {
  const name = 'count' in subject ? `purchase ${subject.step}/${subject.batch}` : 'the mandate';
  return {
    invariant: 'I8',
    happened: `${name} of run ${subject.runId} ${what}`,
    means: 'machines may be bought that nobody approved, or approved under other terms',
    next: 'stop the run (springtide run abort), and compare plan, approval and mandate in the audit export',
    evidence: [subject.runId, subject.id],
  };
}
