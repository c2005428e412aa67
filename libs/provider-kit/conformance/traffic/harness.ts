import type { Logger } from '@springtide/platform';
import type { ProviderManifest } from '../../contract/session.js';
import type { AccountInput, EngineEvidence } from '../harness.js';

export type TrafficTarget = Readonly<{
  account: AccountInput;
  /** Two routes of the proxy, without members. */
  routes: readonly [string, string];
  /** The proxy dies and starts again, with what its own configuration keeps. */
  restartProxy(): Promise<void>;
  /**
   * Routes are weighted names and no proxy: clients ask this name server (`address:port`) before every request, and all
   * members serve on one port, for a name has none.
   */
  names?: Readonly<{ server: string; memberPort: number }>;
  /** The same settings, pointing where nobody listens. */
  unreachable(): AccountInput;
  log?: Logger;
  tearDown(): Promise<void>;
}>;

export type TrafficConformanceHarness = Readonly<{
  name: string;
  manifest: ProviderManifest;
  evidence?: EngineEvidence;
  /** Why the proxy is not here; every rule is then reported as skipped for it. Left out when it is. */
  unavailable?: string;
  /** Rules that this product cannot be held to, each with the reason. */
  waived?: Readonly<Record<string, string>>;
  /** Of 200 requests, how many a group may get more or less than its share. Default 4: a proxy's lanes take turns. */
  sharesWithin?: number;
  /** Within this time the proxy must have noticed that a member came up or died. */
  healthSeenWithinMs: number;
  /** Real time that one rule may take. Default 60 s. */
  ruleTimeoutMs?: number;
  setUp(): Promise<TrafficTarget>;
}>;
