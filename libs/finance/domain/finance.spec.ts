import { costOfItem, type Intent } from '@springtide/effects/domain';
import { addMs, decimal, money, sumMoney, type Money } from '@springtide/kernel';
import fc from 'fast-check';
import {
  OUTSIDE_PHASES,
  assembleCampaignCost,
  billedUntil,
  costAsCsv,
  costAsJson,
  costAsTable,
  costOfRunning,
  splitByPhase,
  toCsv,
  costBasisOf,
  intervalsOf,
  wantedUntil,
  type CampaignCost,
  type CostBasis,
  type CostGroup,
  type CostPhase,
  type PlanForCost,
  type PricedOption,
  type UsageInterval,
} from './index.js';

const START = '2026-11-11T00:00:00.000Z';
const HOUR = 3_600_000;

function interval(over: Partial<UsageInterval> = {}): UsageInterval {
  return {
    machine: 'i-1',
    accountId: 'acc',
    accountName: 'east',
    provider: 'aws',
    region: 'r1',
    zone: 'r1-a',
    machineType: 'm.large',
    purchaseOption: 'on-demand',
    service: 'storefront',
    pool: 'pool-1',
    pricePerHour: money('USD', '0.1'),
    minimumBillingSeconds: 60,
    marketSnapshotId: 'snap',
    from: START,
    to: null,
    wantedUntil: null,
    ...over,
  };
}

const phases: readonly CostPhase[] = [
  { name: 'ramp', from: START, to: addMs(START, HOUR) },
  { name: 'peak', from: addMs(START, HOUR), to: addMs(START, 3 * HOUR) },
];

function pool(id: string, purchaseOption: PricedOption, price: string): PlanForCost['pools'][number] {
  return {
    id,
    accountId: 'acc',
    accountName: 'east',
    provider: 'aws',
    region: 'r1',
    zone: 'r1-a',
    machineType: 'm.large',
    purchaseOption,
    pricePerHour: money('USD', price),
    cap: 100,
  };
}

const plan: PlanForCost = {
  id: 'plan',
  marketSnapshotId: 'snap',
  pools: [pool('pool-1', 'on-demand', '0.1'), pool('home', 'private', '0.03')],
  allocations: [
    { service: 'storefront', poolId: 'pool-1', phase: 'ramp', machines: 2 },
    { service: 'storefront', poolId: 'pool-1', phase: 'peak', machines: 4 },
    { service: 'checkout', poolId: 'home', phase: 'peak', machines: 3 },
  ],
  // 1.00 and 0.18 for running; 6 minutes of starting and draining for 4 and 3 machines.
  cost: money('USD', '1.229'),
};
const basis: CostBasis = costBasisOf(plan, phases, money('USD', '100'));

const arbitraryInterval: fc.Arbitrary<UsageInterval> = fc
  .record({
    n: fc.nat(9),
    offset: fc.integer({ min: -2 * HOUR, max: 5 * HOUR }),
    length: fc.option(fc.integer({ min: 0, max: 4 * HOUR })),
    wanted: fc.option(fc.integer({ min: 0, max: 6 * HOUR })),
    price: fc.option(fc.integer({ min: 0, max: 1e9 }).map((n) => `${n}e-7`)),
    minimumBillingSeconds: fc.constantFrom(0, 60, 3_600),
    service: fc.constantFrom('storefront', 'checkout'),
    option: fc.constantFrom('private' as const, 'on-demand' as const, 'spot' as const),
  })
  .map(({ n, offset, length, wanted, price, minimumBillingSeconds, service, option }) => {
    const from = addMs(START, offset);
    return interval({
      machine: `i-${n}`,
      pool: `pool-${n % 3}`,
      zone: `z-${n % 2}`,
      service,
      purchaseOption: option,
      minimumBillingSeconds,
      pricePerHour: price === null ? null : money('USD', price),
      from,
      to: length === null ? null : addMs(from, length),
      wantedUntil: wanted === null ? null : addMs(START, wanted),
    });
  });
