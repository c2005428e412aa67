import { parseInstant, type Instant, type Money } from '@springtide/kernel';

export type ApprovalStatus = 'pending' | 'approved' | 'rejected' | 'withdrawn';

/** Grants an envelope: bound to what was seen (the hash), to a price and to an expiry. */
export type Approval = Readonly<{
  id: string;
  subject: Readonly<{ kind: string; id: string }>;
  envelope: unknown;
  /** SHA-256 of the envelope's canonical JSON. */
  envelopeHash: string;
  ceiling: Money;
  authorId: string;
  lastEditorId: string;
  status: ApprovalStatus;
  deciderId: string | null;
  reason: string | null;
  requestedAt: Instant;
  decidedAt: Instant | null;
  expiresAt: Instant;
  /** What the decision rests on beside the envelope, in the words of whoever asked; null before it, or without any. */
  evidence: unknown;
}>;

export type Decision = Readonly<{
  verdict: 'approved' | 'rejected';
  by: string;
  at: Instant;
  /** What the decider looked at. */
  envelopeHash: string;
  reason: string | null;
  evidence?: unknown;
}>;

export type DecisionRefusal = 'own-work' | 'expired' | 'other-envelope' | 'decided-otherwise' | 'withdrawn';

export type DecisionOutcome =
  | Readonly<{ kind: 'decided'; approval: Approval }>
  | Readonly<{ kind: 'unchanged'; approval: Approval }>
  | Readonly<{ kind: 'refused'; why: DecisionRefusal }>;

/** Rejecting is always allowed to the expired and never to the author: an author withdraws. */
export function decide(approval: Approval, decision: Decision): DecisionOutcome {
  if (decision.envelopeHash !== approval.envelopeHash) return { kind: 'refused', why: 'other-envelope' };
  if (approval.status === 'withdrawn') return { kind: 'refused', why: 'withdrawn' };
  if (approval.status !== 'pending') {
    const same = approval.status === decision.verdict && approval.deciderId === decision.by;
    return same ? { kind: 'unchanged', approval } : { kind: 'refused', why: 'decided-otherwise' };
  }
  if (decision.by === approval.authorId || decision.by === approval.lastEditorId) {
    return { kind: 'refused', why: 'own-work' };
  }
  if (decision.verdict === 'approved' && isExpired(approval, decision.at)) {
    return { kind: 'refused', why: 'expired' };
  }
  return {
    kind: 'decided',
    approval: {
      ...approval,
      status: decision.verdict,
      deciderId: decision.by,
      decidedAt: decision.at,
      reason: decision.reason,
      evidence: decision.evidence ?? null,
    },
  };
}

export function isExpired(approval: Pick<Approval, 'expiresAt'>, at: Instant): boolean {
  return parseInstant(at).getTime() >= parseInstant(approval.expiresAt).getTime();
}

/** Whether it lets something start now: approved, of this envelope, and not over. */
export function grants(approval: Approval, envelopeHash: string, at: Instant): boolean {
  return approval.status === 'approved' && approval.envelopeHash === envelopeHash && !isExpired(approval, at);
}
