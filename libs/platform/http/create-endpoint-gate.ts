import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { Agent as HttpAgent, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import { callbackify, promisify } from 'node:util';
import { SpringtideError } from '@springtide/kernel';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import type { EndpointGate, EndpointKeys } from './endpoint-gate.js';
import {
  forbids,
  isOpen,
  parseTarget,
  plainHost,
  type EndpointPolicy,
  type Target,
} from './endpoint-policy.js';

/** Every address a name has, now. Replaced in tests to play a name server that changes its mind. */
export type Resolver = (host: string) => Promise<readonly LookupAddress[]>;

const systemResolver: Resolver = async (host) => await promisify(dnsLookup)(host, { all: true });

const LIMITS = { connectMs: 10_000, answerMs: 60_000, largestAnswer: 64 << 20 };

export function createEndpointGate(policy: EndpointPolicy, resolve: Resolver = systemResolver): EndpointGate {
  const check = (target: Target): Promise<LookupFunction> => checkedLookup(policy, resolve, target);
  return {
    check: async (url) => {
      await check(parseTarget(url));
    },
    dispatcher: (options = {}) => gatedDispatcher(check, options),
    httpAgent: () => new GatedHttpAgent(check),
    httpsAgent: (options = {}) => new GatedHttpsAgent(check, options.ca),
  };
}

type Check = (target: Target) => Promise<LookupFunction>;

/**
 * Resolves once and judges every address; what comes back answers with exactly those addresses, so that the connection
 * goes where the check looked, whatever the name server says a moment later.
 */
async function checkedLookup(
  policy: EndpointPolicy,
  resolve: Resolver,
  target: Target,
): Promise<LookupFunction> {
  const addresses = await resolveAll(resolve, target);
  for (const { address } of addresses) {
    const why = forbids(policy, target, address);
    if (why !== undefined) throw denied(target, why);
  }
  if (addresses.length === 0 && !isOpen(policy, target)) throw denied(target, 'it has no usable address');
  return (_host, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else if (first) callback(null, first.address, first.family);
    else callback(unreachable(target), '', 0);
  };
}

async function resolveAll(resolve: Resolver, target: Target): Promise<readonly LookupAddress[]> {
  const family = isIP(target.host);
  if (family !== 0) return [{ address: target.host, family }];
  try {
    return await resolve(target.host);
  } catch {
    // Why a name does not resolve is nothing the user's side needs: it could be used to map a network.
    throw unreachable(target);
  }
}

function gatedDispatcher(check: Check, keys: EndpointKeys): Dispatcher {
  const agent = new Agent({
    connect: (options, callback) => {
      const target = targetOf(options.protocol, options.hostname, options.port);
      callbackify(check)(target, (error: Error | null, lookup) => {
        if (error) callback(error, null);
        else buildConnector({ timeout: LIMITS.connectMs, lookup, ...keys })(options, callback);
      });
    },
    headersTimeout: LIMITS.answerMs,
    bodyTimeout: LIMITS.answerMs,
    maxResponseSize: LIMITS.largestAnswer,
  });
  return agent.compose((dispatch) => (options, handler) => dispatch(options, withoutRedirects(handler)));
}

/** A redirect would carry the credential to a host it was not registered for. */
function withoutRedirects(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
    onRequestUpgrade: (controller, status, headers, socket) =>
      handler.onRequestUpgrade?.(controller, status, headers, socket),
    onResponseStart: (controller, status, headers, message) => {
      if (status >= 300 && status < 400 && headers['location'] !== undefined) controller.abort(redirected());
      else handler.onResponseStart?.(controller, status, headers, message);
    },
    onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
    onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
    onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
    onResponseStarted: () => handler.onResponseStarted?.(),
    onBodySent: (chunk) => handler.onBodySent?.(chunk),
    onRequestSent: () => handler.onRequestSent?.(),
  };
}

type ConnectDone = (error: Error | null, stream: Duplex) => void;

class GatedHttpAgent extends HttpAgent {
  constructor(private readonly check: Check) {
    super({ keepAlive: true, maxSockets: 64, timeout: LIMITS.answerMs });
  }

  override createConnection(options: ClientRequestArgs, done: ConnectDone): null {
    connectChecked('http:', this.check, options, done, (checked) => super.createConnection(checked));
    return null;
  }
}

class GatedHttpsAgent extends HttpsAgent {
  constructor(
    private readonly check: Check,
    ca: string | undefined,
  ) {
    super({ keepAlive: true, maxSockets: 64, timeout: LIMITS.answerMs, ...(ca === undefined ? {} : { ca }) });
  }

  override createConnection(options: ClientRequestArgs, done: ConnectDone): null {
    connectChecked('https:', this.check, options, done, (checked) => super.createConnection(checked));
    return null;
  }
}

function connectChecked(
  protocol: 'http:' | 'https:',
  check: Check,
  options: ClientRequestArgs,
  done: ConnectDone,
  connect: (checked: ClientRequestArgs) => Duplex | null | undefined,
): void {
  const open = async (): Promise<Duplex> => {
    if (options.socketPath)
      throw new SpringtideError('permission-denied', 'an endpoint must be a network address');
    const target = targetOf(protocol, options.host ?? options.hostname ?? 'localhost', options.port);
    const socket = connect({ ...options, lookup: await check(target) });
    if (socket) return socket;
    throw unreachable(target);
  };
  callbackify(open)(done);
}

function targetOf(protocol: string, host: string, port: string | number | null | undefined): Target {
  const known = protocol === 'http:' ? 'http:' : 'https:';
  const standard = known === 'https:' ? 443 : 80;
  return { protocol: known, host: plainHost(host), port: Number(port) || standard };
}

function denied(target: Target, why: string): SpringtideError {
  return new SpringtideError(
    'permission-denied',
    `the endpoint ${target.host}:${target.port} is not allowed: ${why}; nothing was sent`,
    {
      nextStep: `If it is meant, the operator can open ${target.host}:${target.port} or its range in the settings.`,
      facts: { rule: why },
    },
  );
}

function unreachable(target: Target): SpringtideError {
  return new SpringtideError(
    'unavailable',
    `the host name ${target.host} cannot be resolved; nothing was sent`,
    {
      effect: 'none',
      nextStep: 'Check the spelling of the endpoint and the name service of this host.',
    },
  );
}

function redirected(): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    'the endpoint answered with a redirect, which is never followed with a credential',
    { nextStep: 'Register the address it redirects to, if that is the real endpoint.' },
  );
}
