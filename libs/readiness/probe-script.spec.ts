import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ProbeReport } from '@springtide/contracts';
import { probeScript } from './probe-script.js';

const TOKEN = 'a-token-of-one-probe-only';
const run = promisify(execFile);

let folder = '';
let springtide: HttpServer;
let database: Server;
let closedPort = 0;
let received: { path: string | undefined; type: string | undefined; body: string }[] = [];
/** What was said to the endpoint that was tried. */
let said = 0;
/** Reports that are not taken before one is. */
let refusals = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'springtide-probe-'));
  springtide = createHttp((request, response) => {
    void (async () => {
      let body = '';
      for await (const piece of request) body += String(piece);
      refusals -= 1;
      if (refusals >= 0) return response.writeHead(503).end();
      received.push({ path: request.url, type: request.headers['content-type'], body });
      return response.writeHead(204).end();
    })();
  });
  database = createServer((socket) => {
    socket.on('data', (bytes) => {
      said += bytes.byteLength;
    });
    socket.on('error', () => undefined);
  });
  const passing = createServer();
  await Promise.all([springtide, database, passing].map(async (server) => await listening(server)));
  closedPort = portOf(passing);
  passing.close();
});

afterAll(async () => {
  springtide.closeAllConnections();
  springtide.close();
  database.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => {
  received = [];
  said = 0;
  refusals = 0;
});

async function listening(server: HttpServer | Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

function portOf(server: HttpServer | Server): number {
  return (server.address() as AddressInfo).port;
}

/** An image that has these programs and no others beside the plainest. */
async function image(name: string, tools: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  for (const tool of ['sh', 'sleep', 'cat', 'rm', 'mktemp', 'mkdir', 'wc', 'tr', ...tools]) {
    await symlink(await programOf(tool), join(path, tool));
  }
  return path;
}

/** Python may be a script of a version manager here; what it starts stands alone. */
async function programOf(tool: string): Promise<string> {
  const where = tool === 'python3' ? `python3 -c 'import sys; print(sys.executable)'` : `command -v ${tool}`;
  return (await run('/bin/sh', ['-c', where])).stdout.trim();
}

/** What a machine with this image sends when it boots. */
async function boot(path: string, endpoints: readonly { host: string; port: number }[]) {
  const url = `http://127.0.0.1:${portOf(springtide)}/api/v1/probes/t/p/report`;
  await run('/bin/sh', ['-c', probeScript({ url, token: TOKEN, endpoints })], { env: { PATH: path } });
  const [report] = received;
  expect(received).toHaveLength(1);
  expect(report).toMatchObject({ path: '/api/v1/probes/t/p/report', type: 'application/json' });
  const { token, answers } = ProbeReport.parse(JSON.parse(report?.body ?? ''));
  expect(token).toBe(TOKEN);
  expect(answers.map(({ n }) => n)).toEqual(endpoints.map((_one, n) => n));
  return answers.map(({ answer }) => answer);
}

const three = () => [
  { host: '127.0.0.1', port: portOf(database) },
  { host: '127.0.0.1', port: closedPort },
  { host: 'no-such-name.invalid', port: 5432 },
];

describe('the user data of a probe', () => {
  it.each([
    ['bash alone', ['bash']],
    ['python alone', ['python3']],
    ['bash and curl', ['bash', 'curl']],
    ['curl alone', ['curl']],
    ['bash and wget', ['bash', 'wget']],
  ])('tries and reports on an image with %s, and says nothing to what it tries', async (name, tools) => {
    expect(await boot(await image(name, tools), three())).toEqual(['open', 'refused', 'unnamed']);
    expect(said).toBe(0);
  });

  it('says so where the image has nothing to open connections with', async () => {
    expect(await boot(await image('nothing', ['wget']), three())).toEqual(['untried', 'untried', 'untried']);
  });

  it('reports again when nobody took the report', async () => {
    refusals = 1;
    expect(await boot(process.env['PATH'] ?? '', three().slice(0, 1))).toEqual(['open']);
  });

  it('calls what never answers silent, all of them at once', async () => {
    const path = await image('walled', ['curl']);
    // A firewall that swallows everything: whoever opens a connection waits for ever.
    await writeFile(join(path, 'bash'), '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
    const began = Date.now();
    const endpoints = Array.from({ length: 12 }, (_one, n) => ({ host: '127.0.0.1', port: 6_000 + n }));
    expect(new Set(await boot(path, endpoints))).toEqual(new Set(['silent']));
    expect(Date.now() - began).toBeLessThan(25_000);
  });

  it('takes no name for a command', async () => {
    const host = `x'; touch "${join(folder, 'hacked')}"; echo '`;
    expect(await boot(process.env['PATH'] ?? '', [{ host, port: 1 }])).not.toEqual(['open']);
    await expect(run('ls', [join(folder, 'hacked')])).rejects.toThrow('No such file');
  });
});
