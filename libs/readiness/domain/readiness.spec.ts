import fc from 'fast-check';
import { ACCOUNT, FACTS, NOW, SUBJECT, UNREAD } from '../testing/ready-world.js';
import {
  countsOf,
  judgeReadiness,
  probePlaces,
  priceDrift,
  withOverrides,
  worstOf,
  type AccountFacts,
  type DialFact,
  type ProbeFact,
  type ReadinessFacts,
  type ReadinessSubject,
  type ReservationFact,
} from './index.js';

const [SHEET] = SUBJECT.sheets;
if (SHEET === undefined) throw new Error('the ready world has a launch sheet');

type Change = Readonly<{ subject?: Partial<ReadinessSubject>; facts?: Partial<ReadinessFacts> }>;

function linesOf({ subject = {}, facts = {} }: Change = {}) {
  return judgeReadiness({ ...SUBJECT, ...subject }, { ...FACTS, ...facts }).lines;
}

/** `verdict finding` of the line with this key. */
function verdictOf(key: string, change?: Change): string {
  const line = linesOf(change).find((one) => one.key === key);
  return line === undefined ? 'no such line' : `${line.verdict} ${line.finding.code}`;
}

const account = (changes: Partial<AccountFacts>): Change => ({
  facts: { accounts: [{ ...ACCOUNT, ...changes }] },
});
const known = <T>(value: T) => ({ known: true, value, at: NOW }) as const;
const market = ACCOUNT.market.known ? ACCOUNT.market.value : { offers: [], quotas: [] };
const [offer] = market.offers;
const stock = (
  level: 'enough' | 'normal' | 'low' | 'none' | 'unknown',
  machines: number | null = null,
): Change => {
  if (!offer?.offer) throw new Error('the ready world has an offer');
  return account({
    market: known({
      ...market,
      offers: [{ ...offer, offer: { ...offer.offer, stock: { level, machines } } }],
    }),
  });
};
const quota = (usedVcpu: number): Change =>
  account({
    market: known({ ...market, quotas: [{ region: 'r1', group: 'standard', limitVcpu: 100, usedVcpu }] }),
  });
const networks = (...free: (number | null)[]): Change =>
  account({
    networks: known(
      free.map((freeAddresses, index) => {
        const name = `net-${index}`;
        return { id: name, name, region: 'r1', zone: 'a', freeAddresses };
      }),
    ),
  });
/** What a machine in the plan's only network found, or why it did not. */
const probe = (changes: Partial<ProbeFact>): Change => ({
  facts: {
    probes: [
      {
        id: '40000000-0000-4000-8000-000000000001',
        placeKey: probePlaces(SUBJECT)[0]?.key ?? '',
        outcome: 'answered',
        problem: null,
        machineId: 'm-1',
        machineState: 'running',
        requestedAt: NOW,
        at: NOW,
        answers: [],
        ...changes,
      },
    ],
  },
});
const probed = (answer: ProbeFact['answers'][number]['answer']): Change =>
  probe({ answers: [{ host: '10.0.0.9', port: 5432, answer }] });
const failed = (outcome: ProbeFact['outcome']): Change => probe({ outcome, problem: 'why' });
const userData = (text: string | null): Change => ({
  subject: { sheets: SUBJECT.sheets.map((sheet) => ({ ...sheet, userData: text })) },
});
const certificate = (validTo: string, problem: string | null = null): Change => {
  const [entrance] = FACTS.entrances;
  if (entrance?.state.known !== true) throw new Error('the ready world has an entrance');
  const value = { ...entrance.state.value, certificate: known({ subject: 'shop', validTo, problem }) };
  return { facts: { entrances: [{ ...entrance, state: known(value) }] } };
};
const apiTime = (seconds: number): Change => ({
  subject: {
    apiTimes: [{ account: 'east', region: 'r1', phase: 'peak', machines: 900, calls: 9, seconds }],
  },
});

const trial = (code: 'insufficient-capacity' | 'balance' | 'timeout'): Change =>
  account({ trials: ACCOUNT.trials.map((one) => ({ ...one, result: { ...UNREAD, code } })) });

const dialled = (answered: DialFact['answered']): Change => ({
  facts: { dials: FACTS.dials.map((one) => ({ ...one, answered })) },
});

