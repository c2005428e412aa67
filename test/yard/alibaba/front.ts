import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { ACTIONS } from './api.js';
import type { CallLog } from './call-log.js';
import type { AlibabaCloud } from './cloud.js';
import { noStock, notEnoughBalance, quotaExceeded } from './ecs/run-instances.js';
import type { Fault, FaultList } from './faults.js';
import { newRequestId } from './ids.js';
import { validateCall } from './metadata/request-validator.js';
import type { RateWindows } from './rate-windows.js';
import type { AccessDesk } from './wire/access-desk.js';
import { ApiCall, type AnswerBody } from './wire/api-call.js';
import { readCall, type ReadCall } from './wire/call-reader.js';
import { WireError } from './wire/wire-error.js';
import type { WireRequest } from './wire/wire-request.js';
import { xmlAnswer } from './wire/xml-answer.js';

const BODY_LIMIT = 16 << 20;

export type FrontParts = Readonly<{
  cloud: AlibabaCloud;
  desk: AccessDesk;
  faults: FaultList;
  rates: RateWindows;
  log: CallLog;
  /** Answers what comes under `/_yard/`. */
  admin: (method: string, path: string, body: string) => WireAnswer;
  /** What a call changed is in effect before its answer is sent. */
  beforeAnswer: () => void;
}>;

export type WireAnswer = Readonly<{ status: number; type: string; body: string; requestId?: string }>;

export function createFront(parts: FrontParts): Server {
  const server = createServer((incoming, response) => {
    void handle(parts, incoming, response).catch((thrown: unknown) => {
      const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
      send(parts, response, { status: 500, type: 'text/plain', body: `the yard failed: ${text}` });
    });
  });
  server.keepAliveTimeout = 30_000;
  return server;
}

async function handle(parts: FrontParts, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const request = await readRequest(incoming);
  if (request.path.startsWith('/_yard/')) {
    send(parts, response, parts.admin(request.method, request.path, request.body.toString('utf8')));
    return;
  }
  const answer = await answerOf(parts, request);
  parts.beforeAnswer();
  if (answer === undefined) response.destroy();
  else send(parts, response, answer);
}

/** Undefined: the connection is cut instead of an answer. */
async function answerOf(parts: FrontParts, request: WireRequest): Promise<WireAnswer | undefined> {
  const requestId = newRequestId();
  let read: ReadCall;
  try {
    read = readCall(request);
  } catch (thrown) {
    return errorAnswer(asWireError(thrown), 'json', request, requestId);
  }
  const { product, action } = read.spec;
  const fault = parts.faults.take(product, action);
  const done = await carryOut(parts, request, read, requestId, fault);
  parts.log.record(read, done?.status);
  return done;
}

async function carryOut(
  parts: FrontParts,
  request: WireRequest,
  read: ReadCall,
  requestId: string,
  fault: Fault | undefined,
): Promise<WireAnswer | undefined> {
  if (fault?.kind === 'lost-request') return undefined;
  if (fault?.kind === 'late-request') await wait(fault.delayMs ?? 1_000);
  let answer: WireAnswer;
  try {
    answer = bodyAnswer(perform(parts, request, read, fault, requestId), read, requestId);
  } catch (thrown) {
    const error = asWireError(thrown);
    answer =
      read.spec.route === undefined
        ? errorAnswer(error, read.format, request, requestId)
        : routedErrorAnswer(error, requestId);
  }
  if (fault?.kind === 'delay') await wait(fault.delayMs ?? 1_000);
  if (fault?.kind === 'lost-answer') return undefined;
  if (fault?.kind === 'bad-gateway') {
    return { status: 502, type: 'text/html', body: '<html><h1>502 Bad Gateway</h1></html>' };
  }
  return answer;
}

function perform(
  parts: FrontParts,
  request: WireRequest,
  read: ReadCall,
  fault: Fault | undefined,
  requestId: string,
): AnswerBody {
  const { cloud } = parts;
  const { product, action } = read.spec;
  cloud.catchUp();
  const caller = parts.desk.check(read.claim, cloud.clock.wall());
  const region = read.parameters.get('RegionId') ?? cloud.regionAt(request.localAddress);
  const call = new ApiCall(
    { product, action, ...(region === undefined ? {} : { region }) },
    caller,
    read.parameters,
    read.path,
    read.body,
  );
  try {
    const answer = obey(parts, read, call, fault);
    cloud.trail.record(cloud, call, requestId, { answer });
    return fault?.kind === 'truncate' ? { ...answer, NextToken: '' } : answer;
  } catch (thrown) {
    cloud.trail.record(cloud, call, requestId, { error: asWireError(thrown) });
    throw thrown;
  }
}

