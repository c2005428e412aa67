import { ApiProblem, clausesFact, sentence, type PlanBody, type RunBody } from '@springtide/contracts';
import { billSections } from './bill-sections.js';
import { planSections, runSections, timelineLine } from './campaign-sections.js';
import { exitCodeOf } from './exit-code.js';
import { describeFailure } from './problem-text.js';
import { ageText, moneyText, numberText, priceText, timeText } from './readable.js';
import { factsOf, render, tableOf } from './render.js';

const eur = (amount: string) => ({ currency: 'EUR', amount });

describe('amounts and times', () => {
  it.each([
    ['0', 'EUR 0.00'],
    ['1234567.5', 'EUR 1,234,567.50'],
    ['0.005', 'EUR 0.00'],
    ['0.015', 'EUR 0.02'],
    ['-12.345', 'EUR -12.34'],
    ['123456789012345678.99', 'EUR 123,456,789,012,345,678.99'],
  ])('%s is read as %s', (amount, text) => {
    expect(moneyText(eur(amount))).toBe(text);
  });

  it('keeps four places of a unit price', () => {
    expect(priceText(eur('0.04255'))).toBe('EUR 0.0426');
    expect(priceText(eur('2'))).toBe('EUR 2.00');
    expect(priceText(null)).toBe('unknown');
  });

  it('shows no coins that a currency does not have', () => {
    expect(moneyText({ currency: 'JPY', amount: '1234.56' })).toBe('JPY 1,235');
    expect(priceText({ currency: 'JPY', amount: '35' })).toBe('JPY 35');
    expect(priceText({ currency: 'JPY', amount: '35.125' })).toBe('JPY 35.125');
  });

  it('says the zone of every time', () => {
    expect(timeText('2026-11-11T08:00:05.123+08:00')).toBe('2026-11-11 00:00:05Z');
    expect(timeText(null)).toBe('-');
  });

  it('counts in the largest fitting unit', () => {
    const now = new Date('2026-11-11T00:00:00Z');
    expect(ageText('2026-11-10T23:59:30Z', now)).toBe('30 s ago');
    expect(ageText('2026-11-11T03:00:00Z', now)).toBe('in 3 h');
    expect(ageText(null, now)).toBe('never');
    expect(numberText(1234.567)).toBe('1,234.57');
  });
});

describe('formats', () => {
  const rows = [
    { name: 'eins', machines: 12 },
    { name: '双十一', machines: 3 },
  ];
  const sections = () => [
    tableOf(
      [
        ['name', (row) => row.name],
        ['machines', (row) => row.machines],
      ],
      rows,
    ),
  ];

  it('lines up columns, wide characters too', () => {
    expect(render('table', rows, sections)).toBe('NAME    MACHINES\neins    12\n双十一  3\n');
  });

  it('prints data alone for programs', () => {
    expect(JSON.parse(render('json', rows, sections))).toEqual(rows);
    expect(render('yaml', rows, sections)).toBe(
      '- name: eins\n  machines: 12\n- name: 双十一\n  machines: 3\n',
    );
  });

  it('says when there is nothing', () => {
    expect(render('table', [], () => [tableOf([['name', () => '']], [])])).toBe('(none)\n');
  });

  it('lets no name from a server move the cursor', () => {
    const text = render('table', null, () => [
      factsOf([['Name', 'evil\u001b[2J\u0007 name']]),
      tableOf([['name', (name: string) => name]], ['a\rb\u202Ec\nd']),
    ]);
    for (const sign of ['\u001b', '\u0007', '\r', '\u202e']) expect(text).not.toContain(sign);
    expect(text).toContain('a�b�c d');
  });
});

describe('failures', () => {
  it('say what happened, what to do, and how to find it again', () => {
    const { text, exitCode } = describeFailure(
      new ApiProblem({
        type: 'urn:springtide:problem:invalid-argument',
        title: 'Invalid request',
        status: 400,
        code: 'invalid-argument',
        detail: 'The request is wrong in one place. Nothing was changed.',
        nextStep: 'Correct it.',
        correlationId: 'r-1',
        errors: [{ path: 'budget.currency', message: 'three capital letters' }],
      }),
    );
    expect(text.split('\n')).toEqual([
      'Error: Invalid request. The request is wrong in one place. Nothing was changed.',
      '  budget.currency: three capital letters',
      'Next:  Correct it.',
      'Id:    r-1',
    ]);
    expect(exitCode).toBe(2);
  });

  it.each([
    ['not-found', 3],
    ['unauthenticated', 4],
    ['permission-denied', 4],
    ['conflict', 5],
    ['already-exists', 5],
    ['failed-precondition', 5],
    ['timeout', 6],
    ['unavailable', 1],
    ['something new', 1],
  ])('%s ends with %i', (code, exit) => {
    expect(exitCodeOf(code)).toBe(exit);
  });
});

