import type { Logger } from '@springtide/platform';
import type { NextFunction, Request, Response } from 'express';
import { stateOf } from './api-request.js';
import { HttpRefusal, invalidRequest, tooLarge } from './http-refusal.js';
import { sendProblem } from './problem.filter.js';

/** So much of a refused body is read away, so that the caller gets to read the refusal; beyond it the line is cut. */
const READ_AWAY_BYTES = 64 * 1024 * 1024;

/** Reads the body as text up to the limit. What it means is decided later, by the route. */
export function bodyReader(limitBytes: number, log: Logger) {
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    try {
      const text = await readBody(request, limitBytes);
      if (text !== undefined) stateOf(request).bodyText = text;
    } catch (thrown) {
      sendProblem(thrown, request, response, log);
      return;
    }
    next();
  };
}

async function readBody(request: Request, limitBytes: number): Promise<string | undefined> {
  const declared = Number(request.get('content-length') ?? 0);
  if (declared > READ_AWAY_BYTES) throw tooLarge(limitBytes);
  if (request.get('content-encoding') !== undefined) throw encoded();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size <= limitBytes) chunks.push(chunk);
    if (size > READ_AWAY_BYTES) break;
  }
  if (size > limitBytes) throw tooLarge(limitBytes);
  return size === 0 ? undefined : decode(Buffer.concat(chunks));
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalidRequest('The body is not valid UTF-8 text.');
  }
}

function encoded(): HttpRefusal {
  return new HttpRefusal({
    status: 415,
    code: 'unsupported',
    title: 'Unsupported encoding',
    detail: 'The body is compressed, which is not accepted; nothing was changed.',
    nextStep: 'Send the body without Content-Encoding.',
    closeConnection: true,
  });
}
