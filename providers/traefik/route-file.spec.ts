import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@springtide/platform';
import { withMembers, EMPTY_ROUTE } from './desired-route.js';
import { withFileLock } from './file-lock.js';
import { countersOf } from './route-counters.js';
import { RouteFile } from './route-file.js';

const PATIENT = (): number => 5_000;

describe('route file', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'springtide-route-file-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('brings back what was saved, and leaves no draft', async () => {
    const desired = withMembers(EMPTY_ROUTE, 'home', [{ id: 'h1', address: '::1', port: 80 }]);
    const file = new RouteFile(folder, 'shop');
    expect(await file.load()).toEqual(EMPTY_ROUTE);
    await file.save(desired, { http: {} });
    expect(await file.load()).toEqual(desired);
    expect(await readdir(folder)).toEqual(['shop.springtide.yml']);
  });

  it('refuses a file that somebody edited instead of guessing', async () => {
    const file = new RouteFile(folder, 'shop');
    await writeFile(file.path, 'http: {}\n');
    await expect(file.load()).rejects.toMatchObject({ code: 'failed-precondition' });
  });

  it('says what to do when the folder is not there', async () => {
    const file = new RouteFile(join(folder, 'missing'), 'shop');
    await expect(file.save(EMPTY_ROUTE, {})).rejects.toMatchObject({ code: 'unavailable', effect: 'none' });
  });

  it('lets one writer in at a time, and takes over from one that died', async () => {
    const lock = join(folder, '.shop.lock');
    const order: string[] = [];
    const write = (name: string): Promise<void> =>
      withFileLock(lock, systemClock, PATIENT, async () => {
        order.push(`${name} in`);
        await systemClock.sleep(30);
        order.push(`${name} out`);
      });
    await Promise.all([write('a'), write('b'), write('c')]);
    for (let at = 0; at < 6; at += 2) expect(order[at + 1]).toBe(order[at]?.replace('in', 'out'));
    await writeFile(lock, 'a process that died');
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(lock, longAgo, longAgo);
    await write('d');
    expect(order.at(-1)).toBe('d out');
    await writeFile(lock, 'a process that works');
    const late = withFileLock(
      lock,
      systemClock,
      () => 0,
      async () => order.push('never'),
    );
    await expect(late).rejects.toMatchObject({ code: 'timeout', effect: 'none' });
  });
});

describe('counters', () => {
  it('sums the codes of a group, takes 5xx for errors, and tells how long the answers took', () => {
    const metrics = [
      '# TYPE traefik_service_requests_total counter',
      'traefik_service_requests_total{code="200",method="GET",protocol="http",service="shop_home@file"} 120',
      'traefik_service_requests_total{code="503",method="GET",protocol="http",service="shop_home@file"} 7',
      'traefik_service_requests_total{code="200",method="GET",protocol="http",service="shop_burst@file"} 3e+01',
      'traefik_service_requests_total{code="200",method="GET",protocol="http",service="shop-2_home@file"} 999',
      'traefik_service_requests_bytes_total{code="200",method="GET",service="shop_home@file"} 5',
      'traefik_service_request_duration_seconds_bucket{code="200",service="shop_home@file",le="0.1"} 90',
      'traefik_service_request_duration_seconds_sum{code="200",method="GET",service="shop_home@file"} 2.5',
      'traefik_service_request_duration_seconds_sum{code="503",method="GET",service="shop_home@file"} 0.5',
    ].join('\n');
    expect(countersOf('shop', metrics)).toEqual([
      { group: 'burst', requests: 30, errors: 0 },
      { group: 'home', requests: 127, errors: 7, answerTime: { totalMs: 3_000 } },
    ]);
  });
});
