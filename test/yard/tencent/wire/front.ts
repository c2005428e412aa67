import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import type { ActionCall } from '../actions/action.js';
import { ACTIONS } from '../actions/actions.js';
import type { AdminDoor } from '../admin/admin-door.js';
import type { CallLog } from '../admin/call-log.js';
import type { Cloud } from '../cloud/cloud.js';
import type { Fault } from '../cloud/faults.js';
import { tooMany } from '../cloud/rate-meter.js';
import type { ActionContract, ApiContract } from '../contract/api-contract.js';
import { paramsOfQuery } from '../contract/query-params.js';
import { checkSignature } from './tc3.js';
import { paramsOfBody, readBody, wireCallOf, type Params, type WireCall } from './wire-call.js';
import { WireError } from './wire-error.js';

export type FrontParts = Readonly<{
  cloud: Cloud;
  contract: ApiContract;
  admin: AdminDoor;
  log: CallLog;
  beforeAnswer?: () => void;
}>;

/** Names of actions that change nothing. */
const READS = /^(Describe|Get|Inquiry)/;

type Answer = Readonly<{ status: number; type: string; text: string }>;

/** `/_yard/…` is the admin door; everything else is the cloud. */
export function createFront(parts: FrontParts): Server {
  const server = createServer((request, response) => {
    void serve(parts, request, response).catch((thrown: unknown) => {
      response.destroy();
      // A client that went away in the middle of its request is no news.
      if (!request.complete) return;
      // A mistake of the simulator itself: whoever runs it must see it.
      const text = thrown instanceof Error ? thrown.stack : undefined;
      process.stderr.write(`${String(request.headers['x-tc-action'])}: ${text ?? String(thrown)}\n`);
    });
  });
  server.keepAliveTimeout = 30_000;
  return server;
}

async function serve(parts: FrontParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? '/';
  if (url.startsWith('/_yard/')) {
    const { status, body } = await parts.admin.answer(request.method ?? 'GET', url, await readBody(request));
    deliver(response, { status, type: 'application/json', text: JSON.stringify(body) }, Date.now());
    return;
  }
  const requestId = randomUUID();
  const answer = await cloudAnswer(parts, request, requestId);
  parts.beforeAnswer?.();
  if (answer === undefined) response.socket?.destroy();
  else deliver(response, answer, parts.cloud.serverNow());
}

function deliver(response: ServerResponse, { status, type, text }: Answer, now: number): void {
  response.writeHead(status, { 'content-type': type, date: new Date(now).toUTCString() });
  response.end(text);
}

/** undefined: the connection is cut. */
async function cloudAnswer(
  parts: FrontParts,
  request: IncomingMessage,
  requestId: string,
): Promise<Answer | undefined> {
  let call: WireCall | undefined;
  let result: Readonly<Record<string, unknown>>;
  let fault: Fault | undefined;
  try {
    call = wireCallOf(request, await readBody(request));
    parts.cloud.catchUp();
    checkSignature(call, parts.cloud.accounts.find(call.secretId), parts.cloud.serverNow());
    const contract = parts.contract.find(call.version, call.action, hintOf(call));
    const params = paramsOf(parts.contract, contract, call);
    fault = parts.cloud.faults.take(call.action, Number(params['Offset'] ?? 0) > 0);
    await meetFault(fault);
    if (fault?.kind === 'lost-request') {
      parts.log.record(call, 'cut');
      return undefined;
    }
    result = audited(parts, call, contract, { params, requestId });
    if (fault?.kind === 'truncate') result = truncated(result);
    if (fault?.kind === 'short-list') result = emptied(result);
  } catch (thrown) {
    if (!(thrown instanceof WireError)) throw thrown;
    result = { Error: { Code: thrown.code, Message: thrown.message } };
  }
  const cut = fault?.kind === 'lost-answer';
  if (call !== undefined) parts.log.record(call, cut ? 'cut' : errorCodeOf(result));
  if (cut) return undefined;
  if (fault?.kind === 'delay') await wait(fault.delayMs);
  if (fault?.kind === 'bad-gateway') {
    return { status: 502, type: 'text/html', text: '<html><body>502 Bad Gateway</body></html>' };
  }
  const text = JSON.stringify({ Response: { ...result, RequestId: requestId } });
  return { status: 200, type: 'application/json', text };
}