const reserved = (change: Partial<ReservationFact>): Change => {
  const value = ACCOUNT.reservations.known ? ACCOUNT.reservations.value : [];
  return account({ reservations: known(value.map((one) => ({ ...one, ...change }))) });
};

const balance = (amount: string, currency = 'CNY'): Change => {
  if (!ACCOUNT.report.known) throw new Error('the ready world knows its account');
  return account({ report: known({ ...ACCOUNT.report.value, balance: { currency, amount } }) });
};

const TRIAL = 'stock/trial/east/a/c2.large/on-demand';
const POOL = 'stock/east/a/c2.large/on-demand';
const QUOTA = 'quota/east/r1/standard';
const NET = 'addresses/east/r1/a';
const IMAGE = 'image/east/r1/shop';

describe('each check', () => {
  it.each<readonly [string, string, Change]>([
    [QUOTA, 'green quota-enough', {}],
    [QUOTA, 'amber quota-tight', quota(78)],
    [QUOTA, 'red quota-short', quota(81)],
    ['quota/east', 'unknown quota-untold', account({ quotaSignal: { supported: false, reason: 'no API' } })],
    ['quota/east', 'unknown quota-untold', account({ market: UNREAD })],
    [QUOTA, 'unknown quota-unnamed', account({ market: known({ ...market, quotas: [] }) })],
    [NET, 'green addresses-enough', {}],
    [NET, 'amber addresses-tight', networks(11)],
    [NET, 'amber addresses-spread', networks(6, 6)],
    [NET, 'red addresses-short', networks(9)],
    [NET, 'red addresses-unnamed', networks()],
    [NET, 'unknown addresses-untold', networks(null)],
    [NET, 'unknown addresses-untold', account({ networks: UNREAD })],
    [IMAGE, 'green image-present', {}],
    [IMAGE, 'red image-missing', account({ images: known([]) })],
    [IMAGE, 'unknown image-unlisted', account({ images: UNREAD })],
    [POOL, 'green stock-enough', {}],
    [POOL, 'red stock-short', stock('enough', 9)],
    [POOL, 'red stock-none', stock('none')],
    [POOL, 'amber stock-low', stock('low')],
    [POOL, 'green stock-said-enough', stock('normal')],
    [POOL, 'unknown stock-untold', stock('unknown')],
    [POOL, 'red stock-withdrawn', account({ market: known({ ...market, offers: [] }) })],
    [TRIAL, 'green trial-passed', {}],
    [TRIAL, 'red trial-refused', trial('insufficient-capacity')],
    [TRIAL, 'red trial-refused', trial('balance')],
    [TRIAL, 'unknown trial-untold', trial('timeout')],
    ['permissions/east', 'green permissions-granted', {}],
    ['permissions/east', 'red account-unreached', account({ report: UNREAD })],
    ['permissions/east', 'red account-refused', account({ report: { ...UNREAD, code: 'unauthenticated' } })],
    [
      'permissions/east',
      'red permissions-missing',
      account({
        report: known({
          identity: 'me',
          granted: 3,
          missing: [{ action: 'RunInstances', neededFor: 'buying' }],
          clockSkewMs: null,
          balance: null,
        }),
      }),
    ],
    [
      'permissions/clock/east',
      'amber clock-skewed',
      account({
        report: known({ identity: 'me', granted: 3, missing: [], clockSkewMs: -90_000, balance: null }),
      }),
    ],
    ['credential/east', 'green credential-young', {}],
    ['credential/east', 'amber credential-old', account({ credentialCreatedAt: '2026-07-01T00:00:00.000Z' })],
    ['balance/east', 'unknown balance-untold', {}],
    ['balance/east', 'green balance-enough', balance('18')],
    ['balance/east', 'amber balance-tight', balance('12')],
    ['balance/east', 'red balance-short', balance('11.99')],
    ['balance/east', 'unknown balance-untold', balance('999', 'USD')],
    ['balance/east', 'no such line', account({ isPrivate: true })],
    ['configuration/shop', 'green configuration-complete', {}],
    ['configuration/shop', 'red configuration-open', userData('db: {{ DB_HOST }}')],
    ['configuration/shop', 'red configuration-open', userData('password: CHANGE_ME')],
    ['configuration/shop', 'red configuration-long', userData('大'.repeat(6_000))],
    ['configuration/shop', 'unknown configuration-absent', userData(null)],
    ['reach/shop/orders-db', 'amber reach-from-here', {}],
    ['reach/shop/orders-db', 'unknown reach-unmeasured', { facts: { dials: [] } }],
    ['reach/shop/orders-db', 'unknown reach-silent', dialled(UNREAD)],
    ['reach/shop/orders-db', 'unknown reach-unmeasured', dialled({ ...UNREAD, code: 'permission-denied' })],
    ['reach/shop/orders-db/east/r1/a', 'green reach-open-there', probed('open')],
    ['reach/shop/orders-db/east/r1/a', 'red reach-refused-there', probed('refused')],
    ['reach/shop/orders-db/east/r1/a', 'red reach-silent-there', probed('silent')],
    ['reach/shop/orders-db/east/r1/a', 'red reach-unnamed-there', probed('unnamed')],
    ['reach/shop/orders-db/east/r1/a', 'unknown reach-untried-there', probed('untried')],
    ['reach/shop/orders-db', 'no such line', probed('open')],
    ['reach/shop/orders-db', 'amber reach-from-here', failed('silent')],
    ['reach/probe/east/r1/a', 'amber probe-silent', failed('silent')],
    ['reach/probe/east/r1/a', 'amber probe-unbought', failed('unbought')],
    ['reach/probe/east/r1/a', 'amber probe-stopped', failed('stopped')],
    ['reach/probe/east/r1/a', 'no such line', probed('open')],
    ['reach/entrance/east/r1', 'green burst-reached', {}],
    ['reach/entrance/east/r1', 'unknown burst-never-reached', { facts: { bursts: [] } }],
    ['entrance/shop', 'green entrance-serves', {}],
    ['certificate/shop', 'green certificate-valid', {}],
    ['certificate/shop', 'amber certificate-ends-soon', certificate('2026-11-25T00:00:00.000Z')],
    ['certificate/shop', 'red certificate-ends', certificate('2026-11-11T03:00:00.000Z')],
    ['certificate/shop', 'red certificate-untrusted', certificate('2027-11-11T03:00:00.000Z', 'SELF_SIGNED')],
    ['api-rate/plan', 'green api-at-once', {}],
    ['api-rate/east/r1', 'green api-fits', apiTime(120)],
    ['api-rate/east/r1', 'amber api-tight', apiTime(400)],
    ['api-rate/east/r1', 'red api-slow', apiTime(900)],
    ['price/plan', 'green price-kept', {}],
    ['price/plan', 'red price-risen', { subject: { priceBasis: { currency: 'CNY', amount: '10' } } }],
    ['price/plan', 'unknown price-untold', account({ market: UNREAD })],
    ['reservation/east', 'green reservation-covers', {}],
    ['reservation/east', 'amber reservation-covers-part', reserved({ free: 9 })],
    ['reservation/east', 'amber reservation-none', reserved({ machineType: 'c2.xlarge' })],
    ['reservation/east', 'amber reservation-none', reserved({ zone: 'b' })],
    ['reservation/east', 'amber reservation-none', reserved({ endsAt: '2026-11-11T05:59:59.999Z' })],
    ['reservation/east', 'amber reservation-none', reserved({ startsAt: '2026-11-11T00:00:00.001Z' })],
    ['reservation/east', 'green reservation-covers', reserved({ endsAt: '2026-11-11T06:00:00.000Z' })],
    ['reservation/east', 'unknown reservation-untold', account({ reservations: UNREAD })],
    [
      'reservation/east',
      'unknown reservation-untold',
      account({ reservationSignal: { supported: false, reason: 'no API' } }),
    ],
  ])('%s: %s', (key, expected, change) => {
    expect(verdictOf(key, change)).toBe(expected);
  });

  it('says whose it is, by when, and what to do; what is green needs nothing', () => {
    const lines = linesOf(quota(81));
    expect(lines.find((line) => line.key === QUOTA)).toMatchObject({
      owner: 'infrastructure',
      dueAt: '2026-11-04T00:00:00.000Z',
      finding: { text: 'Quota standard has 19 vCPUs free and the plan needs 20: 1 are missing.' },
      action: { params: { missing: 6 } },
    });
    expect(lines.filter((line) => line.verdict === 'green' && line.action !== null)).toEqual([]);
    const texts = lines.flatMap((line) => [line.finding.text, line.action?.text ?? '']);
    expect(texts.filter((text) => /\?|\{\{|undefined|NaN/.test(text))).toEqual([]);
  });

  it('gives every line a key of its own', () => {
    const keys = linesOf().map((line) => line.key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('what was not measured', () => {
  const silent: ReadinessFacts = {
    at: NOW,
    accounts: [
      {
        ...ACCOUNT,
        report: UNREAD,
        market: UNREAD,
        networks: UNREAD,
        images: UNREAD,
        reservations: UNREAD,
        trials: [],
      },
    ],
    entrances: FACTS.entrances.map((entrance) => ({ ...entrance, state: UNREAD })),
    bursts: [],
    dials: [],
    probing: true,
    probes: [],
  };

  it('is never green', () => {
    const own = ['credential', 'configuration', 'api-rate'];
    const green = judgeReadiness(SUBJECT, silent).lines.filter(({ verdict }) => verdict === 'green');
    expect(green.filter(({ check }) => !own.includes(check))).toEqual([]);
  });

  it('has evidence exactly where something was measured', () => {
    for (const line of [...linesOf(), ...judgeReadiness(SUBJECT, silent).lines]) {
      if (line.verdict === 'green') expect(line.evidence.measuredAt).not.toBeNull();
      if (line.evidence.by === 'nothing')
        expect([line.verdict, line.evidence.measuredAt]).toEqual(['unknown', null]);
    }
  });
});

describe('images of one service in two places', () => {
  const second = { ...ACCOUNT, id: '10000000-0000-4000-8000-000000000002', name: 'west' };
  const pool = { ...SUBJECT.pools[0], id: 'west/a', accountId: second.id, accountName: 'west' } as const;
  const subject = {
    ...SUBJECT,
    pools: [...SUBJECT.pools, pool] as ReadinessSubject['pools'],
    sheets: [...SUBJECT.sheets, { ...SHEET, poolId: 'west/a', userData: null }],
  };
  const withDigests = (a: string | null, b: string | null): string => {
    const images = (digest: string | null) => known([{ id: 'img-1', name: 'n', region: 'r1', digest }]);
    const accounts = [
      { ...ACCOUNT, images: images(a) },
      { ...second, images: images(b) },
    ];
    const { lines } = judgeReadiness(subject, { ...FACTS, accounts });
    const line = lines.find((one) => one.key === 'image/same/shop');
    return `${line?.verdict} ${line?.finding.code}`;
  };

  it.each([
    ['sha256:1', 'sha256:1', 'green digest-same'],
    ['sha256:1', 'sha256:2', 'red digest-differs'],
    ['sha256:1', null, 'unknown digest-untold'],
    [null, null, 'unknown digest-untold'],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(withDigests(a, b)).toBe(expected);
  });
});

describe('links between sites', () => {
  const link = SUBJECT.links[0];
  if (link === undefined) throw new Error('the ready world has a link');
  const linked = (change: Partial<typeof link>): Change => ({ subject: { links: [{ ...link, ...change }] } });

  it.each([
    ['link/line-1', 'amber link-declared', {}],
    ['link/line-1', 'red link-narrow', linked({ neededMbps: 1_000.5 })],
    ['link/line-1', 'amber link-load-untold', linked({ neededMbps: null })],
    ['link/sites', 'unknown link-undeclared', linked({ declared: null })],
    ['link/line-1', 'no such line', linked({ declared: null })],
    ['link/sites', 'no such line', {}],
  ])('%s: %s', (key, expected, change) => {
    expect(verdictOf(key, change)).toBe(expected);
  });
});

describe('an override', () => {
  const lines = linesOf(stock('none'));
  const given = { planId: 'p', key: POOL, code: 'stock-none', reason: 'a truck comes', by: 'Ann', at: NOW };

  it('takes a red out of the way and leaves its colour', () => {
    const before = countsOf(withOverrides(lines, 'p', []));
    const after = countsOf(withOverrides(lines, 'p', [given]));
    expect([before.red, before.blocking, after.red, after.blocking]).toEqual([1, 1, 1, 0]);
  });

  it.each([
    ['another plan', { planId: 'q' }],
    ['another line', { key: 'stock/other' }],
    ['another finding', { code: 'stock-short' }],
  ])('does not hold for %s', (_what, change) => {
    expect(countsOf(withOverrides(lines, 'p', [{ ...given, ...change }])).blocking).toBe(1);
  });
});

describe('the whole', () => {
  it('is as bad as its worst line, and unknown when there is none', () => {
    expect(worstOf([])).toBe('unknown');
    expect(worstOf(['green', 'unknown'])).toBe('unknown');
    expect(worstOf(['green', 'unknown', 'amber'])).toBe('amber');
    expect(worstOf(['amber', 'red', 'unknown'])).toBe('red');
  });
});

describe('price drift', () => {
  const drift = (now: string, limit: number) => {
    if (!offer?.offer) throw new Error('the ready world has an offer');
    const offers = [{ ...offer, offer: { ...offer.offer, price: { currency: 'CNY', amount: now } } }];
    const subject = { ...SUBJECT, priceDriftLimit: limit };
    return priceDrift(subject, [{ id: ACCOUNT.id, market: known({ ...market, offers }) }]);
  };

  it('is past its limit exactly when the plan costs more than the limit allows', () => {
    const percent = fc.integer({ min: 0, max: 300 });
    fc.assert(
      fc.property(percent, fc.integer({ min: 0, max: 100 }), (share, limit) => {
        const found = drift(String((0.5 * share) / 100), limit / 100);
        expect(found).toMatchObject({ kind: 'told', isPast: share > 100 + limit });
      }),
      { seed: 27 },
    );
  });

  it('counts 24 machine-hours, at either price', () => {
    expect(drift('0.6', 0.1)).toMatchObject({
      now: { amount: '14.4' },
      basis: { amount: '12' },
      isPast: true,
    });
  });
});

describe('the places of a plan as firewalls see them', () => {
  const spot = {
    ...SUBJECT.pools[0],
    id: 'spot',
    purchaseOption: 'spot',
    pricePerHour: price('0.1'),
  } as const;
  const dear = { ...SUBJECT.pools[0], id: 'dear', pricePerHour: price('0.9') } as const;
  const plan = (...sheets: readonly Partial<ReadinessSubject['sheets'][number]>[]): ReadinessSubject => ({
    ...SUBJECT,
    pools: [...SUBJECT.pools, spot, dear] as ReadinessSubject['pools'],
    sheets: sheets.map((sheet) => ({ ...SHEET, ...sheet })),
  });
  const placesOf = (subject: ReadinessSubject) =>
    probePlaces(subject).map(({ name, pool, endpoints }) => [name, pool.id, endpoints.length]);

  it('are one for each network and its security groups, in whatever order those are named', () => {
    const places = placesOf(
      plan(
        { subnet: 's-1', securityGroups: ['b', 'a'] },
        { subnet: 's-1', securityGroups: ['a', 'b'], poolId: 'dear' },
        { subnet: 's-1', securityGroups: [] },
        {},
      ),
    );
    const own = SUBJECT.pools[0]?.id;
    expect(places).toEqual([
      ['east/r1/s-1 (a, b)', own, 1],
      ['east/r1/s-1', own, 1],
      ['east/r1/a', own, 1],
    ]);
  });

  it('are looked out of by the cheapest machine of the plan there, and by spot machines only where there are no others', () => {
    expect(placesOf(plan({ poolId: 'dear' }, {}, { poolId: 'spot' }))).toEqual([
      ['east/r1/a', SUBJECT.pools[0]?.id, 1],
    ]);
    expect(placesOf(plan({ poolId: 'spot' }))).toEqual([['east/r1/a', 'spot', 1]]);
  });

  it('have each address once, and none of services that run elsewhere', () => {
    const [shop] = SUBJECT.services;
    if (shop === undefined) throw new Error('the ready world has a service');
    const services = [shop, { ...shop, name: 'cart' }, { ...shop, name: 'far', reaches: [far] }];
    const subject = { ...plan({}, { service: 'cart' }), services };
    expect(placesOf(subject)).toEqual([['east/r1/a', SUBJECT.pools[0]?.id, 1]]);
  });

  const far = { name: 'far', host: 'far.example', port: 1 };
  function price(amount: string) {
    return { currency: 'CNY', amount };
  }
});
