import type { AccountHealth } from '@springtide/contracts';
import { verdictOf } from './verdict.js';

const well: AccountHealth = {
  checkedAt: '2026-11-11T00:00:00Z',
  ...{ identity: 'me', product: 'Cloud 1', clockSkewMs: null, problem: null, code: null },
  regions: ['north-1', 'north-2'],
  permissions: [{ action: 'run', granted: true, neededFor: 'expansion' }],
};
const settings = { regions: ['north-1'], endpoint: 'http://10.0.0.9:8080/v2', routes: {} };

describe('what the check of an account found', () => {
  it('is nothing before it was asked, and nothing when all is well', () => {
    expect(verdictOf({ settings, health: null })).toBeUndefined();
    expect(verdictOf({ settings, health: well })).toBeUndefined();
  });

  it('is a region that the cloud does not tell of, at its place', () => {
    const wrong = { ...settings, regions: ['north-1', 'nowhere-9'] };
    expect(verdictOf({ settings: wrong, health: well })).toMatchObject({
      ...{ kind: 'region', places: ['settings.regions.1'] },
    });
    expect(verdictOf({ settings: wrong, health: { ...well, regions: [] } })).toBeUndefined();
  });

  it('is a region whose address does not answer', () => {
    const health = { ...well, code: 'unavailable', problem: 'ec2.nowhere-9.example does not answer' };
    expect(verdictOf({ settings: { regions: ['nowhere-9'] }, health })).toMatchObject({
      ...{ kind: 'region', places: ['settings.regions.0'] },
    });
  });

  it('names the rights that are missing', () => {
    const permissions = [...well.permissions, { action: 'stop', granted: false, neededFor: 'the way back' }];
    const health = { ...well, permissions, code: 'permission-denied', problem: 'the credential lacks stop' };
    expect(verdictOf({ settings, health })).toMatchObject({
      ...{ kind: 'rights', places: [], missing: [{ action: 'stop', neededFor: 'the way back' }] },
    });
  });

  it('leads what our own gate refuses to the address, also where rights were missing before', () => {
    const permissions = [{ action: 'stop', granted: false, neededFor: 'the way back' }];
    const problem = 'the endpoint 10.0.0.9:8080 is not allowed. Ask the operator to allow it.';
    const health = { ...well, permissions, code: 'permission-denied', problem };
    expect(verdictOf({ settings, health })).toMatchObject({ kind: 'address', places: ['settings.endpoint'] });
  });

  it('is the credential where the cloud does not know it', () => {
    const health = { ...well, code: 'unauthenticated', problem: 'login refused' };
    expect(verdictOf({ settings, health })).toMatchObject({ kind: 'secret', places: ['secret'] });
  });

  it('says no more than it knows of anything else', () => {
    const health = { ...well, code: 'internal', problem: 'the cloud failed' };
    expect(verdictOf({ settings, health })).toMatchObject({
      kind: 'other',
      places: [],
      said: 'the cloud failed',
    });
    const silent = { ...well, code: 'timeout', problem: 'no answer in time' };
    expect(verdictOf({ settings, health: silent })).toMatchObject({ kind: 'address', places: [] });
  });
});
