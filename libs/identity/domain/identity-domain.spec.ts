import { createHash } from 'node:crypto';
import { money } from '@springtide/kernel';
import fc from 'fast-check';
import {
  BUILT_IN_ROLES,
  PERMISSIONS,
  beyondGrantor,
  decide,
  effectivePermissions,
  genesis,
  grants,
  maskForAudit,
  sealHash,
  verifyAudit,
  type Approval,
  type AuditRecord,
  type SealedRecord,
} from './index.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('permissions', () => {
  const some = fc.subarray([...PERMISSIONS]);

  it('a token never does more than its owner', () => {
    fc.assert(
      fc.property(some, fc.array(fc.constantFrom(...PERMISSIONS, '*', 'made:up')), (owner, scopes) => {
        const effective = effectivePermissions(owner, scopes);
        expect([...effective].filter((one) => !owner.some((held) => held === one))).toEqual([]);
      }),
    );
  });

  it('what is beyond the grantor is exactly what they lack', () => {
    fc.assert(
      fc.property(some, some, (held, wanted) => {
        const lacking = new Set(beyondGrantor(new Set(held), wanted));
        for (const one of wanted) expect(lacking.has(one)).toBe(!held.includes(one));
      }),
    );
  });

  it('those who plan do not approve, and those who approve do not plan', () => {
    const of = (name: string) =>
      new Set<string>(BUILT_IN_ROLES.find((role) => role.name === name)?.permissions);
    expect(of('operations').has('campaign:approve')).toBe(false);
    expect(of('approver').has('campaign:write')).toBe(false);
    expect([...of('auditor'), ...of('read-only')].filter((one) => !one.endsWith(':read'))).toEqual([]);
  });
});

describe('deciding on an approval', () => {
  const pending: Approval = {
    id: 'a',
    subject: { kind: 'plan', id: 'p' },
    envelope: {},
    envelopeHash: 'h',
    ceiling: money('EUR', 1),
    authorId: 'author',
    lastEditorId: 'editor',
    status: 'pending',
    deciderId: null,
    reason: null,
    requestedAt: '2026-01-01T00:00:00.000Z',
    decidedAt: null,
    evidence: null,
    expiresAt: '2026-01-02T00:00:00.000Z',
  };
  const yes = {
    verdict: 'approved',
    by: 'approver',
    at: '2026-01-01T12:00:00.000Z',
    envelopeHash: 'h',
    reason: null,
  } as const;
  const outcome = (approval: Approval, change: object = {}): string => {
    const result = decide(approval, { ...yes, ...change });
    return result.kind === 'refused' ? result.why : result.kind;
  };

  it.each([
    ['another person', pending, {}, 'decided'],
    ['its author', pending, { by: 'author' }, 'own-work'],
    ['its last editor', pending, { by: 'editor' }, 'own-work'],
    ['another envelope', pending, { envelopeHash: 'x' }, 'other-envelope'],
    ['the very moment it expires', pending, { at: pending.expiresAt }, 'expired'],
    ['rejecting an expired one', pending, { at: pending.expiresAt, verdict: 'rejected' }, 'decided'],
    ['the same again', { ...pending, status: 'approved', deciderId: 'approver' }, {}, 'unchanged'],
    ['another after it', { ...pending, status: 'approved', deciderId: 'other' }, {}, 'decided-otherwise'],
    ['after a rejection', { ...pending, status: 'rejected', deciderId: 'approver' }, {}, 'decided-otherwise'],
    ['a withdrawn one', { ...pending, status: 'withdrawn', deciderId: 'author' }, {}, 'withdrawn'],
  ] as const)('%s', (_name, approval, change, expected) => {
    expect(outcome(approval, change)).toBe(expected);
  });

  it('grants only its envelope, only approved, only in time', () => {
    const approved: Approval = { ...pending, status: 'approved', deciderId: 'approver' };
    expect(grants(approved, 'h', yes.at)).toBe(true);
    expect(grants(approved, 'x', yes.at)).toBe(false);
    expect(grants(approved, 'h', pending.expiresAt)).toBe(false);
    expect(grants(pending, 'h', yes.at)).toBe(false);
  });
});

describe('the audit chain', () => {
  const record = (id: number): AuditRecord => ({
    id: String(id),
    tenantId: 't',
    at: '2026-01-01T00:00:00.000Z',
    actor: { kind: 'user', id: 'u', name: 'Ada' },
    requestId: 'r',
    action: 'campaign.update',
    target: { kind: 'campaign', id: `c${id}` },
    before: null,
    after: { name: `n${id}` },
    result: 'ok',
  });
  const chain = (count: number): SealedRecord[] => {
    const lines: SealedRecord[] = [];
    let previous = genesis('t', sha256);
    for (let seq = 1; seq <= count; seq += 1) {
      const hash = sealHash(previous, record(seq), sha256);
      lines.push({ seq, previous, hash, record: record(seq) });
      previous = hash;
    }
    return lines;
  };

  it('holds when nothing was touched', () => {
    expect(verifyAudit('t', chain(5), sha256)).toMatchObject({
      ok: true,
      records: 5,
      head: chain(5).at(-1)?.hash,
    });
    expect(verifyAudit('t', [], sha256)).toMatchObject({ ok: true, records: 0 });
  });

  it('breaks at the first line that was changed, removed, swapped or repeated', () => {
    const kinds = fc.constantFrom('change', 'remove', 'swap', 'repeat', 're-hash');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7 }), kinds, (at, kind) => {
        const lines = chain(10);
        const line = lines[at];
        const next = lines[at + 1];
        if (!line || !next) throw new Error('the chain is long enough');
        const changed = { ...line.record, actor: { ...line.record.actor, name: 'Eve' } };
        if (kind === 'change') lines[at] = { ...line, record: changed };
        // Whoever changes a record and its own seal is caught by the next one.
        if (kind === 're-hash') {
          lines[at] = { ...line, record: changed, hash: sealHash(line.previous, changed, sha256) };
        }
        if (kind === 'remove') lines.splice(at, 1);
        if (kind === 'repeat') lines.splice(at, 0, line);
        if (kind === 'swap') lines.splice(at, 2, next, line);
        const verdict = verifyAudit('t', lines, sha256);
        const first = at + (kind === 'repeat' || kind === 're-hash' ? 1 : 0);
        expect(verdict).toMatchObject({ ok: false, records: first });
      }),
    );
  });
});

describe('what an audit record shows', () => {
  it('no value of a field that is not allowed, at any depth', () => {
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.constant('canary'),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('secret', 'password', 'token', 'x'), tie('node'), { maxKeys: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(value, (input) => {
        expect(JSON.stringify(maskForAudit({ name: 'shown', input }))).not.toContain('canary');
      }),
    );
  });

  it('an allowed name does not open what lies below it', () => {
    expect(
      maskForAudit({ name: { password: 'canary' }, status: 'ok', list: [{ id: 1, key: 'canary' }] }),
    ).toEqual({
      name: { password: '[masked]' },
      status: 'ok',
      list: [{ id: 1, key: '[masked]' }],
    });
    expect(maskForAudit({ region: 'r1', own: 'x' }, ['own'])).toEqual({ region: 'r1', own: 'x' });
  });
});
