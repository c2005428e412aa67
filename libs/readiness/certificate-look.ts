import { request, type RequestOptions } from 'node:https';
import { TLSSocket } from 'node:tls';
import { SpringtideError, toInstant } from '@springtide/kernel';
import type { EndpointGate } from '@springtide/platform';
import type { CertificateFact } from './domain/index.js';

const WITHIN_MS = 5_000;

/**
 * Shakes hands with an entrance and reads the certificate it shows, valid or not: judging it is the purpose. Nothing but
 * a request for the head of its first page is sent, without any credential.
 * @throws unavailable when there was no handshake; permission-denied by the gate.
 */
export async function lookAtCertificate(gate: EndpointGate, url: string): Promise<CertificateFact> {
  await gate.check(url);
  const agent = gate.httpsAgent();
  const options: RequestOptions = {
    method: 'HEAD',
    agent,
    rejectUnauthorized: false,
    timeout: WITHIN_MS,
    signal: AbortSignal.timeout(WITHIN_MS),
  };
  try {
    return await new Promise<CertificateFact>((resolve, reject) => {
      const asked = request(url, options);
      asked.once('socket', (socket) => {
        socket.once('secureConnect', () => {
          if (socket instanceof TLSSocket) resolve(factOf(socket));
          asked.destroy();
        });
      });
      asked.once('error', (cause: Error) => reject(noHandshake(cause)));
      asked.end();
    });
  } finally {
    agent.destroy();
  }
}

function factOf(socket: TLSSocket): CertificateFact {
  const shown = socket.getPeerCertificate();
  const name = shown.subject.CN;
  return {
    subject: (Array.isArray(name) ? name[0] : name) ?? shown.subjectaltname ?? '',
    validTo: toInstant(new Date(shown.valid_to)),
    problem: socket.authorized ? null : String(socket.authorizationError),
  };
}

function noHandshake(cause: Error): SpringtideError {
  return new SpringtideError('unavailable', `there was no TLS handshake: ${cause.message}`, {
    effect: 'none',
    cause,
  });
}
