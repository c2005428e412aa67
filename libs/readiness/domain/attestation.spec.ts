import { FACTS, NOW, SUBJECT } from '../testing/ready-world.js';
import { judgeReadiness, withAttestations, type ReadinessSubject, type StoredAttestation } from './index.js';

const settings = [
  { name: 'payment-key', kind: 'secret', keptIn: 'vault kv/shop/payment' },
  { name: 'shop.toml', kind: 'configuration', keptIn: 'bucket shop-config' },
] as const;
const services = SUBJECT.services.map((service) => ({ ...service, settings }));
const [pool] = SUBJECT.pools;
if (pool === undefined) throw new Error('the ready world has a pool');
const elsewhere = { ...pool, id: 'west/a', accountName: 'west', region: 'r2' };

const linesFor = (change: Partial<ReadinessSubject> = {}) =>
  judgeReadiness({ ...SUBJECT, services, ...change }, FACTS).lines;
const ofSettings = (change?: Partial<ReadinessSubject>) =>
  linesFor(change).filter(({ key }) => key.startsWith('configuration/shop/'));

/** Looked at a day later, and held until the day after the campaign. */
const word: StoredAttestation = {
  key: 'configuration/shop/payment-key',
  subject: 'shop → payment-key (east/r1)',
  code: 'secret-untold',
  statement: 'read from a machine in the test network.',
  by: 'Ann',
  at: '2026-11-02T08:00:00.000Z',
  until: '2026-11-12T00:00:00.000Z',
};
const CHECKED = '2026-11-03T08:00:00.000Z';

const about = (
  change: Partial<StoredAttestation> = {},
  at = CHECKED,
  subject: Partial<ReadinessSubject> = {},
) => {
  const lines = withAttestations(linesFor(subject), at, [{ ...word, ...change }]);
  const line = lines.find(({ key }) => key === word.key);
  return `${line?.verdict} ${line?.finding.code}`;
};

describe('settings of a service', () => {
  it('are named with where they are kept and where they are needed, and never counted as in place', () => {
    expect(
      ofSettings().map(({ subject, verdict, finding, owner }) => [subject, verdict, finding.code, owner]),
    ).toEqual([
      ['shop → payment-key (east/r1)', 'unknown', 'secret-untold', 'operations'],
      ['shop → shop.toml (east/r1)', 'unknown', 'configuration-untold', 'operations'],
    ]);
    expect(ofSettings()[0]?.finding.text).toBe(
      'Whether machines in east/r1 get the secret payment-key from vault kv/shop/payment was not measured: nothing runs there yet.',
    );
    expect(ofSettings()[0]?.action?.text).toContain('springtide readiness attest');
  });
});

describe('a word given by name', () => {
  it('turns what was not measured amber, and says who, until when and what', () => {
    const line = withAttestations(linesFor(), CHECKED, [word]).find(({ key }) => key === word.key);
    expect(line).toMatchObject({
      verdict: 'amber',
      finding: {
        text: 'Ann vouches for it until 2026-11-12T00:00:00.000Z: read from a machine in the test network. Nothing was measured.',
      },
      evidence: { by: 'Ann', measuredAt: word.at },
      action: { code: 'look-there' },
    });
  });

  it.each<[string, Partial<StoredAttestation>]>([
    ['another line', { key: 'configuration/shop/shop.toml' }],
    ['other places', { subject: 'shop → payment-key (west/r2)' }],
    ['another finding', { code: 'configuration-untold' }],
    ['a check after it ran out', { until: '2026-11-03T00:00:00.000Z' }],
  ])('does not hold for %s', (_what, change) => {
    expect(about(change)).toBe('unknown secret-untold');
  });

  it('does not hold once the plan needs it in more places, nor for a campaign moved past it', () => {
    const pools = [...SUBJECT.pools, elsewhere];
    const sheets = SUBJECT.sheets.flatMap((sheet) => [sheet, { ...sheet, poolId: 'west/a', userData: null }]);
    expect(about({}, CHECKED, { pools, sheets })).toBe('unknown secret-untold');
    expect(about({}, CHECKED, { startsAt: '2026-12-11T00:00:00.000Z' })).toBe('unknown secret-untold');
  });

  it('changes nothing that was measured', () => {
    const measured = linesFor().filter(({ verdict }) => verdict !== 'unknown');
    const words = measured.map(({ key, subject, finding }) => ({
      ...word,
      key,
      subject,
      code: finding.code,
    }));
    expect(words.length).toBeGreaterThan(5);
    expect(withAttestations(measured, NOW, words)).toEqual(measured);
  });

  it('follows the one that was given last', () => {
    const lines = withAttestations(linesFor(), CHECKED, [word, { ...word, by: 'Kim' }]);
    expect(lines.find(({ key }) => key === word.key)?.evidence.by).toBe('Kim');
  });
});
