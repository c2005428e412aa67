import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SpringtideError } from '@springtide/kernel';
import { fetch, request } from 'undici';
import { createEndpointGate, type Resolver } from './create-endpoint-gate.js';

let server: Server;
let port = 0;
let hits: string[] = [];

beforeAll(async () => {
  server = createServer((asked, answer) => {
    hits.push(asked.url ?? '');
    if (asked.url === '/moved') answer.writeHead(302, { location: '/elsewhere' }).end();
    else answer.end('hello');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise((done) => server.close(done)));
beforeEach(() => {
  hits = [];
});

function rootCause(thrown: unknown): unknown {
  return thrown instanceof Error && thrown.cause !== undefined ? rootCause(thrown.cause) : thrown;
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'no error';
  } catch (thrown) {
    const cause = rootCause(thrown);
    return cause instanceof SpringtideError ? `${cause.code}: ${cause.message}` : String(cause);
  }
}

function byAgent(host: string, gate = createEndpointGate({ openHostPorts: [], privateRanges: [] })) {
  return new Promise<string>((done, fail) => {
    get({ host, port, path: '/agent', agent: gate.httpAgent() }, (answer) => {
      answer.resume().once('end', () => done(String(answer.statusCode)));
    }).once('error', fail);
  });
}

describe('the endpoint gate', () => {
  it('lets nothing through to loopback, by any client', async () => {
    const gate = createEndpointGate({ openHostPorts: [], privateRanges: [] });
    const url = `http://localhost:${port}/`;
    expect(await refusal(gate.check(url))).toMatch(/permission-denied.*nothing was sent/);
    expect(await refusal(request(url, { dispatcher: gate.dispatcher() }))).toMatch(/permission-denied/);
    expect(await refusal(fetch(url, { dispatcher: gate.dispatcher() }))).toMatch(/permission-denied/);
    expect(await refusal(byAgent('localhost'))).toMatch(/permission-denied/);
    expect(await refusal(byAgent('127.0.0.1'))).toMatch(/permission-denied/);
    expect(hits).toEqual([]);
  });

  it('reaches the exact pair that the operator opened', async () => {
    const gate = createEndpointGate({
      openHostPorts: [`127.0.0.1:${port}`, `localhost:${port}`],
      privateRanges: [],
    });
    await gate.check(`http://127.0.0.1:${port}`);
    for (const host of ['127.0.0.1', 'localhost']) {
      const answer = await request(`http://${host}:${port}/pair`, { dispatcher: gate.dispatcher() });
      expect(await answer.body.text()).toBe('hello');
      expect(await byAgent(host, gate)).toBe('200');
    }
    expect(hits).toHaveLength(4);
  });

  it('follows no redirect', async () => {
    const gate = createEndpointGate({ openHostPorts: [`127.0.0.1:${port}`], privateRanges: [] });
    const url = `http://127.0.0.1:${port}/moved`;
    expect(await refusal(fetch(url, { dispatcher: gate.dispatcher() }))).toMatch(/redirect/);
    expect(await refusal(request(url, { dispatcher: gate.dispatcher() }))).toMatch(/redirect/);
    expect(hits).toEqual(['/moved', '/moved']);
  });

  it('asks the name server once per connection and connects where it looked', async () => {
    let asked = 0;
    const rebinding: Resolver = async () => {
      asked += 1;
      const address = asked === 1 ? '8.8.8.8' : '127.0.0.1';
      return await Promise.resolve([{ address, family: 4 }]);
    };
    const gate = createEndpointGate({ openHostPorts: [], privateRanges: [] }, rebinding);
    await gate.check('https://cloud.example');
    const later = request(`https://cloud.example:${port}/`, { dispatcher: gate.dispatcher() });
    expect(await refusal(later)).toMatch(/permission-denied.*loopback/);
    expect(asked).toBe(2);
    expect(hits).toEqual([]);
  });

  it('refuses a name of which one address is forbidden', async () => {
    const mixed: Resolver = async () => {
      return await Promise.resolve([
        { address: '8.8.8.8', family: 4 },
        { address: '::1', family: 6 },
      ]);
    };
    const gate = createEndpointGate({ openHostPorts: [], privateRanges: [] }, mixed);
    expect(await refusal(gate.check('https://cloud.example'))).toMatch(/loopback/);
  });

  it('says plainly that a name does not resolve', async () => {
    const gate = createEndpointGate({ openHostPorts: [], privateRanges: [] }, async () => {
      return await Promise.reject(new Error('ENOTFOUND internal detail'));
    });
    expect(await refusal(gate.check('https://no.example'))).toBe(
      'unavailable: the host name no.example cannot be resolved; nothing was sent',
    );
  });
});
