import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addMs, toInstant } from '@springtide/kernel';
import { createEndpointGate, silentLogger, systemClock } from '@springtide/platform';
import { connectAccount } from '@springtide/provider-kit';
import { manifest } from './index.js';

/** A server that is no simulated cloud, or a bad one. */
describe('the way to a cloud over HTTP', () => {
  let server: Server;
  let host = '';

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });

  it('keeps to the gate: an address nobody opened is denied before anything is sent', async () => {
    await serve((_, response) => response.end('{}'));
    const denied = verify([]);
    await expect(denied).rejects.toMatchObject({ code: 'permission-denied', effect: 'none' });
  });

  it('does not follow a redirect with its credentials', async () => {
    let followed = false;
    await serve((request, response) => {
      followed ||= request.url === '/elsewhere';
      response.writeHead(307, { location: `http://${host}/elsewhere` }).end();
    });
    await expect(verify([host])).rejects.toMatchObject({ effect: 'none' });
    expect(followed).toBe(false);
  });

  it.each([
    ['is not JSON', '<html>proxy login</html>', 'unknown'],
    ['has another shape', '{"session":42}', 'unknown'],
    ['is an unknown error', '{"error":{"code":"Weird","message":"?"}}', 'unknown'],
  ])('takes an answer that %s for unknown', async (_, text, code) => {
    await serve((_request, response) => response.end(text));
    await expect(verify([host])).rejects.toMatchObject({ code });
  });

  it('gives up at the deadline, and says what that means', async () => {
    await serve(() => undefined);
    const late = verify([host], 300);
    await expect(late).rejects.toMatchObject({ code: 'timeout' });
  });

  async function serve(listener: RequestListener): Promise<void> {
    server = createServer(listener);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function verify(open: readonly string[], deadlineMs = 5_000): Promise<unknown> {
    const gate = createEndpointGate({ openHostPorts: open, privateRanges: [] });
    const client = await connectAccount(
      manifest,
      { endpoint: `http://${host}/clouds/x` },
      { accessKey: 'some-key', secretKey: 'some-secret' },
      { account: 'a', clock: systemClock, gate, log: silentLogger, policy: { readAttempts: 1 } },
    );
    const deadline = addMs(toInstant(systemClock.now()), deadlineMs);
    try {
      return await client.compute.listQuotas({ region: 'r' }, { deadline });
    } finally {
      await client.close();
    }
  }
});
