import { SpringtideError, parseInstant } from '@springtide/kernel';
import type { ProviderContext } from '@springtide/provider-kit';
import { request } from 'undici';
import { PortError, type CloudPort } from './cloud.port.js';

const NOT_REACHED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const LARGEST_ANSWER = 16 * 1024 * 1024;

/** The cloud is a server; every connection goes through the endpoint gate. */
export function httpPort(endpoint: string, context: ProviderContext): CloudPort {
  const dispatcher = context.gate.dispatcher();
  const base = endpoint.replace(/\/+$/, '');
  return {
    send: async (operation, body, session, { deadline }) => {
      const leftMs = parseInstant(deadline).getTime() - context.clock.now().getTime();
      const signal = AbortSignal.timeout(Math.max(1, leftMs));
      try {
        const answer = await request(`${base}/v1/${operation}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(session === undefined ? {} : { authorization: `Bearer ${session}` }),
          },
          body: JSON.stringify(body),
          dispatcher,
          signal,
        });
        const text = await answer.body.text();
        if (text.length > LARGEST_ANSWER) throw new PortError('lost', 'the answer is larger than 16 MiB');
        return { status: answer.statusCode, body: parseAnswer(text) };
      } catch (thrown) {
        throw portErrorOf(thrown, signal);
      }
    },
    close: async () => {
      await dispatcher.close();
    },
  };
}

function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return { error: { code: 'NotJson', message: text.slice(0, 200) } };
  }
}

function portErrorOf(thrown: unknown, signal: AbortSignal): Error {
  if (thrown instanceof PortError || thrown instanceof SpringtideError) return thrown;
  if (signal.aborted) return new PortError('late', 'no answer by the deadline');
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (NOT_REACHED.has(code)) return new PortError('refused', `nobody answers there (${code})`);
  if (code !== '') return new PortError('lost', `the connection broke (${code})`);
  return thrown instanceof Error ? thrown : new PortError('lost', String(thrown));
}
