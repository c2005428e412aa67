import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { freePort } from '../tools/free-port.js';
import { yardLane } from '../tools/lane.js';
import { nodeArguments } from '../tools/node-arguments.js';
import { startProcess } from '../tools/process.js';
import { obtainHaproxy } from './obtain-haproxy.js';
import { obtainTraefik } from './obtain-traefik.js';

const haproxy = await obtainHaproxy();
const traefik = await obtainTraefik().catch(() => undefined);

type Ready = {
  engine: string;
  providerId: string;
  settings: Record<string, unknown>;
  entrances: Record<string, string>;
  pids: number[];
};

describe('traffic yard', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'springtide-traffic-yard-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const engines = [
    ['haproxy', haproxy],
    ['traefik', traefik],
  ] as const;
  for (const [engine, binary] of engines) {
    const test = yardLane(`traffic yard (${engine})`, binary !== undefined) ? it : it.skip;
    test(`starts ${engine} on the ports asked for and takes it down with it`, async () => {
      const [shop, pay, control] = [await freePort(), await freePort(), await freePort()];
      let ready: Ready | undefined;
      const yard = await startProcess({
        name: 'traffic yard',
        command: process.execPath,
        args: [
          ...nodeArguments(import.meta.dirname, 'traffic-yard.main'),
          `--engine=${engine}`,
          `--folder=${folder}`,
          `--control-port=${control}`,
          `--route=storefront:${shop}`,
          `--route=checkout:${pay}`,
        ],
        ready: (line) => line.startsWith('{"ready":true'),
        onLine: (line) => {
          if (line.startsWith('{"ready"')) ready = JSON.parse(line) as Ready;
        },
      });
      expect(ready).toMatchObject({ engine, providerId: engine });
      expect(ready?.entrances).toEqual({
        storefront: `http://127.0.0.1:${shop}`,
        checkout: `http://127.0.0.1:${pay}`,
      });
      expect(JSON.stringify(ready?.settings)).toContain(String(control));
      const empty = await request(`http://127.0.0.1:${shop}/`);
      await empty.body.dump();
      expect(empty.statusCode).toBeGreaterThanOrEqual(404);
      const [pid = 0] = ready?.pids ?? [];
      expect(isAlive(pid)).toBe(true);
      await yard.stop();
      expect(isAlive(pid)).toBe(false);
    }, 60_000);
  }
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
