import type { CampaignBody, PlanBody } from '@springtide/contracts';
import { changedInput, faultOf, noChange, questionOf, without, zonesOf } from './change.js';

const EAST = '10000000-0000-4000-8000-000000000001';
const WEST = '10000000-0000-4000-8000-000000000002';
const at = (hour: number): string => `2026-11-10T${hour}:00:00.000Z`;

const campaign: CampaignBody = {
  id: '20000000-0000-4000-8000-000000000001',
  name: 'sale',
  templateId: '30000000-0000-4000-8000-000000000001',
  timeZone: 'Asia/Shanghai',
  phases: [{ name: 'peak', startsAt: at(16), endsAt: at(17) }],
  demand: [{ service: 'shop', phase: 'peak', requestsPerSecond: 200 }],
  demandFrom: [
    {
      service: 'shop',
      seriesId: '40000000-0000-4000-8000-000000000001',
      historyStartsAt: '2025-11-10T16:00:00.000Z',
      multiple: 2,
      levelSigma: 0.2,
      quantile: 'p90',
    },
  ],
  budget: { currency: 'CNY', amount: '400' },
  accountIds: [EAST, WEST],
  policy: 'demo',
  status: 'planned',
  version: 3,
  author: { id: 'u', name: 'Lin' },
  createdAt: at(10),
  updatedAt: at(10),
  currentPlanId: null,
  currentRunId: null,
};
const none = noChange(campaign);

describe('a change that is tried', () => {
  it('asks nothing while everything is as in the campaign', () => {
    expect(questionOf(none, campaign)).toBeNull();
    expect(questionOf({ ...none, budget: '400.00' }, campaign)).toBeNull();
    expect(questionOf(without(without(none, EAST), EAST), campaign)).toBeNull();
  });

  it('names only what is different', () => {
    expect(questionOf({ ...none, demandFactor: '1.5' }, campaign)).toEqual({
      demandFactor: 1.5,
      excludeAccountIds: [],
      excludeRegions: [],
    });
    expect(questionOf({ ...none, budget: '0' }, campaign)?.budget).toEqual({ currency: 'CNY', amount: '0' });
  });

  it('waits for a number that can be planned with', () => {
    expect(faultOf({ ...none, demandFactor: '' })).toBe('demand');
    expect(faultOf({ ...none, demandFactor: '0' })).toBe('demand');
    expect(faultOf({ ...none, budget: '-1' })).toBe('budget');
    expect(faultOf({ ...none, demandFactor: '100', budget: '0' })).toBeUndefined();
    expect(questionOf({ ...none, budget: 'x' }, campaign)).toBeNull();
  });

  it('does not name a region of a cloud that is out as a whole', () => {
    const region = without(none, WEST, 'r1');
    expect(questionOf(region, campaign)?.excludeRegions).toEqual([{ accountId: WEST, region: 'r1' }]);
    expect(questionOf(without(region, WEST), campaign)).toEqual({
      excludeAccountIds: [WEST],
      excludeRegions: [],
    });
  });

  it('takes a zone out by itself and back in', () => {
    const zone = without(none, EAST, 'r1', 'r1a');
    expect(questionOf(zone, campaign)?.excludeRegions).toEqual([
      { accountId: EAST, region: 'r1', zone: 'r1a' },
    ]);
    expect(questionOf(without(zone, EAST, 'r1', 'r1a'), campaign)).toBeNull();
    expect(without(zone, EAST, 'r1').regions).toHaveLength(2);
  });

  it('becomes the campaign that it was tried on, and nothing that the server gives it', () => {
    const asked = questionOf(without({ ...none, demandFactor: '1.5', budget: '500' }, EAST), campaign);
    if (asked === null) throw new Error('a change is a question');
    const input = changedInput(campaign, asked);
    expect(input).toMatchObject({ budget: { amount: '500' }, accountIds: [WEST], policy: 'demo' });
    expect(input.demand).toEqual([{ service: 'shop', phase: 'peak', requestsPerSecond: 300 }]);
    expect(input.demandFrom?.[0]?.multiple).toBe(3);
    expect(Object.keys(input)).not.toContain('version');
  });
});

describe('zones to leave out', () => {
  const pool = (region: string, zone: string, accountId = EAST) => ({ accountId, region, zone });
  const names = (...pools: readonly ReturnType<typeof pool>[]) =>
    zonesOf({ pools: pools as unknown as PlanBody['pools'] }, EAST).map(({ name }) => name);

  it('are those of the cloud, each once', () => {
    expect(names(pool('r', 'b'), pool('r', 'a'), pool('r', 'b'), pool('r', 'c', WEST))).toEqual(['a', 'b']);
  });

  it('are told apart by their region where two share a name', () => {
    expect(names(pool('one', 'nova'), pool('two', 'nova'), pool('two', 'x'))).toEqual([
      'one/nova',
      'two/nova',
      'x',
    ]);
  });

  it('are not asked about where there is only one', () => {
    expect(names(pool('r', 'a'), pool('r', 'a'))).toEqual([]);
  });
});