const arbitraryUsage = fc.array(arbitraryInterval, { maxLength: 25 });
const arbitraryAt = fc.integer({ min: -3 * HOUR, max: 6 * HOUR }).map((ms) => addMs(START, ms));

function total(groups: readonly CostGroup[], field: Exclude<keyof CostGroup, 'key'>): Money {
  return sumMoney(
    'USD',
    groups.map((group) => group[field]),
  );
}

describe('the cost of running machines', () => {
  it.each([
    // price per hour, milliseconds, minimum, amount
    ['0.1', HOUR, 60, '0.1'],
    ['0.1', 1_000, 60, '0.0016666667'],
    ['0.1', 60_001, 60, '0.0016944444'],
    ['0.1', 61_000, 60, '0.0016944444'],
    ['3.6', 1, 0, '0.001'],
    ['3.6', 0, 0, '0'],
    ['0.1', 0, 3_600, '0.1'],
    ['0.3', 3 * HOUR, 60, '0.9'],
    ['123456789.123456789', 24 * HOUR, 60, '2962962938.962962936'],
  ])('at %s an hour, %i ms and at least %i s, is %s', (price, ms, minimum, expected) => {
    const one = interval({
      pricePerHour: money('USD', price),
      minimumBillingSeconds: minimum,
      to: addMs(START, ms),
    });
    const cost = costOfRunning({ intervals: [one], at: addMs(START, 100 * HOUR), currency: 'USD' });
    expect(cost.total).toEqual({ currency: 'USD', amount: expected });
  });

  it('never falls as time goes on, never undercuts the minimum, and stops when the machine stops', () => {
    fc.assert(
      fc.property(arbitraryInterval, arbitraryAt, fc.nat(HOUR), (one, at, later) => {
        const before = costOfRunning({ intervals: [one], at, currency: 'USD' }).total;
        const after = costOfRunning({ intervals: [one], at: addMs(at, later), currency: 'USD' }).total;
        expect(decimal(after.amount).gte(before.amount)).toBe(true);
        if (one.from <= at) expect(billedUntil(one, at)).toBeGreaterThanOrEqual(one.minimumBillingSeconds);
        if (one.to !== null && one.to <= at) expect(after).toEqual(before);
      }),
    );
  });

  it('adds up exactly, row by row', () => {
    fc.assert(
      fc.property(arbitraryUsage, arbitraryAt, (intervals, at) => {
        const cost = costOfRunning({ intervals, at, currency: 'USD' });
        const sum = cost.rows.reduce((so, row) => so.plus(row.amount.amount), decimal(0));
        expect(sum.toString()).toBe(cost.total.amount);
      }),
    );
  });

  it('splits into phases without losing or inventing a second or a digit', () => {
    fc.assert(
      fc.property(arbitraryInterval, arbitraryAt, (one, at) => {
        const shares = splitByPhase(one, phases, at, 'USD');
        const whole = costOfRunning({ intervals: [one], at, currency: 'USD' });
        expect(
          sumMoney(
            'USD',
            shares.map((share) => share.amount),
          ),
        ).toEqual(whole.total);
        expect(shares.reduce((sum, share) => sum + share.seconds, 0)).toBe(billedUntil(one, at));
        for (const share of shares) expect(share.amount.amount.startsWith('-')).toBe(false);
      }),
    );
  });

  it('gives each phase its own seconds, and what lies outside its own row', () => {
    const one = interval({ from: addMs(START, HOUR - 10_000), to: addMs(START, 3 * HOUR + 5_000) });
    const shares = splitByPhase(one, phases, addMs(START, 9 * HOUR), 'USD');
    expect(shares.map(({ phase, seconds }) => [phase, seconds])).toEqual([
      ['ramp', 10],
      ['peak', 7_200],
      [OUTSIDE_PHASES, 5],
    ]);
  });
});