/** What a known caller asks for, if it may be. */
function obey(parts: FrontParts, read: ReadCall, call: ApiCall, fault: Fault | undefined): AnswerBody {
  const { cloud } = parts;
  const { product, action, region } = call;
  parts.desk.permit(call.caller, product, action);
  checkRate(parts, read);
  if (fault !== undefined) refuseBy(fault);
  validateCall(read.spec, read.parameters);
  const handler = ACTIONS.get(`${product}:${action}`);
  if (handler === undefined) {
    throw new WireError(400, 'UnsupportedOperation', `The simulator does not have ${product}:${action}.`);
  }
  if (region !== undefined && cloud.settings.brokenRegions.includes(region)) {
    throw new WireError(
      503,
      'ServiceUnavailable',
      'The request has failed due to a temporary failure of the server.',
    );
  }
  const answer = handler(cloud, call);
  cloud.catchUp();
  return answer;
}

function checkRate({ cloud, rates }: FrontParts, { spec, parameters }: ReadCall): void {
  const name = `${spec.product}:${spec.action}`;
  const limit = cloud.settings.ratesPerMinute[name] ?? cloud.settings.ratesPerMinute['*'];
  if (limit === undefined) return;
  if (rates.take(`${name} ${parameters.get('RegionId') ?? ''}`, limit, cloud.clock.wall())) return;
  throw throttled('Throttling.User');
}

/** `Throttling.User`: this account has too many calls; `Throttling.Api`: everybody together has. */
function throttled(code: string): WireError {
  const whose = code === 'Throttling.Api' ? 'api' : 'user';
  return new WireError(400, code, `Request was denied due to ${whose} flow control.`);
}

function refuseBy({ kind, status, code, message }: Fault): void {
  if (kind === 'throttle') throw throttled(code ?? 'Throttling.User');
  if (kind === 'stock') throw noStock();
  if (kind === 'quota') throw quotaExceeded(false);
  if (kind === 'balance') throw notEnoughBalance();
  if (kind === 'error') throw new WireError(status ?? 500, code ?? 'InternalError', message ?? 'Injected.');
}

function asWireError(thrown: unknown): WireError {
  if (thrown instanceof WireError) return thrown;
  throw thrown;
}

function bodyAnswer(body: AnswerBody, read: ReadCall, requestId: string): WireAnswer {
  // Path-style actions answer with their own shape, and the request id in a header.
  const whole = read.spec.route === undefined ? { ...body, RequestId: requestId } : body;
  if (read.format === 'json') {
    return { status: 200, type: 'application/json;charset=utf-8', body: JSON.stringify(whole), requestId };
  }
  const text = xmlAnswer(`${read.spec.action}Response`, whole);
  return { status: 200, type: 'text/xml;charset=utf-8', body: text, requestId };
}

function errorAnswer(
  error: WireError,
  format: 'json' | 'xml',
  request: WireRequest,
  requestId: string,
): WireAnswer {
  const body = {
    RequestId: requestId,
    HostId: request.headers.host ?? '',
    Code: error.code,
    Message: error.message,
    Recommend: `https://api.aliyun.com/troubleshoot?q=${error.code}`,
  };
  const isJson = format === 'json';
  return {
    status: error.status,
    type: isJson ? 'application/json;charset=utf-8' : 'text/xml;charset=utf-8',
    body: isJson ? JSON.stringify(body) : xmlAnswer('Error', body),
    requestId,
  };
}

/** Path-style products write their errors in lower case. */
function routedErrorAnswer({ status, code, message }: WireError, requestId: string): WireAnswer {
  const body = JSON.stringify({ code, message, requestId, status });
  return { status, type: 'application/json;charset=utf-8', body, requestId };
}

function send(parts: FrontParts, response: ServerResponse, answer: WireAnswer): void {
  if (response.destroyed) return;
  response.writeHead(answer.status, {
    'content-type': answer.type,
    'content-length': Buffer.byteLength(answer.body),
    date: new Date(parts.cloud.clock.wall()).toUTCString(),
    ...(answer.requestId === undefined ? {} : { 'x-acs-request-id': answer.requestId }),
  });
  response.end(answer.body);
}

async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new Error('the request is too large');
    chunks.push(chunk);
  }
  const [path = '/', query = ''] = (incoming.url ?? '/').split('?', 2);
  const { headers, method = 'GET' } = incoming;
  const localAddress = incoming.socket.localAddress ?? '';
  return { method, path, query, headers, body: Buffer.concat(chunks), localAddress };
}
