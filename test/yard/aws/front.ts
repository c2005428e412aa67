import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { AdminDoor } from './admin.js';
import type { BalancerDesk } from './balancer-desk.js';
import type { ClusterDesk } from './cluster-desk.js';
import type { CloudBook } from './cloud-book.js';
import type { Buckets, Fault, FaultList } from './faults.js';
import type { FleetDesk } from './fleet-desk.js';
import type { InstanceReader } from './instances.js';
import { noCapacity, overQuota, type LaunchDesk } from './launches.js';
import type { NameDesk } from './name-desk.js';
import type { PartLists } from './part-lists.js';
import type { PriceDesk } from './price-desk.js';
import type { QuotaDesk } from './quota-desk.js';
import type { SpotDesk } from './spot-desk.js';
import {
  errorAnswer,
  isReading,
  readCall,
  xmlAnswer,
  type WireAnswer,
  type WireCall,
} from './query-protocol.js';
import { checkSignature } from './sigv4.js';
import type { TrailDesk } from './trail-desk.js';
import type { Upstream } from './upstream.js';
import { documentText, XmlElement } from './xml-element.js';

const BODY_LIMIT = 16 << 20;

export type FrontParts = Readonly<{
  upstream: Upstream;
  book: CloudBook;
  faults: FaultList;
  buckets: Buckets;
  reader: InstanceReader;
  parts: PartLists;
  desk: LaunchDesk;
  balancers: BalancerDesk;
  names: NameDesk;
  quotas: QuotaDesk;
  prices: PriceDesk;
  clusters: ClusterDesk;
  spot: SpotDesk;
  fleets: FleetDesk;
  trail: TrailDesk;
  admin: AdminDoor;
  /** Secret by access key id. */
  secrets: ReadonlyMap<string, string>;
}>;

/** Undefined: the connection is cut instead of an answer. */
type Outcome = WireAnswer | undefined;

/** The thin wire front: everything it adds to the emulator is listed in README.md. */
export function createFront(parts: FrontParts): Server {
  return createServer((incoming, response) => {
    void handle(parts, incoming, response).catch((thrown: unknown) => {
      const text = thrown instanceof Error ? thrown.message : String(thrown);
      reply(parts, response, {
        status: 502,
        headers: { 'content-type': 'text/plain' },
        body: `the yard failed: ${text}`,
      });
    });
  });
}

async function handle(parts: FrontParts, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = incoming.url ?? '/';
  const method = incoming.method ?? 'GET';
  const body = await readBody(incoming);
  if (target.startsWith('/_yard/')) {
    reply(parts, response, await parts.admin.answer(method, target, body));
    return;
  }
  const call = readCall(method, target, incoming.headers, body);
  const outcome = await answerCall(parts, call);
  parts.admin.record(call, outcome?.status);
  if (outcome === undefined) response.destroy();
  else reply(parts, response, outcome);
}

async function answerCall(parts: FrontParts, call: WireCall): Promise<Outcome> {
  const fault = parts.faults.take(call.action);
  if (fault?.kind === 'lost-request') return undefined;
  if (fault?.kind === 'late-request') await wait(fault.delayMs ?? 1_000);
  const refusal = refuse(parts, call) ?? injected(fault, call);
  const answer = refusal ?? (await work(parts, call));
  parts.trail.record(call, answer);
  if (refusal !== undefined) return refusal;
  if (fault?.kind === 'delay') await wait(fault.delayMs ?? 1_000);
  if (fault?.kind === 'bad-gateway') return badGateway();
  return fault?.kind === 'lost-answer' ? undefined : answer;
}

async function work(parts: FrontParts, call: WireCall): Promise<WireAnswer> {
  if (isReading(call)) return dispatch(parts, call);
  if (call.action === 'RunInstances') return parts.reader.launch(call, () => dispatch(parts, call));
  parts.reader.touch();
  try {
    return await dispatch(parts, call);
  } finally {
    parts.reader.touch();
  }
}