describe('the cost of a campaign', () => {
  it('has one total, however it is grouped', () => {
    fc.assert(
      fc.property(arbitraryUsage, arbitraryAt, (intervals, at) => {
        const cost = assembleCampaignCost({ campaignId: 'c', basis, intervals }, at);
        const lines = (own: boolean): Money =>
          sumMoney(
            'USD',
            cost.rows.filter((row) => (row.purchaseOption === 'private') === own).map((row) => row.amount),
          );
        expect(lines(false)).toEqual(cost.actualToDate);
        expect(lines(true)).toEqual(cost.private.actualToDate);
        for (const groups of [cost.byService, cost.byPool, cost.byPhase]) {
          expect(total(groups, 'actualToDate')).toEqual(cost.actualToDate);
          expect(total(groups, 'privateActualToDate')).toEqual(cost.private.actualToDate);
          expect(total(groups, 'planned')).toEqual(cost.planned);
          expect(total(groups, 'privatePlanned')).toEqual(cost.private.planned);
        }
        for (const figures of [cost, cost.private]) {
          expect(decimal(figures.committed.amount).gte(figures.actualToDate.amount)).toBe(true);
          expect(decimal(figures.projected.amount).gte(figures.committed.amount)).toBe(true);
        }
      }),
    );
  });

  it('adds a plan up to its own cost: 1.00 and 0.18 for running, the rest where machines start', () => {
    const cost = assembleCampaignCost({ campaignId: 'c', basis, intervals: [] }, START);
    expect([cost.planned.amount, cost.private.planned.amount]).toEqual(['1.04', '0.189']);
    expect(cost.byPhase).toMatchObject([
      { key: 'ramp', planned: { amount: '0.22' } },
      { key: 'peak', planned: { amount: '0.82' }, privatePlanned: { amount: '0.189' } },
    ]);
    expect([cost.actualToDate.amount, cost.committed.amount, cost.projected.amount]).toEqual([
      '0',
      '0',
      '1.04',
    ]);
  });

  it('never plans another total than the plan itself, whatever the planner added', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ machines: fc.integer({ min: 1, max: 500 }), pool: fc.nat(1), phase: fc.nat(1) }),
        ),
        fc.integer({ min: 0, max: 1e9 }),
        (rows, extra) => {
          const allocations = rows.map((row, n) => ({
            service: `s-${n}`,
            poolId: row.pool === 0 ? 'pool-1' : 'home',
            phase: row.phase === 0 ? ('ramp' as const) : ('peak' as const),
            machines: row.machines,
          }));
          const cost = money('USD', `${extra}e-9`);
          const made = costBasisOf({ ...plan, allocations, cost }, phases, money('USD', 1));
          const sum = sumMoney(
            'USD',
            made.planned.map((row) => row.amount),
          );
          expect(sum).toEqual(rows.length === 0 ? money('USD', 0) : cost);
        },
      ),
    );
  });

  it('wants machines until the last phase that plans them', () => {
    expect(wantedUntil(basis, 'storefront', 'pool-1')).toBe(addMs(START, 3 * HOUR));
    const ramp = costBasisOf({ ...plan, allocations: plan.allocations.slice(0, 1) }, phases, money('USD', 1));
    expect(wantedUntil(ramp, 'storefront', 'pool-1')).toBe(addMs(START, HOUR));
    expect(wantedUntil(ramp, 'unknown', 'pool-9')).toBe(addMs(START, 3 * HOUR));
  });

  it('projects what is spent and what is still planned, or what runs on, whichever is more', () => {
    const at = addMs(START, 2 * HOUR);
    const started = [0, 1, 2, 3].map((n) =>
      interval({ machine: `i-${n}`, from: addMs(START, HOUR), wantedUntil: addMs(START, 3 * HOUR) }),
    );
    const cost = assembleCampaignCost({ campaignId: 'c', basis, intervals: started }, at);
    expect(cost).toMatchObject({ runningMachines: 4, burnPerHour: { amount: '0.4' } });
    expect([cost.actualToDate.amount, cost.committed.amount, cost.projected.amount]).toEqual([
      '0.4',
      '0.8',
      '0.81',
    ]);
    const longer = started.map((one) => ({ ...one, wantedUntil: addMs(START, 5 * HOUR) }));
    const late = assembleCampaignCost({ campaignId: 'c', basis, intervals: longer }, at);
    expect([late.committed.amount, late.projected.amount]).toEqual(['1.6', '1.6']);
  });

  it('keeps other currencies and unrated machines apart, in sight', () => {
    const cost = assembleCampaignCost(
      {
        campaignId: 'c',
        basis,
        intervals: [
          interval({ to: addMs(START, HOUR) }),
          interval({ machine: 'i-2', pricePerHour: money('CNY', '0.7'), to: addMs(START, HOUR) }),
          interval({ machine: 'vm-3', purchaseOption: 'private', pricePerHour: null }),
        ],
      },
      addMs(START, HOUR),
    );
    expect(cost).toMatchObject({
      actualToDate: { amount: '0.1' },
      otherCurrencies: [{ currency: 'CNY', amount: '0.7' }],
      unratedMachines: 1,
      private: { actualToDate: { amount: '0' } },
    });
  });
});

