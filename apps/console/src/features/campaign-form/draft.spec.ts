import { CampaignInput, type CampaignBody } from '@springtide/contracts';
import { copyOf, draftOf, emptyDraft, lengthMs, lengthOf, spansOf, withPhase, type Draft } from './draft.js';
import { inputOf, referenceOf, spreadPeak, withDemand } from './draft-input.js';
import { faultsOf } from './draft-faults.js';

const SERVICES = ['storefront', 'checkout'];
const NOW = Date.parse('2026-11-01T00:00:00Z');
const id = (digit: number): string => `0190a0b0-0000-7000-8000-00000000000${digit}`;

const saved: CampaignInput = {
  ...{ name: 'Double 11', templateId: id(1), timeZone: 'Asia/Shanghai', policy: 'demo' },
  phases: [
    { name: 'ramp', startsAt: '2026-11-10T15:30:00.000Z', endsAt: '2026-11-10T16:00:00.000Z' },
    { name: 'peak', startsAt: '2026-11-10T16:00:00.000Z', endsAt: '2026-11-10T17:30:20.125Z' },
  ],
  demand: [
    { service: 'storefront', phase: 'ramp', requestsPerSecond: 2_500.5 },
    { service: 'storefront', phase: 'peak', requestsPerSecond: 9_000 },
    { service: 'checkout', phase: 'peak', requestsPerSecond: 1_500 },
  ],
  budget: { currency: 'CNY', amount: '400.10' },
  accountIds: [id(2)],
  ...{ readiness: 'required', rehearsal: 'advisory', belowPlan: 'after-peak', follows: 'plan' },
  lateStart: { policy: 'skip', afterMinutes: 20 },
};
const body: CampaignBody = {
  ...{ ...saved, id: id(3), status: 'closed', version: 4, currentPlanId: null, currentRunId: null },
  ...{
    author: { id: id(4), name: 'Li' },
    createdAt: '2026-10-01T00:00:00Z',
    updatedAt: '2026-10-01T00:00:00Z',
  },
};
const draft = draftOf(saved);

/** Whole enough to be sent. */
const filled = (change: Partial<Draft>): Draft => ({ ...draft, ...change });
const faults = (change: Partial<Draft>) => Object.fromEntries(faultsOf(filled(change), SERVICES, NOW));

