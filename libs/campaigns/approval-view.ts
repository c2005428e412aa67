import {
  Envelope,
  ReadinessEvidence,
  RehearsalEvidence,
  ShareEvidence,
  type ApprovalBody,
} from '@springtide/contracts';
import type { Approval } from '@springtide/identity/domain';
import { SpringtideError, type Instant } from '@springtide/kernel';
import { hashJson } from '@springtide/platform';
import { z } from 'zod';

/** What an approval rests on beside the plan. */
const ApprovalEvidence = z.object({
  readiness: ReadinessEvidence.nullable(),
  rehearsal: RehearsalEvidence.nullable(),
  shares: z.array(ShareEvidence).default([]),
});
export type ApprovalEvidence = z.infer<typeof ApprovalEvidence>;

/** Approvals of before rehearsals were evidence kept their readiness check alone. */
const StoredEvidence = z.union([
  ApprovalEvidence,
  ReadinessEvidence.transform((readiness) => ({ readiness, rehearsal: null, shares: [] })),
]);

export function readEnvelope(approval: Pick<Approval, 'envelope'>): Envelope {
  return Envelope.parse(approval.envelope);
}

/** The envelope is what a run is held to: one that differs from what was decided on grants nothing. */
export function isUntouched(approval: Pick<Approval, 'envelope' | 'envelopeHash'>): boolean {
  return hashJson(approval.envelope) === approval.envelopeHash;
}

export function asApprovalBody(approval: Approval, campaignId: string, now: Instant): ApprovalBody {
  const envelope = readEnvelope(approval);
  return {
    id: approval.id,
    campaignId,
    planId: envelope.planId,
    status: statusOf(approval, now),
    envelope,
    requestedBy: approval.authorId,
    decidedBy: approval.deciderId,
    decidedAt: approval.decidedAt,
    expiresAt: approval.expiresAt,
    comment: approval.reason,
    ...readEvidence(approval.evidence),
  };
}

function readEvidence(evidence: unknown): ApprovalEvidence {
  return evidence === null
    ? { readiness: null, rehearsal: null, shares: [] }
    : StoredEvidence.parse(evidence);
}

/** How the books call what people see. */
export const STORED = {
  requested: 'pending',
  expired: 'pending',
  approved: 'approved',
  rejected: 'rejected',
  superseded: 'withdrawn',
} as const satisfies Record<ApprovalBody['status'], Approval['status']>;

/** The last entry of the page before, from its cursor. */
export function readPlace(
  cursor: string | undefined,
): Readonly<{ requestedAt: string; id: string }> | undefined {
  if (cursor === undefined) return undefined;
  const [requestedAt, id] = cursor.split('~');
  if (requestedAt === undefined || id === undefined || Number.isNaN(Date.parse(requestedAt))) {
    throw new SpringtideError('invalid-argument', 'this cursor is not one of ours; start the list again');
  }
  return { requestedAt, id };
}

export function statusOf(approval: Approval, now: Instant): ApprovalBody['status'] {
  if (approval.status === 'withdrawn') return 'superseded';
  if (approval.status !== 'pending') return approval.status;
  return approval.expiresAt <= now ? 'expired' : 'requested';
}