describe('the ledger as usage', () => {
  const item = {
    index: 0,
    state: 'running' as const,
    machineId: 'i-1',
    address: null,
    refusal: null,
    acceptedAt: START,
    runningAt: null,
    readyAt: null,
    releasingAt: null,
    goneAt: null,
    endsAt: null,
    abandoned: null,
  };
  const intent: Intent = {
    id: 'in',
    tenantId: 't',
    runId: 'r',
    campaignId: 'c',
    step: 'peak',
    batch: 0,
    accountId: 'acc',
    region: 'r1',
    service: 'storefront',
    poolId: 'pool-1',
    kind: 'create',
    spec: {},
    specHash: '',
    count: 2,
    state: 'settled',
    generation: 0,
    fence: 1,
    unanswered: 0,
    sentAt: START,
    deadline: null,
    firstAbsentAt: null,
    releaseBy: null,
    releaseAt: null,
    mandateId: null,
    pricePerHour: money('USD', '0.1'),
    minimumBillingSeconds: 60,
    reserved: null,
    problem: null,
    createdAt: START,
    items: [
      item,
      {
        ...item,
        index: 1,
        machineId: 'i-2',
        releasingAt: addMs(START, HOUR),
        goneAt: addMs(START, 2 * HOUR),
      },
      { ...item, index: 2, machineId: null, acceptedAt: null, state: 'refused' },
    ],
  };

  it('counts every accepted machine once, with the names its plan gave it', () => {
    const intervals = intervalsOf([intent], { pools: plan.pools, basis });
    expect(intervals).toMatchObject([
      { machine: 'i-1', accountName: 'east', machineType: 'm.large', from: START, to: null },
      {
        machine: 'i-2',
        purchaseOption: 'on-demand',
        to: addMs(START, HOUR),
        wantedUntil: addMs(START, 3 * HOUR),
      },
    ]);
    expect(intervals).toHaveLength(2);
  });

  it('loses neither a machine of an unknown pool nor one without a price', () => {
    const [lost] = intervalsOf([{ ...intent, poolId: 'pool-9' }], { pools: [], basis: null });
    expect(lost).toMatchObject({ accountName: 'acc', machineType: 'unknown', purchaseOption: 'on-demand' });
    const intervals = intervalsOf([{ ...intent, pricePerHour: null }], { pools: plan.pools, basis });
    const cost = assembleCampaignCost({ campaignId: 'c', basis, intervals }, addMs(START, HOUR));
    expect(cost).toMatchObject({ unratedMachines: 2, runningMachines: 1, actualToDate: { amount: '0' } });
  });

  it('comes to what the ledger itself says, to the last digit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 * HOUR }), fc.integer({ min: 1, max: 1e6 }), (ms, price) => {
        const at = addMs(START, ms);
        const priced = { ...intent, pricePerHour: money('USD', `${price}e-5`) };
        const intervals = intervalsOf([priced], { pools: plan.pools, basis });
        const ledger = sumMoney(
          'USD',
          priced.items.map((one) => costOfItem(priced, one, at)),
        );
        // The ledger books an end when it happens; a report can look back before it.
        if (ms >= HOUR) expect(costOfRunning({ intervals, at, currency: 'USD' }).total).toEqual(ledger);
      }),
    );
  });
});