async function meetFault(fault: Fault | undefined): Promise<void> {
  if (fault?.kind === 'throttle') throw tooMany(21, 20);
  if (fault?.kind === 'error') throw new WireError(fault.code, fault.message);
  if (fault?.kind === 'late-request') await wait(fault.delayMs);
}

/** What changes something is in the trail, with its refusal where it was refused. */
function audited(
  parts: FrontParts,
  call: WireCall,
  contract: ActionContract,
  asked: Pick<ActionCall, 'params' | 'requestId'>,
): Readonly<Record<string, unknown>> {
  if (READS.test(contract.action)) return perform(parts, call, contract, asked);
  const { cloud } = parts;
  const { product, action } = contract;
  const { region, secretId } = call;
  const about = { ...asked, product, action, region, secretId, at: cloud.now() };
  const user = cloud.accounts.userOf(secretId, cloud.seed.account);
  try {
    const result = perform(parts, call, contract, asked);
    cloud.audit.record({ ...about, user, result, errorCode: '', errorMessage: '' });
    return result;
  } catch (thrown) {
    if (thrown instanceof WireError) {
      cloud.audit.record({
        ...about,
        user,
        result: {},
        errorCode: thrown.code,
        errorMessage: thrown.message,
      });
    }
    throw thrown;
  }
}

function perform(
  { cloud, contract: contracts }: FrontParts,
  call: WireCall,
  contract: ActionContract,
  { params, requestId }: Pick<ActionCall, 'params' | 'requestId'>,
): Readonly<Record<string, unknown>> {
  const { product, action } = contract;
  cloud.accounts.authorize(call.secretId, product, action);
  const perSecond = cloud.settings.rates[action] ?? cloud.settings.rates['*'];
  cloud.rates.count(`${call.secretId}/${call.region}/${product}/${action}`, perSecond, cloud.now());
  contracts.checkRequest(contract, params);
  const act = ACTIONS[`${product}/${action}`];
  if (act === undefined) throw new WireError('UnsupportedOperation', `${action} is not simulated here.`);
  const region = () => cloud.region(call.region);
  const result = act({ cloud, region, params, requestId, secretId: call.secretId });
  // What takes no time is done before the answer.
  cloud.catchUp();
  return result;
}

function paramsOf(contracts: ApiContract, contract: ActionContract, call: WireCall): Params {
  return call.method === 'GET' ? paramsOfQuery(contracts, contract, call.query) : paramsOfBody(call);
}

/** SDKs sign the first label of the host; tccli signs it with its scheme before it. */
function hintOf(call: WireCall): string {
  const host = (call.headers['host'] ?? '').replace(/^https?:\/\//, '').split('.')[0] ?? '';
  return /^[a-z]+$/.test(host) ? host : call.scope;
}

/** As if its first page were everything. */
function truncated(result: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const list = Object.values(result).find((value) => Array.isArray(value)) as readonly unknown[] | undefined;
  return 'TotalCount' in result && list !== undefined ? { ...result, TotalCount: list.length } : result;
}

/** As if the rest had moved away between two pages. */
function emptied(result: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const lists = Object.entries(result).filter(([, value]) => Array.isArray(value));
  return { ...result, ...Object.fromEntries(lists.map(([name]) => [name, []])) };
}

function errorCodeOf(result: Readonly<Record<string, unknown>>): string {
  return (result['Error'] as { Code?: string } | undefined)?.Code ?? 'ok';
}
