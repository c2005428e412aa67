import { AdvancingClock } from '@springtide/provider-kit/conformance';
import { AddressPool } from './address-pool.js';
import { examplePrivateCloud, examplePublicCloud } from './example-plans.js';
import type { CloudPlanInput } from './plan.js';
import { draw, waitingTimeMs } from './seeded-draw.js';
import { SimulatedCloud } from './simulated-cloud.js';
import type { AnswerOf, CloudReply, Operation, RequestOf } from './wire.js';

/** A logged-in caller of a cloud on a clock of its own. */
class Caller {
  readonly clock = new AdvancingClock();
  readonly cloud: SimulatedCloud;
  readonly #session: string;
  #tokens = 0;

  constructor(plan: CloudPlanInput) {
    this.cloud = new SimulatedCloud(plan, this.clock);
    const login = this.cloud.handle({ operation: 'Login', session: undefined, body: plan.credentials });
    this.#session = (login.body as { session: string }).session;
  }

  reply(operation: Operation, body: unknown): CloudReply {
    return this.cloud.handle({ operation, session: this.#session, body });
  }

  call<K extends Operation>(operation: K, body: RequestOf<K>): AnswerOf<K> {
    const reply = this.reply(operation, body);
    if (reply.status !== 200) throw new Error(JSON.stringify(reply.body));
    return reply.body as AnswerOf<K>;
  }

  batch(changes: Partial<RequestOf<'RunMachines'>> = {}): RequestOf<'RunMachines'> {
    this.#tokens += 1;
    return {
      clientToken: `t${this.#tokens}`,
      region: 'sim-east',
      zone: 'sim-east-a',
      type: 'c2.large',
      market: 'on-demand',
      count: 1,
      minimum: 1,
      namePrefix: 'n',
      image: 'img-shop-1',
      securityGroups: [],
      tags: {},
      ...changes,
    };
  }

  codeOf(operation: Operation, body: unknown): string {
    return (this.reply(operation, body).body as { error: { code: string } }).error.code;
  }
}

describe('the simulated cloud', () => {
  it('is the same cloud for the same plan, clock and calls, faults included', () => {
    const faults = {
      lostAnswer: 0.2,
      throttled: 0.1,
      partialBatch: 0.3,
      failedBoot: 0.2,
      stuckBoot: 0.1,
      stuckTermination: 0.3,
      foreignDeletionsPerHour: 5,
    };
    const life = (seed: string): unknown[] => {
      const caller = new Caller(examplePublicCloud({ seed, faults }));
      const seen: unknown[] = [];
      for (let n = 0; n < 40; n += 1) {
        seen.push(
          caller.reply('RunMachines', caller.batch({ count: 5, market: n % 2 === 0 ? 'spot' : 'on-demand' })),
        );
        caller.clock.advance(20_000);
        const machines = caller.cloud.machines();
        const ids = machines.slice(0, 2).map((machine) => machine.id);
        seen.push(machines, caller.reply('TerminateMachines', { region: 'sim-east', ids }));
      }
      return seen;
    };
    expect(life('a')).toEqual(life('a'));
    expect(life('a')).not.toEqual(life('b'));
  });

  it('boots machines after some time, each its own', () => {
    const caller = new Caller(examplePublicCloud());
    caller.call('RunMachines', caller.batch({ count: 50, minimum: 50 }));
    const runningAfter = (ms: number): number => {
      caller.clock.advance(ms);
      return caller.cloud.machines().filter((machine) => machine.state === 'running').length;
    };
    expect(runningAfter(17_000)).toBe(0);
    const halfway = runningAfter(13_000);
    expect(halfway).toBeGreaterThan(5);
    expect(halfway).toBeLessThan(50);
    expect(runningAfter(30_000)).toBe(50);
  });

  it('gives every machine an address of its own, and gives it to nobody else while it lives', () => {
    const caller = new Caller(examplePublicCloud({ behaviour: { addressRange: '127.30.0.0/27' } }));
    const launched = caller.call('RunMachines', caller.batch({ count: 29, minimum: 29 }));
    const addresses = caller.cloud.machines().map((machine) => machine.address);
    expect(new Set(addresses).size).toBe(29);
    for (const address of addresses) expect(address).toMatch(/^127\.30\.0\.([2-9]|[12]\d|30)$/);
    expect(caller.codeOf('RunMachines', caller.batch())).toBe('NoFreeAddress');
    const [item] = launched.items;
    caller.cloud.administer({
      action: 'delete-outside',
      id: item !== undefined && 'id' in item ? item.id : '',
    });
    expect(caller.call('RunMachines', caller.batch()).items).toHaveLength(1);
  });

  it('takes spot machines back, and says why', () => {
    const plan = examplePublicCloud();
    const caller = new Caller({
      ...plan,
      machineTypes: plan.machineTypes.map((type) => ({
        ...type,
        offers: [{ option: 'spot', pricePerHour: '0.1', stockPerZone: 100, interruptionPerHour: 60 }],
      })),
      behaviour: { terminateMs: 3_600_000 },
    });
    caller.call('RunMachines', caller.batch({ count: 40, minimum: 40, market: 'spot' }));
    caller.clock.advance(60_000);
    const machines = caller.call('ListMachines', {
      region: 'sim-east',
      tags: {},
      cursor: undefined,
    }).machines;
    const ending = machines.filter((machine) => machine.status === 'ending');
    expect(ending.length).toBeGreaterThan(15);
    expect(ending.length).toBeLessThan(36);
    expect(ending[0]?.reason).toMatch(/spot/);
    const told = machines.filter((machine) => machine.notice !== undefined);
    expect(told.length).toBeGreaterThan(0);
    expect(told.every((machine) => machine.status === 'up')).toBe(true);
  });

  it('fills the hosts of a private cloud, and no more', () => {
    const hosts = { count: 2, vcpu: 5, memoryMiB: 1_000_000 };
    const region = { id: 'dc-1', zones: [{ id: 'cluster-a', hosts }] };
    const caller = new Caller(examplePrivateCloud({ regions: [region] }));
    const place = { region: 'dc-1', zone: 'cluster-a', market: 'private' };
    const free = (type: string): number | undefined =>
      caller
        .call('ListOfferings', { region: 'dc-1', cursor: undefined })
        .offerings.find((each) => each.type === type)?.free;
    expect([free('vm.2'), free('vm.4')]).toEqual([4, 2]);
    caller.call('RunMachines', caller.batch({ ...place, type: 'vm.2' }));
    expect([free('vm.2'), free('vm.4')]).toEqual([3, 1]);
    caller.call('RunMachines', caller.batch({ ...place, type: 'vm.4' }));
    expect([free('vm.2'), free('vm.4')]).toEqual([1, 0]);
    expect(caller.codeOf('RunMachines', caller.batch({ ...place, type: 'vm.4' }))).toBe('NoStock');
  });

  it('keeps quota over all zones, and stock for each', () => {
    const plan = examplePublicCloud();
    const [region] = plan.regions;
    if (region === undefined) throw new Error('the example has a region');
    const caller = new Caller({
      ...plan,
      regions: [{ ...region, quotas: [{ group: 'standard', limitVcpu: 10 }] }],
    });
    expect(caller.call('RunMachines', caller.batch({ count: 3, minimum: 3 })).items).toHaveLength(3);
    const { items } = caller.call('RunMachines', caller.batch({ zone: 'sim-east-b', count: 4, minimum: 2 }));
    expect(items.map((item) => ('id' in item ? 'made' : item.error.code))).toEqual([
      'made',
      'made',
      'QuotaExceeded',
      'QuotaExceeded',
    ]);
  });

  it('has no stock in the planned times', () => {
    const out = { zone: 'sim-east-a', machineType: 'c2.large', fromMs: 10_000, untilMs: 20_000 };
    const caller = new Caller(examplePublicCloud({ faults: { stockOuts: [out] } }));
    caller.call('RunMachines', caller.batch());
    caller.clock.advance(15_000);
    expect(caller.codeOf('RunMachines', caller.batch())).toBe('NoStock');
    caller.call('RunMachines', caller.batch({ zone: 'sim-east-b' }));
    caller.clock.advance(5_000);
    expect(caller.call('RunMachines', caller.batch()).items).toHaveLength(1);
  });

  it('lets a termination be stuck until it is asked again', () => {
    const caller = new Caller(examplePublicCloud({ faults: { stuckTermination: 0.5 } }));
    caller.call('RunMachines', caller.batch({ count: 40, minimum: 40 }));
    const end = (): number => {
      const ids = caller.cloud.machines().map((machine) => machine.id);
      caller.call('TerminateMachines', { region: 'sim-east', ids });
      caller.clock.advance(60_000);
      return caller.cloud.machines().length;
    };
    const stuck = end();
    expect(stuck).toBeGreaterThan(8);
    expect(stuck).toBeLessThan(32);
    for (let again = 0; again < 20; again += 1) end();
    expect(caller.cloud.machines()).toEqual([]);
  });

  it('throttles by its own bucket, and says for how long', () => {
    const rates = { read: { burst: 2, perSecond: 4 }, mutate: { burst: 1, perSecond: 1 } };
    const caller = new Caller(examplePublicCloud({ behaviour: { rates } }));
    const statuses = [1, 2, 3].map(() => caller.reply('ListQuotas', { region: 'sim-east' }).status);
    expect(statuses).toEqual([200, 200, 429]);
    caller.clock.advance(250);
    expect(caller.reply('ListQuotas', { region: 'sim-east' }).status).toBe(200);
  });

  it('leaves the disks of the planned share of machines behind', () => {
    const caller = new Caller(examplePublicCloud({ behaviour: { survivingDisks: 0.5, terminateMs: 0 } }));
    caller.call('RunMachines', caller.batch({ count: 60, minimum: 60, tags: { shop: 'one' } }));
    const ids = caller.cloud.machines().map((machine) => machine.id);
    caller.call('TerminateMachines', { region: 'sim-east', ids });
    const request = { region: 'sim-east', machineIds: [], tags: { shop: 'one' } };
    const { satellites } = caller.call('ListSatellites', request);
    expect(satellites.length).toBeGreaterThan(18);
    expect(satellites.length).toBeLessThan(42);
  });

  it('charges what ran by the second, also what is gone, page by page, and tells of nothing too early', () => {
    const behaviour = { bootTimesMs: [10_000], terminateMs: 0, pageSize: 2, billLagMs: 30_000 };
    const caller = new Caller(examplePublicCloud({ behaviour }));
    const begun = caller.clock.now().getTime();
    const at = (seconds: number) => new Date(begun + seconds * 1_000).toISOString();
    caller.call('RunMachines', caller.batch({ count: 4, minimum: 4 }));
    const [ended = '', deleted = '', short = '', running = ''] = caller.cloud.machines().map(({ id }) => id);
    const charges = (from: number, to: number) => {
      const span = { from: at(from), to: at(to) };
      const first = caller.call('ListCharges', span);
      const second =
        first.next === undefined ? [] : caller.call('ListCharges', { ...span, cursor: first.next }).charges;
      return [first.charges, second];
    };
    caller.clock.advance(20_000);
    caller.call('TerminateMachines', { region: 'sim-east', ids: [short] });
    caller.clock.advance(90_000);
    caller.call('TerminateMachines', { region: 'sim-east', ids: [ended] });
    caller.cloud.administer({ action: 'delete-outside', id: deleted });
    expect(
      charges(0, 3_600)
        .flat()
        .map(({ id, to }) => [id, to]),
    ).toEqual([
      [ended, at(80)],
      [deleted, at(80)],
      [short, at(20)],
      [running, at(80)],
    ]);
    caller.clock.advance(3_600_000);
    const [first = [], second = []] = charges(0, 100_000);
    expect([first.length, second.length]).toEqual([2, 2]);
    expect(first).toMatchObject([
      { id: ended, from: at(10), to: at(110), price: { currency: 'CNY' } },
      { id: deleted, from: at(10), to: at(110) },
    ]);
    const seconds = [100, 100, 60, 3_670];
    const perSecond = Number(first[0]?.price.amount) / 100;
    const amounts = [...first, ...second].map(({ price }) => Number(price.amount) / perSecond);
    expect(amounts.map((amount) => Math.round(amount))).toEqual(seconds);
    expect(charges(200, 300).flat()).toMatchObject([{ id: running }]);
    expect(charges(0, 10).flat()).toEqual([]);
  });

  it('refuses a plan that cannot be, and calls that are none of its own', () => {
    const plan = examplePublicCloud();
    expect(() => new Caller({ ...plan, currency: 'yuan' })).toThrow(/currency/);
    expect(() => new Caller({ ...plan, behaviour: { readLagMs: 60_000 } })).toThrow(/readLagMs/);
    const caller = new Caller(plan);
    expect(caller.codeOf('MeltDown' as Operation, {})).toBe('NotFound');
    expect(caller.codeOf('RunMachines', { nonsense: true })).toBe('InvalidParameter');
    expect(caller.cloud.handle({ operation: 'ListQuotas', session: 'stolen', body: {} }).status).toBe(401);
  });
});

describe('the draws', () => {
  it('are even, and independent of their neighbours', () => {
    const values = Array.from({ length: 10_000 }, (_, n) => draw('seed', 'x', n));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeCloseTo(0.5, 1);
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const share = values.filter((value) => Math.floor(value * 10) === tenth).length;
      expect(share).toBeGreaterThan(850);
      expect(share).toBeLessThan(1_150);
    }
    const pairs = values
      .slice(1)
      .reduce((sum, value, n) => sum + (value - 0.5) * ((values[n] ?? 0) - 0.5), 0);
    expect(Math.abs(pairs / values.length)).toBeLessThan(0.01);
  });

  it('give the planned mean of a waiting time, and for ever for never', () => {
    expect(waitingTimeMs(0, 0.5)).toBe(Number.POSITIVE_INFINITY);
    const waits = Array.from({ length: 5_000 }, (_, n) => waitingTimeMs(2, draw('seed', 'w', n)));
    const hours = waits.reduce((sum, value) => sum + value, 0) / waits.length / 3_600_000;
    expect(hours).toBeGreaterThan(0.46);
    expect(hours).toBeLessThan(0.54);
  });
});

describe('the address pool', () => {
  it('counts across the octets', () => {
    const pool = new AddressPool('127.30.1.0/23');
    const all = Array.from({ length: 509 }, () => pool.take());
    expect([all[0], all[253], all[254], all.at(-1)]).toEqual([
      '127.30.0.2',
      '127.30.0.255',
      '127.30.1.0',
      '127.30.1.254',
    ]);
    expect(() => pool.take()).toThrow(/used up/);
  });
});
