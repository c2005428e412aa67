import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { Dispatcher } from 'undici';

/**
 * PEM texts: `ca` is trusted instead of the system's, for a private endpoint; `cert` and `key` say who we are.
 * `rejectUnauthorized: false` is for one thing: fetching what proves its authority by another secret before it is believed.
 */
export type EndpointKeys = Readonly<{
  ca?: string;
  cert?: string;
  key?: string;
  rejectUnauthorized?: false;
}>;

/**
 * The one way out to an address that a user registered. Every new connection resolves once, checks every address
 * against the policy and connects to the checked address; redirects are never followed.
 */
export interface EndpointGate {
  /** @throws permission-denied, naming the rule, when the address is not allowed. */
  check(url: string): Promise<void>;
  /** For undici and fetch. */
  dispatcher(options?: EndpointKeys): Dispatcher;
  /** For SDKs that are bound to node:http(s). */
  httpAgent(): HttpAgent;
  httpsAgent(options?: { ca?: string }): HttpsAgent;
}
