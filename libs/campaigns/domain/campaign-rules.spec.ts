import { CAMPAIGN_STATUSES, type CampaignInput } from '@springtide/contracts';
import { SpringtideError, asSpringtideError } from '@springtide/kernel';
import fc from 'fast-check';
import {
  checkCampaign,
  inUtc,
  isEditable,
  moved,
  retarget,
  type CampaignStatus,
  type PlanContent,
  type RunTargets,
} from './index.js';

const at = (hour: number) => new Date(Date.UTC(2026, 10, 11, hour)).toISOString();

const input: CampaignInput = {
  name: 'Double 11',
  templateId: '00000000-0000-4000-8000-000000000001',
  timeZone: 'Asia/Shanghai',
  phases: [
    { name: 'ramp', startsAt: at(1), endsAt: at(2) },
    { name: 'peak', startsAt: at(2), endsAt: at(3) },
  ],
  demand: [{ service: 'web', phase: 'peak', requestsPerSecond: 100 }],
  budget: { currency: 'CNY', amount: '10' },
  accountIds: ['00000000-0000-4000-8000-000000000002'],
  policy: 'demo',
};

describe('a campaign', () => {
  it('that is sound is taken', () => {
    expect(() => checkCampaign(input, ['web'], at(0))).not.toThrow();
  });

  it('is told all that is wrong with it at once', () => {
    const wrong: CampaignInput = {
      ...input,
      phases: [
        { name: 'ramp', startsAt: at(3), endsAt: at(2) },
        { name: 'ramp', startsAt: at(4), endsAt: at(5) },
      ],
      demand: [
        { service: 'web', phase: 'ramp', requestsPerSecond: 1 },
        { service: 'web', phase: 'ramp', requestsPerSecond: 2 },
        { service: 'pay', phase: 'peak', requestsPerSecond: 3 },
      ],
    };
    const check = () => checkCampaign(wrong, ['web'], at(6));
    expect(check).toThrow(SpringtideError);
    for (const part of [
      'a phase is named twice',
      'ramp ends before it starts',
      'ramp does not start when ramp ends: there is a gap between them',
      'the campaign lies in the past',
      'demand for web/ramp is given twice',
      'the template has no service "pay"',
      'there is demand for peak, which is not one of the phases',
    ])
      expect(check).toThrow(part);
  });

  it('is told where in what was sent each point is', () => {
    const wrong: CampaignInput = {
      ...input,
      phases: [
        { name: 'peak', startsAt: at(1), endsAt: at(3) },
        { name: 'peak', startsAt: at(2), endsAt: at(2) },
      ],
      demand: [
        { service: 'web', phase: 'peak', requestsPerSecond: 1 },
        { service: 'pay', phase: 'ramp', requestsPerSecond: 2 },
        { service: 'web', phase: 'peak', requestsPerSecond: 3 },
      ],
      budget: { currency: 'CNY', amount: '-1' },
    };
    const places = (sent: CampaignInput, now = at(0)) => {
      try {
        checkCampaign(sent, ['web'], now);
      } catch (thrown) {
        return asSpringtideError(thrown).places.map(({ path }) => path);
      }
      return [];
    };
    expect(places(wrong)).toEqual([
      'phases.1.name',
      'phases.1.endsAt',
      'phases.1.startsAt',
      'demand.1.service',
      'demand.1.phase',
      'demand.2.service',
      'budget.amount',
    ]);
    expect(places(input, at(6))).toEqual(['phases.1.endsAt']);
    expect(places({ ...input, demand: [] })).toEqual(['demand']);
  });

  it('is kept in UTC, whatever zone it was written in', () => {
    const local = {
      name: 'peak' as const,
      startsAt: '2026-11-11T10:00:00+08:00',
      endsAt: '2026-11-11T11:00:00+08:00',
    };
    expect(inUtc({ ...input, phases: [local] }).phases).toEqual([input.phases[1]]);
  });

  it('has phases that follow each other, and a budget', () => {
    const [ramp, peak] = input.phases;
    if (ramp === undefined || peak === undefined) throw new Error('the input has two phases');
    const overlapping = { ...input, phases: [{ ...ramp, endsAt: at(3) }, peak] };
    expect(() => checkCampaign(overlapping, ['web'], at(0))).toThrow(
      'peak does not start when ramp ends: they overlap',
    );
    const owed = { ...input, budget: { currency: 'CNY', amount: '-1' } };
    expect(() => checkCampaign(owed, ['web'], at(0))).toThrow('the budget is less than nothing');
  });

  const status = fc.constantFrom<CampaignStatus>(...CAMPAIGN_STATUSES);

  it('never comes back from its end, and only forward once it is armed', () => {
    fc.assert(
      fc.property(status, status, (from, to) => {
        const possible = canMove(from, to);
        if (from === to) expect(possible).toBe(true);
        else if (from === 'closed' || from === 'cancelled') expect(possible).toBe(false);
        else if (possible && !isEditable(from)) expect(isEditable(to) || to === 'cancelled').toBe(false);
      }),
    );
  });

  it.each([
    ['draft', 'armed'],
    ['planned', 'armed'],
    ['approved', 'running'],
    ['running', 'approved'],
    ['scaling-back', 'running'],
  ] as const)('that is %s cannot become %s', (from, to) => {
    expect(() => moved(from, to)).toThrow(/possible now/);
  });

  it.each([
    ['armed', 'closed'],
    ['stuck', 'closed'],
    ['running', 'stuck'],
    ['approved', 'draft'],
  ] as const)('that is %s may become %s', (from, to) => {
    expect(moved(from, to)).toBe(to);
  });
});

