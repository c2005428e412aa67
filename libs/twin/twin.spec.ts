import { SpringtideError } from '@springtide/kernel';
import type { ActivityFunction } from './engine-options.js';
import { Network } from './network.js';
import { seededRandom } from './seeded-random.js';
import { ProcessEnded, VirtualTime, type Process } from './virtual-time.js';

const START = '2026-11-11T00:00:00.000Z';

const process = (name: string): Process => ({ name, dead: false, pausedUntil: 0 });
const timeOf = (seed: string) => new VirtualTime(START, seededRandom(seed));

describe('virtual time', () => {
  it('gives turns in an order that the seed decides, and the same one every time', async () => {
    const told = async (seed: string) => {
      const time = timeOf(seed);
      const order: string[] = [];
      const walk = async (name: string) => {
        for (let step = 0; step < 5; step += 1) {
          await time.turn(name);
          order.push(name);
        }
      };
      const all = ['a', 'b', 'c'].map(async (name) => await walk(name));
      await time.run(() => order.length === 15);
      await Promise.all(all);
      return `${order.join('')} ${time.trace}`;
    };
    const stories = await Promise.all(['1', '1', '2', '3'].map(told));
    expect(stories[1]).toBe(stories[0]);
    expect(new Set(stories).size).toBeGreaterThan(1);
  });

  it('ends what a killed process waits for, and holds up what a stopped one does', async () => {
    const time = timeOf('kill');
    const [killed, stopped] = [process('killed'), process('stopped')];
    const end = time.as(killed, async () => await time.sleep(5_000)).catch((thrown: unknown) => thrown);
    let woke = 0;
    void time.as(stopped, async () => {
      await time.sleep(1_000);
      woke = time.ms - Date.parse(START);
    });
    time.after(500, 'signals', () => {
      time.kill(killed);
      stopped.pausedUntil = time.ms + 60_000;
    });
    await time.run(() => woke > 0);
    expect(await end).toBeInstanceOf(ProcessEnded);
    expect(woke).toBe(60_500);
  });

  it('carries out a call whose sender is dead, and none after its deadline', async () => {
    const time = timeOf('network');
    const sender = process('sender');
    let slow = 0;
    const passage = () => ({ thereMs: slow, backMs: 10 });
    const network = new Network({ time, random: seededRandom('network'), passage });
    const arrived: string[] = [];
    const call = async (name: string) => {
      const deadline = new Date(time.ms + 1_000).toISOString();
      await network.carry(name, deadline, async () => {
        await Promise.resolve();
        arrived.push(name);
      });
    };
    time.ambush((label) => label === 'arrive first');
    const first = time
      .as(sender, async () => await call('first'), 'first')
      .catch((thrown: unknown) => thrown);
    await time.run(() => arrived.length === 1);
    expect(sender.dead).toBe(true);
    slow = 2_000;
    const second = call('second').catch((thrown: unknown) => thrown);
    await time.run(() => time.ms > Date.parse(START) + 5_000 || arrived.length > 1).catch(() => undefined);
    expect(arrived).toEqual(['first']);
    expect(await first).toBeInstanceOf(ProcessEnded);
    expect(await second).toBeInstanceOf(SpringtideError);
  });
});

/** Jest evaluates packages while it links, before what should be there first; so these are imported one after another. */
async function sdkAndEngine() {
  await import('./workflow-globals.js');
  const { proxyActivities, sleep } = await import('@temporalio/workflow');
  const { TwinEngine } = await import('./engine.js');
  const { work } = proxyActivities<{ work(input: string): Promise<string> }>({
    startToCloseTimeout: '10m',
    heartbeatTimeout: '10s',
    retry: { initialInterval: '1s' },
  });
  const twice = async () => {
    const first = await work('first');
    await sleep('1m');
    return `${first} ${await work('second')}`;
  };
  return { TwinEngine, workflows: { twice } };
}

describe('the engine of a twin', () => {
  it.each(['dies', 'is stopped'])('gives the work of a worker that %s to another one', async (how) => {
    const { TwinEngine, workflows } = await sdkAndEngine();
    const time = timeOf('engine');
    const workers = [process('a'), process('b')];
    const attempts: string[] = [];
    const ended: string[] = [];
    const activity: ActivityFunction = async (input: string) => {
      attempts.push(`${input} on ${time.current?.name}`);
      await time.sleep(30_000);
      ended.push(`${input} on ${time.current?.name}`);
      return input;
    };
    const engine = new TwinEngine({
      time,
      random: seededRandom('engine'),
      workflows,
      activities: { work: activity },
      around: async (_args, next) => await next(),
      worker: () => workers.find((one) => !one.dead && one.pausedUntil <= time.ms),
      longAfter: 100,
      evictions: 1,
      tell: () => undefined,
    });
    engine.start({ workflowId: 'w', workflow: 'twice', args: [] });
    time.after(15_000, 'fault', () => {
      if (how === 'dies') time.kill(workers[0] as Process);
      else (workers[0] as Process).pausedUntil = time.ms + 20_000;
    });
    await time.run(() => !engine.isOpen('w'));
    expect(attempts.slice(0, 2)).toEqual(['first on a', 'first on b']);
    // Who was stopped wakes up and goes on beside its successor.
    expect(ended.includes('first on a')).toBe(how === 'is stopped');
    expect(engine.start({ workflowId: 'w', workflow: 'twice', args: [] })).toBeDefined();
    expect(engine.start({ workflowId: 'w', workflow: 'twice', args: [] })).toBeUndefined();
  });
});
