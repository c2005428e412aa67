import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export const SCRIPTED_REGION = 'RegionOne';

/** `path` below the service, without its query. `kept`: it came over a connection that had carried a call before. */
type ScriptedCall = Readonly<{
  method: string;
  service: string;
  path: string;
  query: URLSearchParams;
  token: string;
  microversion: string;
  kept: boolean;
}>;

/** `cut`: the connection ends without an answer. */
type ScriptedAnswer = Readonly<{ status?: number; body?: unknown }> | 'cut';

export type ScriptedOpenstack = Readonly<{
  /** Of the identity service. */
  url: string;
  /** Every call but logins, in order. */
  calls: readonly ScriptedCall[];
  /** What is said to a call; undefined: 404. */
  script(answer: (call: ScriptedCall) => ScriptedAnswer | undefined): void;
  stop(): Promise<void>;
}>;

/** Named as old catalogs name them, the volumes with a version and a project behind it. */
const SERVICES: Readonly<Record<string, string>> = {
  compute: '/compute',
  image: '/image',
  network: '/network',
  placement: '/placement',
  volumev3: '/volume/v3/p1',
};

/**
 * Says what a test wants where no real service of the yard can be brought to say it, or is not there at all (cinder).
 * Every login gets the next token: `token-1`, `token-2`, …
 */
export async function startScriptedOpenstack(): Promise<ScriptedOpenstack> {
  const calls: ScriptedCall[] = [];
  const used = new WeakSet<Socket>();
  let answerOf: (call: ScriptedCall) => ScriptedAnswer | undefined = () => undefined;
  let logins = 0;
  let base = '';
  const server: Server = createServer((request, response) => {
    request.resume();
    const kept = used.has(request.socket);
    used.add(request.socket);
    if (request.url === '/identity/v3/auth/tokens') {
      logins += 1;
      response.writeHead(201, { 'x-subject-token': `token-${logins}` }).end(JSON.stringify(login(base)));
      return;
    }
    const call = callOf(request, kept);
    calls.push(call);
    const answer = answerOf(call) ?? { status: 404, body: { itemNotFound: { message: 'nothing is here' } } };
    if (answer === 'cut') request.socket.destroy();
    else {
      const { status = 200, body } = answer;
      response.writeHead(status).end(body === undefined ? undefined : JSON.stringify(body));
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${base}/identity/v3`,
    calls,
    script: (answer) => {
      answerOf = answer;
    },
    stop: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function callOf(request: IncomingMessage, kept: boolean): ScriptedCall {
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://openstack');
  const [, service = '', ...rest] = pathname.split('/');
  const header = (name: string) => [request.headers[name] ?? ''].flat()[0] ?? '';
  return {
    method: request.method ?? '',
    service,
    path: `/${rest.join('/')}`,
    query,
    token: header('x-auth-token'),
    microversion: header('openstack-api-version'),
    kept,
  };
}

function login(base: string) {
  const named = (name: string) => ({ id: name, name });
  const catalog = Object.entries(SERVICES).map(([type, path]) => ({
    type,
    endpoints: [{ interface: 'public', region_id: SCRIPTED_REGION, url: `${base}${path}` }],
  }));
  const token = { user: named('burst'), project: named('burst'), roles: [named('member')], catalog };
  return { token: { ...token, expires_at: '2099-01-01T00:00:00.000000Z' } };
}
