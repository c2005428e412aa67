import { createServer } from 'node:net';
import { canListen, freePort } from './free-port.js';

describe('a free port', () => {
  it('is not one that the system gives to others by itself, nor one that was named before', async () => {
    const ports = await Promise.all(Array.from({ length: 200 }, async () => await freePort()));
    expect(new Set(ports).size).toBe(200);
    // The lowest that any common system hands out for connections and `listen(0)`.
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });

  it('can be listened on, until somebody does', async () => {
    const port = await freePort();
    expect(await canListen(port, '127.0.0.1')).toBe(true);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect(await canListen(port, '127.0.0.1')).toBe(false);
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
});
