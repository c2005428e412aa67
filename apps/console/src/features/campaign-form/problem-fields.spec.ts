import { CampaignInput } from '@springtide/contracts';
import { problemFields } from './problem-fields.js';

const id = '0190a0b0-0000-7000-8000-000000000001';
const sent: CampaignInput = {
  ...{ name: 'Sale', templateId: id, timeZone: 'UTC', policy: 'demo', accountIds: [id] },
  phases: [
    { name: 'ramp', startsAt: '2026-11-10T15:30:00.000Z', endsAt: '2026-11-10T16:00:00.000Z' },
    { name: 'peak', startsAt: '2026-11-10T16:00:00.000Z', endsAt: '2026-11-10T17:00:00.000Z' },
  ],
  demand: [
    { service: 'storefront', phase: 'ramp', requestsPerSecond: 1 },
    { service: 'checkout', phase: 'peak', requestsPerSecond: 2 },
  ],
  demandFrom: [
    {
      service: 'search',
      seriesId: id,
      historyStartsAt: '2025-11-10T15:30:00.000Z',
      multiple: 1,
      levelSigma: 0.2,
      quantile: 'p90',
    },
  ],
  budget: { currency: 'CNY', amount: '1' },
};

describe('what the server finds wrong', () => {
  it('is shown at the field in which it was entered', () => {
    const wrong = {
      ...sent,
      name: ' ',
      accountIds: ['x'],
      timeZone: '',
      budget: { currency: 'yuan', amount: 'much' },
    };
    const demand = sent.demand.map((row) => ({ ...row, requestsPerSecond: row.phase === 'peak' ? -1 : 1 }));
    const demandFrom = sent.demandFrom?.map((row) => ({ ...row, multiple: 0, seriesId: 'y' }));
    const { error } = CampaignInput.safeParse({ ...wrong, demand, demandFrom });
    const errors = error?.issues.map(({ path, message }) => ({ path: path.join('.'), message })) ?? [];
    const { byField, rest } = problemFields(errors, sent);
    expect([...byField.keys()].toSorted()).toEqual([
      ...['accountIds', 'budget', 'currency', 'demand.checkout.peak'],
      ...['history.search.multiple', 'history.search.seriesId', 'name', 'timeZone'],
    ]);
    expect(rest).toEqual([]);
  });

  it('of the time line is shown at its phase, and what has no field is not lost', () => {
    const errors = [
      { path: 'phases.0.startsAt', message: 'a' },
      { path: 'phases.1.endsAt', message: 'b' },
      { path: 'phases.1.startsAt', message: 'c' },
      { path: 'phases', message: 'd' },
      { path: 'rehearses.share', message: 'e' },
    ];
    const { byField, rest } = problemFields(errors, sent);
    expect(Object.fromEntries(byField)).toEqual({ startsAt: 'a', 'phase.peak': 'b; c', phases: 'd' });
    expect(rest).toEqual([{ path: 'rehearses.share', message: 'e' }]);
  });
});
