import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that any system hands out by itself, so that no connection and no `listen(0)` takes one in between. */
const [FIRST, LAST] = [10_000, 29_999] as const;
const TRIES = 1_000;

const handedOut = new Set<number>();

/**
 * A TCP port that nobody listens on right now, and that this process has not named before. Another program may still be
 * given it: retry the start, not the port.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const port = randomInt(FIRST, LAST + 1);
    if (handedOut.has(port) || !(await canListen(port, host))) continue;
    handedOut.add(port);
    return port;
  }
  throw new Error(
    `no free TCP port was found between ${FIRST} and ${LAST} on ${host}; end programs that hold so many`,
  );
}

/** Whether a program could listen there now. */
export async function canListen(port: number, host: string): Promise<boolean> {
  const server = createServer();
  const isOpen = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, host, () => resolve(true));
  });
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return isOpen;
}
