import { AdvancingClock } from '@springtide/provider-kit/conformance';
import type { ProviderManifest } from '@springtide/provider-kit';
import { apiLeadMs, apiTimeReasons } from './api-time.js';

const rates = { read: { burst: 1, perSecond: 1 }, mutate: { burst: 5, perSecond: 2 } };
const manifestOf = () => ({ rates, limits: { launchBatch: 1 } }) as unknown as ProviderManifest;

const pool = {
  id: 'p1',
  accountId: 'a',
  accountName: 'Cloud East',
  provider: 'x',
  region: 'east',
  zone: 'east-a',
  machineType: 'big',
  purchaseOption: 'on-demand' as const,
  pricePerHour: { currency: 'EUR', amount: '1' },
  cap: 1_000,
};

function phase(name: 'prewarm' | 'ramp' | 'peak') {
  const at = new AdvancingClock().now().toISOString();
  return { name, startsAt: at, endsAt: at };
}

function content(...machines: number[]) {
  const phases = [phase('prewarm'), phase('ramp'), phase('peak')].slice(0, machines.length);
  const allocations = phases.map(({ name }, n) => {
    return { service: 'shop', poolId: 'p1', phase: name, machines: machines[n] ?? 0 };
  });
  return { phases, allocations, pools: [pool] };
}

const reasons = (...machines: number[]) => apiTimeReasons(content(...machines), manifestOf);

describe('what the plan says of the time the API itself needs', () => {
  it('names the phase that adds most, in words of time', () => {
    expect(reasons(10, 275, 300).map((reason) => reason.text)).toEqual([
      'The API of Cloud East in east itself needs 2 min 10 s for the 265 machines added for ramp (265 calls).',
    ]);
  });

  it('begins earlier by what the worst phase needs', () => {
    expect(apiLeadMs(content(10, 275, 300), manifestOf)).toBe(130_000);
    expect(apiLeadMs(content(5, 10, 10), manifestOf)).toBe(0);
  });

  it('says nothing where the API is no obstacle', () => {
    expect(reasons(5, 10, 10)).toEqual([]);
  });
});
