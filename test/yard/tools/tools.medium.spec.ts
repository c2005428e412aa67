import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { startProcess } from './process.js';

const node = process.execPath;

describe('startProcess', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'springtide-tools-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is ready on the line that says so, keeps the output and stops', async () => {
    const logFile = join(folder, 'echo.log');
    const child = await startProcess({
      name: 'echo',
      command: node,
      args: ['-e', 'console.log(`up ${process.env.COLOUR}`); setInterval(() => {}, 1000)'],
      env: { COLOUR: 'blue' },
      ready: (line) => line === 'up blue',
      logFile,
    });
    expect(child.pid).toBeGreaterThan(1);
    await child.stop();
    expect(await child.exited).toEqual({ code: null, signal: 'SIGTERM' });
    expect(await readFile(logFile, 'utf8')).toBe('up blue\n');
  });

  it('is ready when the port opens', async () => {
    const port = await freePort();
    const child = await startProcess({
      name: 'listener',
      command: node,
      args: ['-e', `setTimeout(() => require('node:net').createServer().listen(${port}, '127.0.0.1'), 200)`],
      ready: { port },
    });
    await child.kill();
    expect((await child.exited).signal).toBe('SIGKILL');
  });

  it('reports the last words of a child that ends instead', async () => {
    await expect(
      startProcess({
        name: 'broken',
        command: node,
        args: ['-e', 'console.error("no such file"); process.exit(3)'],
        ready: () => false,
      }),
    ).rejects.toThrow(/broken ended \(code 3.*no such file/);
  });

  it('kills one that ignores SIGTERM', async () => {
    const child = await startProcess({
      name: 'stubborn',
      command: node,
      args: ['-e', 'process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)'],
      ready: (line) => line === 'up',
    });
    await child.stop(200);
    expect((await child.exited).signal).toBe('SIGKILL');
  });

  it('leaves a program of ours the time to end its own children', async () => {
    const endsSlowly = 'process.on("SIGTERM", () => setTimeout(() => process.exit(7), 6000))';
    const child = await startProcess({
      name: 'parent',
      command: node,
      args: ['-e', `${endsSlowly}; console.log("up"); setInterval(() => {}, 1000)`],
      ready: (line) => line === 'up',
    });
    await child.stop();
    expect(await child.exited).toEqual({ code: 7, signal: null });
  }, 15_000);
});

describe('freePort', () => {
  it('names a port that can be listened on', async () => {
    const port = await freePort();
    await new Promise<void>((resolve, reject) => {
      const server = createServer();
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
    });
    expect(port).toBeGreaterThan(1023);
  });
});
