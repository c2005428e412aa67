import { runCli } from '../program.js';
import type { Terminal } from '../session/terminal.js';

const FIT = {
  ...{
    basis: 'measured',
    samples: 5,
    sampledFrom: 10,
    sampledTo: 50,
    saturation: 60,
    fitError: 0.01,
    utilisation: null,
  },
  rule: { machineType: 'c2.large', requestsPerSecond: 45, latencyTargetMs: 30, evidence: '5 samples' },
};
const ID = '019a7a00-0000-7000-8000-000000000001';
const SHOP = {
  ...{ id: ID, accountId: ID, name: 'shop', service: 'shop', healthPath: '/', entrance: 'http://shop:80' },
  ...{ home: [], release: { groups: [], matches: [] }, matches: [], live: [], problem: null, version: 1 },
};
const MEASURE = ['capacity', 'measure', 'http://m:8080/', '--machine-type', 'c2.large', '--latency', '30'];

/** A machine that fails beyond so many requests, a server that fits, and a clock that oversleeps by so much. */
function stage(serves: number, oversleepMs = 0) {
  const said = { out: '', err: '' };
  const fitted: string[] = [];
  let now = Date.parse('2026-11-11T00:00:00Z');
  let asked = 0;
  const answer = async (status: number, body: unknown) =>
    await Promise.resolve({
      ...{ status, headers: { get: () => null } },
      text: async () => await Promise.resolve(JSON.stringify(body)),
    });
  const unused = async () => await Promise.reject(new Error('nothing is read or written'));
  const terminal: Terminal = {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    env: { SPRINGTIDE_URL: 'http://server/', SPRINGTIDE_TOKEN: 'stk_x', HOME: '/home/me' },
    ...{ readText: unused, readStdin: unused, writeSecretText: unused, writeFile: unused },
    fetch: async (url, { body }) => {
      if (url.startsWith('http://m')) return await answer((asked += 1) > serves ? 503 : 200, null);
      if (url.startsWith('http://shop')) throw new Error('customers are not to be disturbed');
      if (url.includes('/routes')) return await answer(200, { items: [SHOP], next: null });
      fitted.push(body ?? '');
      return await answer(200, FIT);
    },
    now: () => new Date(now),
    sleep: async (ms) => {
      // Whoever was answered says so before time goes on.
      await new Promise((settled) => {
        setImmediate(settled);
      });
      now += ms + oversleepMs;
    },
    newKey: () => 'key',
  };
  return { terminal, said, fitted };
}

describe('a load test of one machine', () => {
  it('climbs until the machine fails, has its steps fitted, and shows both', async () => {
    const { terminal, said, fitted } = stage(750);
    const exit = await runCli([...MEASURE, '--rates', '30,10,20,5,40,50', '--seconds', '10'], terminal);
    expect([exit, said.out]).toEqual([
      0,
      expect.stringMatching(/Requests per second\s+45[\s\S]+40\s+10,000\s+400\s+300/),
    ]);
    const { samples } = JSON.parse(fitted[0] ?? '{}') as { samples?: string };
    // The last one was too much: four times the target says so, however long it was loaded.
    expect(samples?.split('\n').map((row) => row.split(',')[0])).toEqual([
      'rps',
      '5',
      '10',
      '20',
      '30',
      '40',
    ]);
    expect(samples).toMatch(/\n40,120$/);
    expect(said.err).toMatch(/^GET http:\/\/m:8080\/ at 5 to 50 requests\/s, 1550 requests at most/);
    expect(said.err).toMatch(/40\/s: 10000 ms at p99, 300 of 400 failed/);
  });

  it.each([
    ['5,10', 'fewer than 5 rates show no curve'],
    ['5,10,x,20,25', 'not every rate is a number'],
  ])('sends nothing at rates that show nothing: %s', async (rates, words) => {
    const { terminal, said } = stage(1_000);
    expect(await runCli([...MEASURE, '--rates', rates], terminal)).toBe(2);
    expect(said.err).toContain(words);
  });

  it('loads nothing that serves customers, unless that is meant', async () => {
    const { terminal, said, fitted } = stage(1_000);
    const argv = [...MEASURE.with(2, 'http://shop/items'), '--rates', '1,2,3,4,5', '--seconds', '1'];
    expect([await runCli(argv, terminal), fitted]).toEqual([2, []]);
    expect(said.err).toMatch(/Nothing was sent: route "shop" sends customers to/);
    expect(await runCli([...argv, '--in-service'], terminal)).toBe(1);
    expect(said.err).toMatch(/Not measured: the machine was full at 1 requests\/s, rate 1 of at least 5/);
  });

  it('concludes nothing where the generator itself was late, or where nothing can be asked', async () => {
    const late = stage(1_000, 200);
    expect(await runCli([...MEASURE, '--rates', '10,20,30,40,50', '--seconds', '1'], late.terminal)).toBe(1);
    expect(late.said.err).toMatch(/Not measured: at 10 requests\/s this program itself was \d+ ms late/);
    const nowhere = stage(1_000);
    const argv = MEASURE.with(2, 'machine-1');
    expect(await runCli([...argv, '--rates', '10,20,30,40,50'], nowhere.terminal)).toBe(2);
    expect(await runCli([...MEASURE, '--rates', '10,fast'], nowhere.terminal)).toBe(2);
    expect([late.fitted, nowhere.fitted]).toEqual([[], []]);
  });
});
