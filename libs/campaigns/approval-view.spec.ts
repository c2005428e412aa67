import type { Approval } from '@springtide/identity/domain';
import { asApprovalBody } from './approval-view.js';

const NOW = '2026-11-11T00:00:00.000Z';
const ID = '00000000-0000-4000-8000-000000000001';
const readiness = { checkId: ID, hash: 'h', checkedAt: NOW, verdict: 'amber', overridden: 1 } as const;
const rehearsal = {
  ...{ rehearsalId: ID, hash: 'r', finishedAt: NOW, storm: 'calm', seed: 1, replayed: null },
  ...{ passed: true, held: 1, notHeld: 0 },
};

function shown(evidence: unknown) {
  const money = { currency: 'EUR', amount: '1' };
  const envelope = {
    ...{ planId: ID, planHash: 'p', poolIds: [], maxMachines: 1 },
    ...{ budget: money, maxPerHour: money, latestStart: NOW },
  };
  const approval = { id: ID, envelope, evidence, status: 'approved', expiresAt: NOW } as unknown as Approval;
  const body = asApprovalBody(approval, ID, NOW);
  return { readiness: body.readiness, rehearsal: body.rehearsal, shares: body.shares };
}

describe('what an approval is shown to rest on', () => {
  it('is its readiness check and its rehearsal, or neither', () => {
    expect(shown({ readiness, rehearsal })).toEqual({ readiness, rehearsal, shares: [] });
    expect(shown({ readiness: null, rehearsal })).toEqual({ readiness: null, rehearsal, shares: [] });
    expect(shown(null)).toEqual({ readiness: null, rehearsal: null, shares: [] });
  });

  it('is also what was rehearsed of it on the real clouds', () => {
    const shares = [{ campaignId: ID, runId: ID, planHash: 's', share: 0.05, closedAt: NOW, aborted: false }];
    expect(shown({ readiness: null, rehearsal: null, shares })).toEqual({
      readiness: null,
      rehearsal: null,
      shares,
    });
  });

  it('is the check alone for approvals of before rehearsals were evidence', () => {
    expect(shown(readiness)).toEqual({ readiness, rehearsal: null, shares: [] });
  });
});