describe('a draft', () => {
  it('says the same as the campaign that it was made from', () => {
    expect(draft.startsAt).toBe('2026-11-10T23:30');
    const sent = inputOf(draft, SERVICES);
    expect(sent).toEqual(saved);
    expect(CampaignInput.parse(sent)).toEqual(saved);
  });

  it('says the defaults that were left out', () => {
    const { readiness: _, rehearsal: __, belowPlan: ___, follows: ____, lateStart: _____, ...bare } = saved;
    const told = { readiness: 'advisory', rehearsal: 'advisory', belowPlan: 'keep', follows: 'plan' };
    expect(inputOf(draftOf(bare), SERVICES)).toMatchObject(told);
    expect(inputOf(draftOf(bare), SERVICES).lateStart).toEqual({ policy: 'start', afterMinutes: 15 });
    expect(draftOf({ ...bare, policy: 'standard' }).readiness).toBe('required');
  });

  it('keeps the clock time when the zone changes, and sends the other instant', () => {
    const elsewhere = inputOf({ ...draft, timeZone: 'Europe/Berlin' }, SERVICES);
    expect(elsewhere.phases[0]?.startsAt).toBe('2026-11-10T22:30:00.000Z');
  });

  it('leaves out phases that are not used, and services that the template does not have', () => {
    const phases = withPhase(draft.phases, 'ramp', false);
    const { demand } = inputOf({ ...draft, phases }, ['storefront']);
    expect(demand).toEqual([{ service: 'storefront', phase: 'peak', requestsPerSecond: 9_000 }]);
    const back = withPhase(withPhase(phases, 'decay', true), 'prewarm', true);
    expect(back.map(({ name }) => name)).toEqual(['prewarm', 'peak', 'decay']);
  });

  it('takes demand from history in the campaign’s own zone, and nothing of what was typed then', () => {
    const history = { seriesId: id(5), startsAt: '2025-11-10T23:30', multiple: '1.3' };
    const other = withDemand(draft, 'storefront', {
      from: 'history',
      history: { ...history, quantile: 'p99', levelSigma: 0.1 },
    });
    const sent = inputOf(other, SERVICES);
    const reference = { seriesId: id(5), historyStartsAt: '2025-11-10T15:30:00.000Z', multiple: 1.3 };
    expect(sent.demandFrom).toEqual([
      { service: 'storefront', ...reference, quantile: 'p99', levelSigma: 0.1 },
    ]);
    expect(sent.demand.map(({ service }) => service)).toEqual(['checkout']);
    expect(draftOf(sent).demand['storefront']).toMatchObject({ from: 'history', history });
    expect(referenceOf(other, 'checkout')).toBeUndefined();
  });

  it('spreads a peak over the other phases', () => {
    const shares = new Map([['ramp', 0.6] as const, ['peak', 1] as const]);
    const { demand } = inputOf(spreadPeak(draft, 'checkout', shares), ['checkout']);
    expect(demand.map(({ requestsPerSecond }) => requestsPerSecond)).toEqual([900, 1_500]);
  });

  it('is copied to a year that lies ahead, and is no rehearsal of the old plan', () => {
    const rehearses = { planId: id(6), planHash: 'x', share: 0.1 };
    const copied = copyOf({ ...body, rehearses }, Date.parse('2028-01-01T00:00:00Z'));
    expect(copied.startsAt).toBe('2028-11-10T23:30');
    expect(copied.rehearses).toBeUndefined();
    expect(copyOf(body, NOW).startsAt).toBe('2026-11-10T23:30');
  });

  it('reads lengths as people say them, and loses nothing of any', () => {
    expect(lengthOf(1_800_000)).toEqual({ length: '30', unit: 'minutes' });
    expect(lengthOf(5_400_000)).toEqual({ length: '1.5', unit: 'hours' });
    for (const ms of [20_125, 60_000, 5_400_000, 3_660_000, 86_400_000, 79_200_000])
      expect(lengthMs({ name: 'peak', ...lengthOf(ms) })).toBe(ms);
    const [peak] = spansOf({ ...draft, phases: [{ name: 'peak', length: '', unit: 'hours' }] });
    expect(peak).toBeUndefined();
  });
});

describe('faults of a draft', () => {
  it('are none in one that can be sent', () => {
    expect(faults({})).toEqual({});
  });

  it('name everything that is missing at once', () => {
    const empty = faultsOf(emptyDraft('UTC'), [], NOW);
    expect([...empty.keys()]).toEqual(['name', 'startsAt', 'templateId', 'budget', 'accountIds']);
  });

  it('are found in when a start is too late', () => {
    for (const lateAfter of ['', '0', '1.5', '-3', '10081', 'soon'])
      expect(faults({ lateAfter })).toEqual({ lateAfter: 'minutes' });
    expect(faults({ lateStart: 'skip', follows: 'strategies' })).toEqual({ lateStart: 'no-start' });
  });

  it('are found in every field', () => {
    expect(faults({ timeZone: 'Mars/Olympus' })).toEqual({ timeZone: 'zone' });
    expect(faults({ startsAt: '2026-03-29T02:30', timeZone: 'Europe/Berlin' })).toEqual({
      startsAt: 'no-such-time',
    });
    expect(faults({ startsAt: '2026-10-31T02:30' })).toEqual({ startsAt: 'past' });
    expect(faults({ phases: [] })).toMatchObject({ phases: 'no-phase' });
    expect(faults({ phases: [{ name: 'peak', length: '-1', unit: 'hours' }] })).toMatchObject({
      'phase.peak': 'length',
    });
    expect(faults({ budget: '1,000' })).toEqual({ budget: 'amount' });
    expect(faults({ budget: '-1' })).toEqual({ budget: 'amount' });
    expect(faults({ currency: 'yuan' })).toEqual({ currency: 'currency' });
    expect(faults({ demand: {} })).toEqual({ demand: 'no-demand' });
    const typed = { ...draft.demand['checkout']?.typed, ramp: 'many' };
    expect(faults(withDemand(draft, 'checkout', { typed }))).toEqual({ 'demand.checkout.ramp': 'demand' });
    const history = faults(withDemand(draft, 'checkout', { from: 'history' }));
    expect(history).toEqual({
      'history.checkout.seriesId': 'choose',
      'history.checkout.historyStartsAt': 'no-such-time',
    });
  });
});
