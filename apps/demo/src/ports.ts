import { canListen, freePort } from '@springtide/platform';
import { screen } from './screen.js';

const USUAL = 8080;
const TRIED = 50;

/**
 * The port of the API: the one asked for, any free one for 0, and without a wish 8080 or the next one that is free.
 * @throws when the port asked for is taken.
 */
export async function apiPort(wanted: number | null): Promise<number> {
  if (wanted === 0) return await freePort();
  if (wanted === null) {
    const port = await firstFree('127.0.0.1');
    if (port !== USUAL) screen.say(`Port ${USUAL} is taken on this machine; the console uses ${port}.`);
    return port;
  }
  if (await canListen(wanted, '127.0.0.1')) return wanted;
  throw new Error(
    `port ${wanted} is taken by another program; choose another with --port, or 0 for a free one`,
  );
}

/** The service's port on every machine: one that nobody holds for all addresses. */
export async function servicePort(): Promise<number> {
  return await firstFree('0.0.0.0');
}

async function firstFree(host: string): Promise<number> {
  for (let port = USUAL; port < USUAL + TRIED; port += 1) if (await canListen(port, host)) return port;
  return await freePort(host);
}
