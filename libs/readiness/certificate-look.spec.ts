import { createServer as createPlain } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createEndpointGate, type EndpointGate } from '@springtide/platform';
import { lookAtCertificate } from './certificate-look.js';
import { ENTRANCE_IDENTITY } from './testing/entrance-identity.js';

type Listener = Readonly<{
  listen(port: number, host: string, done: () => void): unknown;
  address(): AddressInfo | string | null;
  closeAllConnections(): void;
  close(done: () => void): unknown;
}>;

type Listening = Readonly<{ url: string; gate: EndpointGate; close(): Promise<void> }>;

async function listening(server: Listener): Promise<Listening> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `https://${host}/`,
    gate: createEndpointGate({ openHostPorts: [host], privateRanges: [] }),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

describe('a look at the certificate of an entrance', () => {
  it('tells whose it is, how long it lasts and why it is not trusted, and asks for nothing', async () => {
    const asked: string[] = [];
    const entrance = await listening(
      createServer({ ...ENTRANCE_IDENTITY }, (request, response) => {
        asked.push(`${request.method} ${request.headers.authorization ?? 'nobody'}`);
        response.end();
      }),
    );
    try {
      const found = await lookAtCertificate(entrance.gate, entrance.url);
      expect(found).toEqual({
        subject: ENTRANCE_IDENTITY.name,
        validTo: expect.stringMatching(/^2126-/),
        problem: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      });
      expect(asked.every((line) => line === 'HEAD nobody')).toBe(true);
    } finally {
      await entrance.close();
    }
  });

  it('says so where nobody speaks TLS', async () => {
    const plain = await listening(createPlain((_request, response) => response.end()));
    try {
      await expect(lookAtCertificate(plain.gate, plain.url)).rejects.toMatchObject({
        code: 'unavailable',
        effect: 'none',
      });
    } finally {
      await plain.close();
    }
  });

  it('goes nowhere that the gate does not allow', async () => {
    const closed = createEndpointGate({ openHostPorts: [], privateRanges: [] });
    const looked = lookAtCertificate(closed, 'https://127.0.0.1:9/');
    await expect(looked).rejects.toMatchObject({ code: 'permission-denied' });
  });
});
