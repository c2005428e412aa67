import { Envelope, type ApprovalBody } from '@springtide/contracts';
import type { Approval } from '@springtide/identity/domain';
import type { Instant } from '@springtide/kernel';

export function readEnvelope(approval: Pick<Approval, 'envelope'>): Envelope {
  return Envelope.parse(approval.envelope);
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
  };
}

function statusOf(approval: Approval, now: Instant): ApprovalBody['status'] {
  if (approval.status === 'withdrawn') return 'superseded';
  if (approval.status !== 'pending') return approval.status;
  return approval.expiresAt <= now ? 'expired' : 'requested';
}