const plan: PlanBody = {
  id: 'p',
  campaignId: 'c',
  revision: 2,
  hash: 'abc',
  status: 'ready',
  createdAt: '2026-11-10T00:00:00Z',
  marketSnapshotId: null,
  pools: [
    {
      id: 'pool-1',
      accountId: 'a',
      accountName: 'aws-prod',
      provider: 'aws',
      region: 'eu',
      zone: 'eu-1a',
      machineType: 'm7i.large',
      purchaseOption: 'on-demand',
      pricePerHour: eur('0.1008'),
      cap: 100,
    },
  ],
  allocations: [
    { service: 'shop', poolId: 'pool-1', phase: 'ramp', machines: 4 },
    { service: 'shop', poolId: 'pool-1', phase: 'peak', machines: 40 },
  ],
  standing: [],
  capacity: [{ service: 'shop', phase: 'peak', demand: 10_000, planned: 9_000, short: 1_000 }],
  cost: eur('12.5'),
  lowerBound: eur('12'),
  gap: 0.0417,
  solver: 'highs',
  quality: 'bounded',
  reasons: [{ code: 'cheapest', params: {}, text: 'm7i.large is the cheapest that is in stock.' }],
  failure: null,
};

describe('a plan', () => {
  it('shows machines by phase, what falls short, and why', () => {
    const text = render('table', plan, () => planSections(plan, 'en-US'));
    expect(text).toContain('Cost         EUR 12.50');
    expect(text).toContain('Gap          4.17 %');
    expect(text).toMatch(/SERVICE +ACCOUNT +ZONE +TYPE +BOUGHT AS +PER HOUR +RAMP +PEAK/);
    expect(text).toMatch(/shop +aws-prod +eu-1a +m7i\.large +on-demand +EUR 0\.1008 +4 +40/);
    expect(text).toMatch(/shop +peak +10,000 +9,000 +1,000/);
    expect(text).toContain('- m7i.large is the cheapest that is in stock.');
  });
});

describe('a run', () => {
  const run: RunBody = {
    id: 'r',
    version: 1,
    wayBack: null,
    safeHold: null,
    campaignId: 'c',
    planId: 'p',
    state: 'stuck',
    phase: null,
    summary: 'One machine does not go away.',
    since: '2026-11-11T00:00:00Z',
    expectedEnd: null,
    ifStopped: 'Nothing more would happen.',
    startedAt: '2026-11-10T22:00:00Z',
    closedAt: null,
    pools: [],
    capacity: [],
    traffic: [],
    spend: { planned: eur('10'), actual: eur('9.5'), committed: eur('0'), budget: eur('20') },
    leftovers: [{ machineId: 'i-1', account: 'aws-prod', state: 'running', costPerHour: eur('0.1') }],
  };

  it('names what is left over and what it costs', () => {
    const text = render('table', run, () => runSections(run, 'en-US'));
    expect(text).toContain('EUR 9.50 of EUR 20.00');
    expect(text).toMatch(/LEFT OVER[\s\S]*i-1 +aws-prod +running +EUR 0\.10/);
  });

  it('shows its way back, phase by phase, with what is in the way', () => {
    const quiet = { startedAt: null, deadline: null, endedAt: null, waitsFor: '', hold: null };
    const since = '2026-11-11T01:00:00.000Z';
    const place = { accountId: 'a', account: 'aws-prod', region: 'eu-1', since };
    const wayBack: RunBody['wayBack'] = {
      reason: 'the campaign is over',
      urgent: false,
      phases: [
        { ...quiet, name: 'weights', state: 'done' },
        {
          ...quiet,
          name: 'terminate',
          state: 'working',
          startedAt: since,
          deadline: since,
          waitsFor: '2 machines',
        },
      ],
      obstacles: [
        { ...place, kind: 'unreachable', code: 'unavailable', message: 'no route', tries: 4, nextTry: since },
      ],
      leftovers: [
        { ...place, id: 'i-1', kind: 'machine', state: 'ready', costPerHour: eur('0.1'), abandoned: null },
      ],
      round: 2,
      billCheckAt: null,
    };
    const text = render('table', { ...run, wayBack }, () => runSections({ ...run, wayBack }, 'en-US'));
    expect(text).toContain('Way back, round 2');
    expect(text).toMatch(/terminate +working +2026-11-11 01:00:00Z +2026-11-11 01:00:00Z +2 machines/);
    expect(text).toMatch(
      /aws-prod +eu-1 +unreachable +2026-11-11 01:00:00Z +4 +2026-11-11 01:00:00Z +unavailable: no route/,
    );
    expect(text).toMatch(/machine +i-1 +aws-prod +ready +2026-11-11 01:00:00Z +EUR 0\.10/);
  });

  it('tells what it does and waits for in the language that was asked for, and older text as it is', () => {
    const phase = { startedAt: null, deadline: null, endedAt: null, state: 'working', hold: null } as const;
    const { clauses, summarySentences } = {
      clauses: clausesFact([sentence('waits.there', { count: 2 }), sentence('waits.uncounted', {})]),
      summarySentences: [sentence('now.returning', { count: 3 })],
    };
    const told = [sentence('waits', { waitsFor: clauses })];
    const phases = [
      { ...phase, name: 'gone' as const, waitsFor: 'text', waitsForSentences: told },
      { ...phase, name: 'proof' as const, waitsFor: 'as an older version wrote it' },
    ];
    const way = { reason: '', urgent: false, obstacles: [], leftovers: [], round: 1, billCheckAt: null };
    const until = '2026-11-11T05:00:00.000Z';
    const safeHold = { since: until, until, reason: 'text', costPerHour: eur('1') };
    const after = { ...run, summarySentences, safeHold, wayBack: { ...way, phases } };
    const text = render('table', after, () => runSections(after, 'zh-CN'));
    expect(text).toContain('正在归还 3 台主机。');
    expect(text).toMatch(/SAFE HOLD +工作流引擎已不认识本次执行.*到 2026-11-11 05:00:00Z 审批到期时/);
    expect(text).toContain('2 台主机仍在；仍在等待连接结束，剩余连接数无从统计');
    expect(text).toContain('as an older version wrote it');
  });

  it('tells its story line by line', () => {
    const entry = { id: 1, at: '2026-11-11T00:00:01Z', step: 'provision', detail: '12 of 40', facts: {} };
    expect(timelineLine({ ...entry, level: 'warning' }, 'en-US')).toBe(
      '2026-11-11 00:00:01Z ! provision          12 of 40',
    );
  });

  it('tells it in the language that was asked for, and as it was written where it cannot', () => {
    const line = {
      id: 1,
      at: '2026-11-11T00:00:01Z',
      step: 'guard.lost',
      level: 'warning',
      facts: {},
    } as const;
    const entry = { ...line, detail: '2 machines vanished and are being replaced.' };
    const sentences = [{ code: 'guard.lost', params: { count: 2 } }];
    expect(timelineLine({ ...entry, sentences }, 'zh-CN')).toMatch(/ 2 台主机消失，正在补充。$/);
    expect(timelineLine(entry, 'zh-CN')).toMatch(/ 2 machines vanished/);
  });
});