describe('cost reports', () => {
  const intervals = [
    interval({ to: addMs(START, HOUR) }),
    interval({ machine: 'i-2', to: addMs(START, HOUR) }),
    interval({
      machine: 'vm-1',
      accountName: '=HYPERLINK("http://evil","家")',
      purchaseOption: 'private',
      service: 'check"out, fast',
      pricePerHour: money('USD', '0.03'),
      to: addMs(START, HOUR),
    }),
  ];
  const cost: CampaignCost = assembleCampaignCost(
    { campaignId: 'c', basis, intervals },
    addMs(START, 2 * HOUR),
  );

  it('as CSV follows RFC 4180 and carries the exact amounts', () => {
    const lines = costAsCsv(cost).split('\r\n');
    expect(lines[0]).toMatch(/^campaign_id,as_of,basis,row,account,/);
    expect(lines.at(-1)).toBe('');
    expect(lines).toHaveLength(6);
    expect(lines[1]).toContain(`"'=HYPERLINK(""http://evil"",""家"")"`);
    expect(lines[1]).toContain('"check""out, fast"');
    expect(lines[2]).toMatch(/,2,7200,0.1,USD,0.2$/);
    expect(lines[3]).toMatch(/^c,[^,]+,running-seconds,total bought,{10,11}USD,0.2$/);
    const columns = new Set([lines[0], lines[2], lines[3], lines[4]].map((line) => line?.split(',').length));
    expect(columns).toEqual(new Set([16]));
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\0x', '＝1', '|cmd', '%0A'])(
    'as CSV takes the formula out of %j',
    (text) => {
      const [cell] = toCsv([[text]]).split('\r\n');
      expect(cell?.replace(/^"/, '').startsWith("'")).toBe(true);
    },
  );

  it('as CSV keeps negative amounts as numbers, and only amounts', () => {
    expect(toCsv([[{ amount: '-1.50' }, { amount: '-1+cmd' }, -3]])).toBe("-1.50,'-1+cmd,-3\r\n");
  });

  it('as CSV can be read back cell by cell', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 4 }), { minLength: 1 }),
        (rows) => {
          const back = readCsv(toCsv(rows));
          expect(back.map((row) => row.length)).toEqual(rows.map((row) => row.length));
          back.forEach((row, i) =>
            row.forEach((cell, j) => expect([rows[i]?.[j], `'${rows[i]?.[j]}`]).toContain(cell)),
          );
        },
      ),
    );
  });

  it('as a table shows cents, and everything that is in no figure', () => {
    const text = costAsTable(cost);
    expect(text).toMatch(/bought +100\.00 +1\.04 +0\.20 +0\.20 +0\.61/);
    expect(text).toMatch(/private +0\.19 +0\.03/);
    expect(costAsTable({ ...cost, unratedMachines: 2, otherCurrencies: [money('CNY', '7')] })).toMatch(
      /2 machines have no known price[^]*in no figure: 7\.00 CNY/,
    );
  });

  it('as JSON loses nothing', () => {
    expect(JSON.parse(costAsJson(cost))).toEqual(cost);
  });
});

function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
