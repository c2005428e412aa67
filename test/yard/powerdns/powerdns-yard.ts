import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SpringtideError } from '@springtide/kernel';
import { request } from 'undici';
import { freePort } from '../tools/free-port.js';
import { startProcess } from '../tools/process.js';
import { findPowerdns } from './obtain-powerdns.js';

/** A key for dynamic updates, as a user gives it to a name server and to Springtide. */
export type UpdateKey = Readonly<{ name: string; algorithm: 'hmac-sha256'; secret: string }>;

export type PowerdnsYard = Readonly<{
  /** Without `/api`. */
  url: string;
  apiKey: string;
  /** `address:port` where it answers queries and takes updates. */
  server: string;
  zone: string;
  updateKey: UpdateKey;
  /** Calls the API as its owner would. */
  call(method: 'GET' | 'POST' | 'PATCH' | 'PUT', path: string, body?: unknown): Promise<unknown>;
  /** Kills it and starts it again on the same ports, as after a crash. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}>;

const ZONE = 'yard.test';
const API_KEY = 'yard-key';
const UPDATE_KEY: UpdateKey = {
  name: 'springtide-key',
  algorithm: 'hmac-sha256',
  secret: Buffer.from('a secret of thirty-two bytes ....').toString('base64'),
};

/** A real PowerDNS on loopback, on ports and files of its own, with one empty zone. */
export async function startPowerdnsYard(): Promise<PowerdnsYard> {
  const found = await findPowerdns();
  if (found === undefined) {
    throw new SpringtideError('failed-precondition', 'PowerDNS is not installed on this machine', {
      nextStep: 'Install pdns-server and pdns-backend-sqlite3.',
    });
  }
  const folder = await mkdtemp(join(tmpdir(), 'springtide-powerdns-'));
  const [dnsPort, apiPort] = [await freePort(), await freePort()];
  const books = new DatabaseSync(join(folder, 'books.sqlite'));
  books.exec(await readFile(found.schema, 'utf8'));
  books.close();
  await writeFile(join(folder, 'pdns.conf'), configuration(folder, dnsPort, apiPort));
  const start = () =>
    startProcess({
      name: 'powerdns',
      command: found.binary,
      args: [`--config-dir=${folder}`],
      ready: { port: apiPort },
      logFile: join(folder, 'powerdns.log'),
    });
  let process = await start();
  const url = `http://127.0.0.1:${apiPort}`;
  const call = caller(url);
  await seed(call);
  return {
    url,
    apiKey: API_KEY,
    server: `127.0.0.1:${dnsPort}`,
    zone: ZONE,
    updateKey: UPDATE_KEY,
    call,
    restart: async () => {
      await process.kill();
      process = await start();
    },
    stop: async () => {
      await process.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a user of PowerDNS needs for Springtide: the API, LUA records, and updates by key. */
function configuration(folder: string, dnsPort: number, apiPort: number): string {
  return `launch=gsqlite3
gsqlite3-database=${join(folder, 'books.sqlite')}
local-address=127.0.0.1
local-port=${dnsPort}
api=yes
api-key=${API_KEY}
webserver=yes
webserver-address=127.0.0.1
webserver-port=${apiPort}
enable-lua-records=yes
lua-health-checks-interval=1
dnsupdate=yes
allow-dnsupdate-from=127.0.0.0/8
socket-dir=${folder}
security-poll-suffix=
daemon=no
guardian=no
setuid=
setgid=
`;
}

async function seed(call: PowerdnsYard['call']): Promise<void> {
  const { name, algorithm, secret } = UPDATE_KEY;
  await call('POST', '/tsigkeys', { name, algorithm, key: secret });
  await call('POST', '/zones', { name: `${ZONE}.`, kind: 'Native', nameservers: [`ns.${ZONE}.`] });
  const allowed = { kind: 'TSIG-ALLOW-DNSUPDATE', metadata: [name] };
  await call('POST', `/zones/${ZONE}./metadata`, allowed);
}

function caller(url: string): PowerdnsYard['call'] {
  return async (method, path, body) => {
    const answer = await request(`${url}/api/v1/servers/localhost${path}`, {
      method,
      headers: { 'x-api-key': API_KEY, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) {
      throw new SpringtideError('internal', `PowerDNS answered ${answer.statusCode} to ${path}: ${text}`);
    }
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
}
