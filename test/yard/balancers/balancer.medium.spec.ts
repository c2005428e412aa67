import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { request } from 'undici';
import { Balancer } from './balancer.js';
import type { BalancerMember, BalancerState } from './balancer-state.js';

describe('the body of a cloud’s load balancer', () => {
  const servers: Server[] = [];
  let balancer: Balancer;

  beforeEach(async () => {
    balancer = await Balancer.start('127.0.0.1', 0, { everyMs: 50 });
  });

  afterEach(async () => {
    await balancer.stop();
    for (const server of servers.splice(0)) await close(server);
  });

  async function member(id: string, weight = 1): Promise<BalancerMember & Readonly<{ server: Server }>> {
    const server = createServer((asked, answer) => {
      setTimeout(() => answer.end(id), asked.url === '/slow' ? 300 : 0);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    return { id, address: '127.0.0.1', port: (server.address() as AddressInfo).port, weight, server };
  }

  async function send(count: number, path = '/', headers = {}): Promise<Record<string, number>> {
    const tally: Record<string, number> = {};
    for (let sent = 0; sent < count; sent += 1) {
      const { statusCode, body } = await request(`${balancer.url}${path}`, { headers });
      const text = statusCode === 200 ? await body.text() : await body.dump().then(() => String(statusCode));
      tally[text] = (tally[text] ?? 0) + 1;
    }
    return tally;
  }

  async function carried(state: BalancerState): Promise<void> {
    balancer.apply(state);
    const deadline = Date.now() + 5_000;
    const members = state.pools.flatMap((pool) => pool.members);
    while (members.some((one) => balancer.health(one) !== 'healthy')) {
      if (Date.now() > deadline) throw new Error('a member did not become healthy');
      await wait(20);
    }
  }

  it('spreads requests over pools and their members exactly, and counts them', async () => {
    const [a, b, c] = [await member('a'), await member('b'), await member('c', 3)];
    await carried({
      pools: [
        { name: 'home', members: [a] },
        { name: 'burst', members: [b, c] },
      ],
      rules: [],
      forward: [
        { pool: 'home', weight: 60 },
        { pool: 'burst', weight: 40 },
      ],
    });
    expect(await send(100)).toEqual({ a: 60, b: 10, c: 30 });
    expect(balancer.counters('burst')).toEqual({ requests: 40, errors: 0 });
  });

  it('sends what fits a rule to its pool alone', async () => {
    const [a, b, c] = [await member('a'), await member('b'), await member('c')];
    const alone = (pool: string) => [{ pool, weight: 1 }];
    await carried({
      pools: [a, b, c].map((one) => ({ name: one.id, members: [one] })),
      rules: [
        { when: { header: 'X-Version', values: ['next'] }, forward: alone('b') },
        { when: { sourceRanges: ['10.0.0.0/8'] }, forward: alone('c') },
      ],
      forward: alone('a'),
    });
    expect(await send(5)).toEqual({ a: 5 });
    expect(await send(5, '/', { 'x-version': 'next' })).toEqual({ b: 5 });
    balancer.apply({
      pools: [{ name: 'c', members: [c] }],
      rules: [{ when: { sourceRanges: ['127.0.0.0/8'] }, forward: alone('c') }],
      forward: [],
    });
    expect(await send(5)).toEqual({ c: 5 });
  });

  it('leaves out who is unhealthy, and takes back who is well again', async () => {
    const [a, b] = [await member('a'), await member('b')];
    await carried({
      pools: [{ name: 'home', members: [a, b] }],
      rules: [],
      forward: [{ pool: 'home', weight: 1 }],
    });
    await close(a.server);
    await until(() => balancer.health(a) === 'unhealthy');
    expect(await send(10)).toEqual({ b: 10 });
    await new Promise<void>((resolve) => a.server.listen(a.port, '127.0.0.1', resolve));
    await until(() => balancer.health(a) === 'healthy');
    expect(await send(10)).toEqual({ a: 5, b: 5 });
  });

  it('answers 503 for a pool without members, as a cloud would, and finishes what a removed member began', async () => {
    const a = await member('a');
    const forward = [{ pool: 'home', weight: 1 }];
    await carried({ pools: [{ name: 'home', members: [a] }], rules: [], forward });
    const running = send(1, '/slow');
    await wait(100);
    balancer.apply({ pools: [{ name: 'home', members: [] }], rules: [], forward });
    expect(await send(3)).toEqual({ '503': 3 });
    expect(await running).toEqual({ a: 1 });
  });
});

async function until(done: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!done()) {
    if (Date.now() > deadline) throw new Error('it did not happen within 5 s');
    await wait(20);
  }
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