describe('the bills of a campaign', () => {
  const at = '2026-11-13T00:00:00.000Z';
  const account = {
    accountId: '10000000-0000-4000-8000-000000000001',
    accountName: 'east',
    provider: 'some',
    checkedAt: at,
    checkedBy: 'job',
    state: 'differs' as const,
    reason: null,
    toldUntil: at,
    machines: 2,
    totals: [{ expected: eur('2'), billed: eur('7'), difference: eur('5'), percent: '250.0' }],
    findings: [
      {
        kind: 'after-end' as const,
        resource: 'machine' as const,
        resourceId: 'i-1',
        from: at,
        to: '2026-11-13T05:00:00.000Z',
        expected: eur('1'),
        billed: eur('6'),
        unseen: eur('5'),
      },
    ],
    findingsInAll: 3,
  };
  const mute = {
    ...account,
    accountName: 'mute',
    state: 'not-told' as const,
    reason: 'the provider aws tells no charges',
    totals: [],
    findings: [],
    findingsInAll: 0,
  };
  const campaignId = '20000000-0000-4000-8000-000000000001';

  it('are told account by account, the silent ones by name, with what was paid unseen', () => {
    const check = { campaignId, dueAt: at, nextAt: null, accounts: [account, mute] };
    const text = render('table', check, () => billSections(check));
    expect(text).toMatch(/east +DIFFERS +\S+ \S+ +2 +EUR 2\.00 +EUR 7\.00 +EUR 5\.00 +250\.0/);
    expect(text).toMatch(/mute +not told .* the provider aws tells no charges/);
    expect(text).toContain('Found on the bill of east, the worst 1 of 3');
    expect(text).toMatch(/charged after it was gone +machine +i-1 .* EUR 6\.00 +EUR 5\.00/);
    expect(text).toMatch(/Next look +no more by itself/);
  });

  it('say how to look before anybody did', () => {
    const check = { campaignId, dueAt: null, nextAt: null, accounts: [] };
    const text = render('table', check, () => billSections(check));
    expect(text).toContain('bill-check <campaign> --now');
    expect(text).toMatch(/Bills are due +once the campaign is closed/);
  });
});