function dispatch(parts: FrontParts, call: WireCall): Promise<WireAnswer> {
  if (call.service === 'elasticloadbalancing') return parts.balancers.answer(call);
  if (call.service === 'route53') return parts.names.answer(call);
  if (call.service === 'eks') return parts.clusters.answer(call);
  if (call.service === 'pricing') return Promise.resolve(parts.prices.answer(call));
  if (call.service === 'servicequotas') return Promise.resolve(parts.quotas.answer(call));
  if (call.service === 'cloudtrail') return Promise.resolve(parts.trail.answer(call));
  switch (call.action) {
    case 'CreateFleet':
      return parts.fleets.create(call);
    case 'DescribeCapacityReservations':
      return Promise.resolve(noReservations());
    case 'DescribeSpotPriceHistory':
      return parts.spot.prices(call);
    case 'DescribeSpotInstanceRequests':
      return parts.spot.requests(call);
    case 'RunInstances':
      return parts.desk.run(call);
    case 'DescribeInstances':
      return parts.reader.describe(call);
    case 'TerminateInstances':
      return parts.reader.terminate(call);
    default:
      return parts.parts.pages(call) ? parts.parts.page(call) : parts.upstream.forward(call);
  }
}

/** The emulator does not know the call, and nothing is set aside in a yard. */
function noReservations(): WireAnswer {
  const names = { xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/' };
  const root = new XmlElement('DescribeCapacityReservationsResponse', names, [
    XmlElement.leaf('requestId', 'yard'),
    new XmlElement('capacityReservationSet', {}, []),
  ]);
  return xmlAnswer(documentText(root));
}

function refuse(parts: FrontParts, call: WireCall): WireAnswer | undefined {
  const { book } = parts;
  const verdict = checkSignature(call, parts.secrets, book.now());
  if (verdict === 'expired') {
    return errorAnswer(call.service, 400, 'RequestExpired', 'Request has expired.');
  }
  if (verdict !== 'valid') return wrongCredentials(call, verdict);
  const rates = book.settings.rates;
  const size = rates[call.action] ?? rates['*'];
  if (size !== undefined && !parts.buckets.take(`${call.region} ${call.action}`, size, Date.now())) {
    return throttled(call);
  }
  if (book.settings.deniedActions.includes(call.action)) {
    return errorAnswer(
      call.service,
      403,
      'UnauthorizedOperation',
      'You are not authorized to perform this operation.',
    );
  }
  return undefined;
}

function wrongCredentials(call: WireCall, verdict: 'unknown-key' | 'wrong-signature'): WireAnswer {
  if (call.service === 'ec2') {
    const text = 'AWS was not able to validate the provided access credentials';
    return errorAnswer('ec2', 401, 'AuthFailure', text);
  }
  return verdict === 'unknown-key'
    ? errorAnswer(
        call.service,
        403,
        'InvalidClientTokenId',
        'The security token included in the request is invalid.',
      )
    : errorAnswer(call.service, 403, 'SignatureDoesNotMatch', 'The request signature does not match.');
}

function injected(fault: Fault | undefined, call: WireCall): WireAnswer | undefined {
  if (fault?.kind === 'throttle') return throttled(call);
  if (fault?.kind === 'quota' || fault?.kind === 'capacity') {
    const { params } = call;
    const market = params.get('InstanceMarketOptions.MarketType') === 'spot' ? 'spot' : 'on-demand';
    const zone = params.get('Placement.AvailabilityZone') ?? '';
    const { status, code, message } =
      fault.kind === 'quota' ? overQuota(market) : noCapacity(params.get('InstanceType') ?? '', zone, market);
    return errorAnswer(call.service, status, code, message);
  }
  if (fault?.kind !== 'error') return undefined;
  const { status = 400, code = 'InternalError', message = 'Injected.' } = fault;
  return errorAnswer(call.service, status, code, message);
}

function throttled(call: WireCall): WireAnswer {
  return call.service === 'cloudtrail'
    ? errorAnswer('cloudtrail', 400, 'ThrottlingException', 'Rate exceeded')
    : errorAnswer(call.service, 503, 'RequestLimitExceeded', 'Request limit exceeded.');
}

function badGateway(): WireAnswer {
  return {
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: '<html><h1>502 Bad Gateway</h1></html>',
  };
}

function reply(parts: FrontParts, response: ServerResponse, answer: WireAnswer): void {
  if (response.destroyed) return;
  const date = parts.book.now().toUTCString();
  response.writeHead(answer.status, {
    ...answer.headers,
    date,
    'content-length': Buffer.byteLength(answer.body),
  });
  response.end(answer.body);
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new Error('the request is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