function canMove(from: CampaignStatus, to: CampaignStatus): boolean {
  try {
    return moved(from, to) === to;
  } catch {
    return false;
  }
}

describe('a new target', () => {
  const pool = (id: string, price: string, cap: number, purchaseOption = 'on-demand') =>
    ({
      id,
      cap,
      purchaseOption,
      pricePerHour: { currency: 'CNY', amount: price },
    }) as PlanContent['pools'][number];
  const sheet = (service: string, poolId: string, requestsPerSecond: number) =>
    ({ service, poolId, requestsPerSecond }) as PlanContent['sheets'][number];
  const content = {
    standing: [{ service: 'web', machines: 1, requestsPerSecond: 20 }],
    pools: [pool('own', '9.00', 2, 'private'), pool('dear', '0.50', 5), pool('cheap', '0.40', 3)],
    sheets: [
      sheet('web', 'own', 20),
      sheet('web', 'dear', 20),
      sheet('web', 'cheap', 20),
      sheet('pay', 'cheap', 10),
    ],
  } as unknown as PlanContent;
  const before: RunTargets = [
    { service: 'web', poolId: 'dear', phase: 'peak', machines: 1 },
    { service: 'web', poolId: 'own', phase: 'ramp', machines: 1 },
    { service: 'pay', poolId: 'cheap', phase: 'peak', machines: 1 },
  ];
  const change = (requestsPerSecond: number) => {
    const { targets, uncovered } = retarget(before, content, {
      service: 'web',
      phase: 'peak',
      requestsPerSecond,
    });
    const own = targets.filter((one) => one.service === 'web' && one.phase === 'peak');
    return { targets, own: own.map((one) => `${one.machines} ${one.poolId}`), uncovered };
  };

  it.each([
    ['what stands counts first', 20, []],
    ['private machines next, whatever their rate card says', 60, ['2 own']],
    ['then the cheapest, less what others hold of it', 100, ['2 own', '2 cheap']],
    ['then the rest', 130, ['2 own', '2 cheap', '2 dear']],
  ])('%s', (_what, demand, wanted) => {
    expect(change(demand)).toMatchObject({ own: wanted, uncovered: 0 });
  });

  it('says what nobody can cover', () => {
    expect(change(250).uncovered).toBe(50);
  });

  it('touches no other service and no other phase', () => {
    expect(change(100).targets).toEqual(expect.arrayContaining([...before.slice(1)]));
  });

  it('covers the demand or says by how much not, and never beyond a cap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), (demand) => {
        const { targets, uncovered } = change(demand);
        const peak = targets.filter((one) => one.phase === 'peak');
        const bought = peak
          .filter((one) => one.service === 'web')
          .reduce((sum, one) => sum + one.machines * 20, 0);
        expect(20 + bought + uncovered).toBeGreaterThanOrEqual(demand);
        for (const { id, cap } of content.pools) {
          const used = peak.filter((one) => one.poolId === id).reduce((sum, one) => sum + one.machines, 0);
          expect(used).toBeLessThanOrEqual(cap);
        }
      }),
    );
  });
});
