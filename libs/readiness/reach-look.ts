import { lookup } from 'node:dns/promises';
import { connect, isIPv6 } from 'node:net';
import { SpringtideError } from '@springtide/kernel';
import type { EndpointGate } from '@springtide/platform';
import type { Reach } from './domain/index.js';

const WITHIN_MS = 5_000;

/**
 * Opens a connection to what a service calls and closes it at once; not a byte is sent.
 * @throws permission-denied by the gate; unavailable when nobody answers.
 */
export async function lookAtReach(gate: EndpointGate, { host, port }: Reach): Promise<void> {
  const addresses = await lookup(host, { all: true }).catch((cause: unknown) => {
    throw silent('its name is not known here', cause);
  });
  // Every address is checked and a checked one is dialled: a name server cannot change its mind in between. The gate's rule
  // for plain connections protects what is said over them, and nothing is.
  for (const { address } of addresses) {
    await gate.check(`https://${isIPv6(address) ? `[${address}]` : address}:${port}/`);
  }
  if (addresses.length === 0) throw silent('its name has no address');
  // Of a name with addresses of both families often only one leads anywhere from here.
  await Promise.any(addresses.map(async ({ address }) => dial(address, port))).catch(
    (thrown: AggregateError) => {
      throw thrown.errors[0];
    },
  );
}

async function dial(host: string, port: number): Promise<void> {
  const socket = connect({ host, port });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', (cause: NodeJS.ErrnoException) =>
        reject(silent(cause.code ?? cause.message, cause)),
      );
      socket.setTimeout(WITHIN_MS, () => reject(silent(`no answer within ${WITHIN_MS / 1_000} s`)));
    });
  } finally {
    socket.destroy();
  }
}

function silent(why: string, cause?: unknown): SpringtideError {
  return new SpringtideError('unavailable', why, { effect: 'none', cause });
}
