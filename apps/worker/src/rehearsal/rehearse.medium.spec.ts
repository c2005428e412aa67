import { jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { accountTimes, campaignReplay, type PlanContent } from '@springtide/campaigns/domain';
import { RehearsalResult, type RehearsalStorm } from '@springtide/contracts';
import { money } from '@springtide/kernel';
import { nodeArguments } from '../../../../test/yard/tools/node-arguments.js';
import type { RehearsalQuestion } from '@springtide/campaigns/domain';

jest.setTimeout(420_000);

const CLOUDS = ['00000000-0000-4000-8000-000000000101', '00000000-0000-4000-8000-000000000102'] as const;
const at = (hours: number) =>
  new Date(Date.parse('2027-06-18T00:00:00.000Z') + hours * 3_600_000).toISOString();
const PHASES = [
  { name: 'ramp' as const, startsAt: at(0), endsAt: at(1) },
  { name: 'peak' as const, startsAt: at(1), endsAt: at(3) },
  { name: 'decay' as const, startsAt: at(3), endsAt: at(4) },
];

function pool(accountId: string, zone: string, cap: number): PlanContent['pools'][number] {
  return {
    id: `${zone}/m`,
    accountId,
    accountName: accountId.endsWith('1') ? 'first' : 'second',
    provider: 'tencent',
    region: zone.slice(0, -2),
    zone,
    machineType: 'S5.LARGE8',
    purchaseOption: 'on-demand',
    pricePerHour: money('CNY', '1'),
    cap,
  };
}

function question(storm: RehearsalStorm, changes: Partial<RehearsalQuestion> = {}): RehearsalQuestion {
  const pools = [
    pool(CLOUDS[0], 'ap-guangzhou-3', 40),
    pool(CLOUDS[0], 'ap-guangzhou-4', 40),
    pool(CLOUDS[1], 'cn_hangzhou-i', 40),
  ];
  const machines = { ramp: 4, peak: 10, decay: 2 };
  const [main] = pools;
  const plan = {
    marketSnapshotId: null,
    standing: [{ service: 'shop', machines: 2, requestsPerSecond: 200 }],
    capacity: [],
    cost: money('CNY', '30'),
    lowerBound: null,
    gap: null,
    solver: 'given',
    quality: 'given',
    reasons: [],
    pools,
    allocations: PHASES.map(({ name }) => ({
      service: 'shop',
      poolId: main?.id ?? '',
      phase: name,
      machines: machines[name],
    })),
    sheets: pools.map(({ id }) => ({
      ...{ service: 'shop', poolId: id, requestsPerSecond: 100, image: 'real-image', subnet: 'real-subnet' },
      ...{ securityGroups: ['sg'], userData: null, minimumBillingSeconds: 60, launchBatch: 100 },
    })),
    services: [{ name: 'shop', route: 'shop-entrance', port: 8080, warmUpSeconds: 10 }],
    phases: PHASES,
    leadMs: 25 * 60_000,
  } as unknown as PlanContent;
  const demand = PHASES.map(({ name }) => {
    return { service: 'shop', phase: name, requestsPerSecond: (machines[name] * 100 + 200) / 1.2 };
  });
  const rates = { read: { burst: 20, perSecond: 10 }, mutate: { burst: 10, perSecond: 5 } };
  return {
    campaign: {
      ...{ name: '618', templateId: CLOUDS[0], timeZone: 'Asia/Shanghai', phases: PHASES, demand },
      ...{ budget: money('CNY', '100'), accountIds: [...CLOUDS], policy: 'standard' },
    },
    plan,
    planHash: 'a'.repeat(64),
    accounts: CLOUDS.map((id) => ({
      ...{ id, name: id.endsWith('1') ? 'first' : 'second', launchBatch: 20, bootMs: 90_000, rates },
      times: accountTimes([], { bootMs: 90_000, createCallMs: 120 }),
    })),
    replay: null,
    routes: [
      {
        ...{ name: 'shop-entrance', service: 'shop' },
        home: [1, 2].map((n) => ({ id: `home-${n}`, address: `127.0.0.${n}`, port: 8080, machineType: 'm' })),
      },
    ],
    storm,
    seed: 7,
    ...changes,
  };
}

/** The real program, as the worker starts it. */
async function rehearsed(
  storm: RehearsalStorm,
  changes: Partial<RehearsalQuestion> = {},
): Promise<RehearsalResult> {
  const program = nodeArguments(join(import.meta.dirname, '..'), 'main');
  const child = spawn(process.execPath, [...program, 'rehearse'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(question(storm, changes)));
  return RehearsalResult.parse(await json(child.stdout));
}

const served = ({ phases }: RehearsalResult) =>
  phases.map(({ servedShare }) => Math.round(servedShare * 1_000) / 1_000);

describe('a rehearsal', () => {
  it('lives through the campaign in a fraction of its time, and finds nothing where nothing goes wrong', async () => {
    const result = await rehearsed('calm');
    expect(result.findings).toEqual([]);
    expect(served(result)).toEqual([1, 1, 1]);
    expect(result.machines).toEqual({ planned: 10, created: 10, refused: 0, leftover: 0 });
    expect(result.virtualHours).toBeGreaterThan(4);
    expect(result.realSeconds).toBeLessThan((result.virtualHours * 3_600) / 20);
  });

  it('shows that a sold-out pool is made up for in time', async () => {
    const result = await rehearsed('stock-out');
    expect(result.story.map(({ detail }) => detail).join('\n')).toMatch(/sold out in ap-guangzhou-3/);
    expect(result.machines.refused).toBeGreaterThan(0);
    expect([result.passed, served(result)]).toEqual([true, [1, 1, 1]]);
  });

  it('shows what the loss of a zone costs before it is made up for', async () => {
    const result = await rehearsed('zone-loss');
    expect(served(result)[1]).toBeLessThan(1);
    expect(served(result)[1]).toBeGreaterThan(0.8);
    expect(result.findings.join(' ')).toMatch(/In peak, [\d.]+ % of the requests found capacity/);
    expect(result.machines.leftover).toBe(0);
  });

  it('replays recorded demand on twins that take as long as the clouds took', async () => {
    const { campaign, accounts } = question('calm');
    // A day of minutes: 300 a second, but 1,200 in one hour, highest in its middle; the campaign plans for 1,000.
    const values = Array.from({ length: 1_440 }, (_, n) =>
      n === 750 ? 1_250 : n >= 720 && n < 780 ? 1_200 : 300,
    );
    const series = { startsAt: '2026-06-18T00:00:00.000Z', stepMs: 60_000, values };
    const replay = campaignReplay(
      campaign,
      { name: 'last year', series },
      { seriesId: CLOUDS[0], multiple: 1.3 },
    );
    const slow = Array.from({ length: 40 }, (_, n) => 200_000 + n * 1_000);
    const evidence = {
      ...{ basis: 'measured' as const, measurements: 40, p50Seconds: 219, p95Seconds: 237 },
      ...{ since: at(-99), until: at(-9) },
    };
    const result = await rehearsed('calm', {
      replay,
      accounts: accounts.map((account) => ({
        ...account,
        times: { ...account.times, boot: { timesMs: slow, evidence } },
      })),
    });
    const [ramp, peak] = result.phases;
    expect(ramp).toMatchObject({ demandRps: 390, plannedRps: 500, plannedShare: 1, servedShare: 1 });
    expect(peak).toMatchObject({ demandRps: 1_625, plannedRps: 1_000, plannedShare: 1 });
    expect(peak?.servedShare).toBeLessThan(1);
    expect(result.findings.join(' ')).toMatch(
      /at most 1625 requests\/s were asked for, and 1000 were planned/,
    );
    expect(result.replay).toMatchObject({
      name: 'last year',
      aligned: 'peaks',
      multiple: 1.3,
      highestRps: 1_625,
    });
    expect(result.twins.map(({ boot }) => boot)).toEqual([evidence, evidence]);
    expect(result.timeToReadySeconds?.p50).toBeGreaterThan(200);
  });
});
