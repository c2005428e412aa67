import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { EffectLedger, MemoryEffectStore } from '@springtide/effects';
import { addMs, money, zero, type Instant } from '@springtide/kernel';
import { silentLogger } from '@springtide/platform';
import type { TokenBudget } from '@springtide/provider-kit';
import { Network, TwinClouds, VirtualTime, seededRandom, type Process } from '@springtide/twin';
import {
  examplePublicCloud,
  manifest,
  openSimulatedCloud,
  type SimulatedCloud,
} from '../../providers/simulated/index.js';
import { ACCOUNT, INSTALLATION, POLICY, POOL, TENANT, type LedgerOrder } from './ledger-order.js';
import { LEDGER_WORK } from './ledger-work.js';
import { measured } from './measured.js';

jest.setTimeout(300_000);

const START: Instant = '2026-11-11T00:00:00.000Z';
const WORKERS = 4;

type Herd = Readonly<{
  /** When purchases came to the cloud, ms, in order. */
  calls: readonly number[];
  /** From the moment at which all of them go on until the last was accepted. */
  tookMs: number;
  machines: number;
}>;

/**
 * So many runs that were paused go on in the same instant, each with one machine to buy, on four workers with a ledger,
 * sessions and a queue of their own each, over one set of call budgets and one cloud that refuses what is too much for it.
 */
async function resumeAll(runs: number, declared: TokenBudget, really: TokenBudget): Promise<Herd> {
  const random = seededRandom(`herd/${runs}/${declared.perSecond}/${really.perSecond}`);
  const time = new VirtualTime(START, random);
  const name = `herd-${randomUUID()}`;
  const cloud = openSimulatedCloud(name, roomyCloud(really), time);
  const calls: number[] = [];
  const passage = (operation: string) => {
    const way = { thereMs: random.between(1, 60), backMs: random.between(1, 60) };
    if (operation === 'launch') calls.push(time.ms + way.thereMs);
    return way;
  };
  const clouds = new TwinClouds({
    ...{ time, random, network: new Network({ time, random, passage }) },
    accounts: [
      {
        id: ACCOUNT,
        manifest: { ...manifest, rates: { ...manifest.rates, mutate: declared } },
        settings: { cloud: name },
        secret: cloud.plan.credentials,
      },
    ],
  });
  const store = new MemoryEffectStore();
  const ledger = new EffectLedger({
    ...{ store, clouds, clock: time, newId: randomUUID, installation: INSTALLATION },
    ...{ policy: { ...POLICY, callDeadlineMs: 30_000, leaseMs: 3_600_000 }, log: silentLogger },
  });
  const orders = await pausedRuns(ledger, runs);
  const begun = time.ms;
  const workers = Array.from({ length: WORKERS }, (_, at): Process => {
    return { name: `worker-${at}`, dead: false, pausedUntil: 0 };
  });
  let left = WORKERS;
  const answers: unknown[] = [];
  for (const [at, worker] of workers.entries()) {
    const own = orders.filter((_, index) => index % WORKERS === at);
    time.background(async () => {
      answers.push(await time.as(worker, async () => LEDGER_WORK.buy(ledger, { runs: own, fence: 1 })));
      left -= 1;
    });
  }
  await time.run(() => left === 0, 2_000_000);
  expect(new Set(answers.flat())).toEqual(new Set(['settled']));
  return { calls: calls.toSorted((a, b) => a - b), tookMs: time.ms - begun, machines: machinesOf(cloud) };
}

function machinesOf(cloud: SimulatedCloud): number {
  return cloud.machines().filter(({ labels }) => 'springtide/intent' in labels).length;
}

function roomyCloud(mutate: TokenBudget) {
  const plan = examplePublicCloud({ behaviour: { rates: { read: { burst: 400, perSecond: 200 }, mutate } } });
  const machineTypes = plan.machineTypes.map((type) => ({
    ...type,
    offers: type.offers.map((offer) => ({ ...offer, stockPerZone: 2_000 })),
  }));
  return { ...plan, machineTypes };
}

async function pausedRuns(ledger: EffectLedger, count: number): Promise<LedgerOrder['runs']> {
  const runs = Array.from({ length: count }, () => ({
    ...{ runId: randomUUID(), mandateId: randomUUID() },
    machines: 1,
  }));
  for (const { runId, mandateId } of runs) {
    await ledger.openMandate({
      ...{ id: mandateId, tenantId: TENANT, campaignId: null, runId, approvalId: null, planHash: 'herd' },
      ...{ poolIds: [POOL], maxMachines: 1, budget: money('CNY', '1000'), maxPerHour: money('CNY', '1000') },
      ...{ validUntil: addMs(START, 86_400_000), state: 'open', machines: 0 },
      ...{ reserved: zero('CNY'), committed: zero('CNY'), perHour: zero('CNY') },
    });
    await ledger.takeFence(TENANT, runId, 'first owner');
  }
  return runs;
}

function mostInASecond(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));
}

describe('many purchases at once on one budget', () => {
  it('F32: five hundred paused runs go on in one instant, and no second has more calls than the cloud allows', async () => {
    const budget = { burst: 50, perSecond: 25 };
    const { calls, tookMs, machines } = await resumeAll(500, budget, budget);
    const most = mostInASecond(calls);
    const idealMs = ((500 - budget.burst) / budget.perSecond) * 1_000;
    expect(machines).toBe(500);
    expect(most).toBeLessThanOrEqual(budget.burst + budget.perSecond);
    expect(calls.length).toBeLessThanOrEqual(1.3 * 500);
    expect(tookMs).toBeLessThanOrEqual(1.5 * idealMs);
    await measured(
      'F32',
      `500 runs went on at once: at most ${most} calls in any second of ${budget.burst + budget.perSecond} allowed, all bought with ${calls.length} calls in ${(tookMs / idealMs).toFixed(2)} × the shortest time (virtual time)`,
    );
  });

  it.each([
    ['a limit that is known', 1],
    // The rest is used by somebody of whom nobody tells us.
    ['a limit of which a fifth is taken by others', 0.8],
  ])('F8: two hundred machines behind %s: few calls too many, little time lost', async (name, share) => {
    const declared = { burst: 20, perSecond: 10 };
    const really = { burst: declared.burst * share, perSecond: declared.perSecond * share };
    const { calls, tookMs, machines } = await resumeAll(200, declared, really);
    const [callRatio, timeRatio] = [
      calls.length / 200,
      tookMs / (((200 - really.burst) / really.perSecond) * 1_000),
    ];
    expect(machines).toBe(200);
    expect(callRatio).toBeLessThanOrEqual(1.3);
    expect(timeRatio).toBeLessThanOrEqual(1.5);
    await measured(
      'F8',
      `200 machines behind ${name}: ${callRatio.toFixed(2)} × the calls, ${timeRatio.toFixed(2)} × the time (virtual time)`,
    );
  });
});
