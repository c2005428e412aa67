import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { serviceUrl, type ServiceName } from './yard-places.js';

export type Operation = 'launch' | 'terminate' | 'describe' | 'list' | 'list-more';

/** What happens to the next `times` calls of an operation. */
export type Fault = Readonly<{ operation: Operation; times: number }> &
  (
    | Readonly<{ kind: 'lose-answer' }>
    | Readonly<{ kind: 'cut-before' }>
    | Readonly<{ kind: 'delay-answer'; ms: number }>
    | Readonly<{ kind: 'answer'; status: number; body: string }>
  );

export type Front = Readonly<{
  urls: Readonly<Record<ServiceName, string>>;
  inject(fault: Fault): void;
  /** The clock of every answer runs ahead by so much. */
  skewClock(ms: number): void;
  /** Servers stay out of answers for so long after they were made. */
  hideNewFor(ms: number): void;
  /** Tokens that keystone gave out through here. */
  tokens(): readonly string[];
  reset(): void;
  close(): Promise<void>;
}>;

const SERVICES: readonly ServiceName[] = ['keystone', 'glance', 'placement', 'nova', 'neutron'];
const SERVER = /^\/v2\.1\/servers\/[0-9a-f-]{36}$/;
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date']);

type Received = Readonly<{ status: number; headers: Record<string, string | string[]>; body: Buffer }>;
type Behaviour = {
  faults: (Fault & { left: number })[];
  skewMs: number;
  hiddenMs: number;
  tokens: Set<string>;
};

const serverSchema = z.looseObject({ created: z.string() });

/** Stands before the public endpoints, one port for each, and spoils what it is told to spoil. */
export async function startFront(ports: Readonly<Record<ServiceName, number>>): Promise<Front> {
  const behaviour: Behaviour = { faults: [], skewMs: 0, hiddenMs: 0, tokens: new Set() };
  // Kept connections to wsgi servers end without a word; a proxy that passes that on would invent faults.
  const upstream = new Agent({ pipelining: 0 });
  const servers = new Map<ServiceName, Server>();
  for (const service of SERVICES) {
    const server = createServer((incoming, outgoing) => {
      void serve(behaviour, upstream, `http://127.0.0.1:${ports[service]}`, service, incoming, outgoing);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    servers.set(service, server);
  }
  const own = Object.fromEntries(
    [...servers].map(([service, server]) => [service, (server.address() as AddressInfo).port]),
  ) as Record<ServiceName, number>;
  return {
    urls: Object.fromEntries(SERVICES.map((name) => [name, serviceUrl(own, name)])) as Record<
      ServiceName,
      string
    >,
    inject: (fault) => void behaviour.faults.push({ ...fault, left: fault.times }),
    skewClock: (ms) => {
      behaviour.skewMs = ms;
    },
    hideNewFor: (ms) => {
      behaviour.hiddenMs = ms;
    },
    tokens: () => [...behaviour.tokens],
    reset: () => {
      Object.assign(behaviour, { faults: [], skewMs: 0, hiddenMs: 0 });
    },
    close: async () => {
      for (const server of servers.values()) {
        server.closeAllConnections();
        server.close();
      }
      await upstream.destroy();
    },
  };
}

async function serve(
  behaviour: Behaviour,
  upstream: Agent,
  target: string,
  service: ServiceName,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const path = incoming.url ?? '/';
  const fault = takeFault(behaviour, service, incoming.method ?? 'GET', path);
  const body = await buffer(incoming);
  try {
    if (fault?.kind === 'cut-before') return void incoming.socket.destroy();
    if (fault?.kind === 'answer') return reply(behaviour, outgoing, refusal(fault));
    const received = await forward(upstream, target, incoming, body);
    if (service === 'keystone') remember(behaviour, received);
    if (fault?.kind === 'lose-answer') return void incoming.socket.destroy();
    if (fault?.kind === 'delay-answer') await wait(fault.ms);
    reply(behaviour, outgoing, service === 'nova' ? withoutNew(behaviour, path, received) : received);
  } catch {
    incoming.socket.destroy();
  }
}

async function forward(
  upstream: Agent,
  target: string,
  incoming: IncomingMessage,
  body: Buffer,
): Promise<Received> {
  const headers = Object.entries(incoming.headers).filter(([name]) => !HOP_BY_HOP.has(name));
  const answer = await request(`${target}${incoming.url}`, {
    method: (incoming.method ?? 'GET') as 'GET',
    // With its Host, so that the links in an answer lead back here.
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: body.length === 0 ? null : body,
    reset: true,
    dispatcher: upstream,
  });
  const kept = Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.has(name));
  return {
    status: answer.statusCode,
    headers: Object.fromEntries(kept) as Received['headers'],
    body: Buffer.from(await answer.body.arrayBuffer()),
  };
}

function reply(behaviour: Behaviour, outgoing: ServerResponse, received: Received): void {
  const date = new Date(Date.now() + behaviour.skewMs).toUTCString();
  outgoing.sendDate = false;
  outgoing.writeHead(received.status, { ...received.headers, date, 'content-length': received.body.length });
  outgoing.end(received.body);
}

function refusal(fault: Readonly<{ status: number; body: string }>): Received {
  return {
    status: fault.status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(fault.body),
  };
}

function takeFault(
  behaviour: Behaviour,
  service: ServiceName,
  method: string,
  path: string,
): Fault | undefined {
  const operations = service === 'nova' ? operationsOf(method, path) : [];
  const fault = behaviour.faults.find((each) => each.left > 0 && operations.includes(each.operation));
  if (fault !== undefined) fault.left -= 1;
  return fault;
}

function operationsOf(method: string, path: string): readonly Operation[] {
  const [plain = '', query = ''] = path.split('?');
  if (method === 'POST' && plain === '/v2.1/servers') return ['launch'];
  if (method === 'DELETE' && SERVER.test(plain)) return ['terminate'];
  if (method === 'GET' && SERVER.test(plain)) return ['describe'];
  if (method !== 'GET' || plain !== '/v2.1/servers/detail') return [];
  return query.includes('marker=') ? ['list-more', 'list'] : ['list'];
}

function remember(behaviour: Behaviour, received: Received): void {
  const token = received.headers['x-subject-token'];
  if (typeof token === 'string') behaviour.tokens.add(token);
}

/** As a cloud whose readers lag behind its writers would answer. */
function withoutNew(behaviour: Behaviour, path: string, received: Received): Received {
  if (behaviour.hiddenMs === 0 || received.status !== 200) return received;
  const [plain = ''] = path.split('?');
  const isNew = (server: unknown): boolean =>
    Date.now() - Date.parse(serverSchema.parse(server).created) < behaviour.hiddenMs;
  if (SERVER.test(plain)) {
    const { server } = z.object({ server: z.unknown() }).parse(JSON.parse(received.body.toString()));
    return isNew(server) ? { ...received, status: 404, body: Buffer.from('{"itemNotFound": {}}') } : received;
  }
  if (plain !== '/v2.1/servers/detail') return received;
  const list = z.looseObject({ servers: z.array(z.unknown()) }).parse(JSON.parse(received.body.toString()));
  const shown = { ...list, servers: list.servers.filter((server) => !isNew(server)) };
  return { ...received, body: Buffer.from(JSON.stringify(shown)) };
}
