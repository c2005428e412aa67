import { Resolver } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { SpringtideError, addMs, toInstant } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import { Agent, request } from 'undici';
import { connectAccount } from '../../client/connect-account.js';
import type { CloudClient } from '../../client/cloud-client.js';
import type { TrafficClient } from '../../client/traffic-client.js';
import type { CallOptions } from '../../contract/compute.js';
import type { ProviderSession } from '../../contract/session.js';
import type { RouteGroupState, RouteState, TrafficFacet } from '../../contract/traffic.js';
import type { AccountInput } from '../harness.js';
import { loopbackGate } from '../loopback-gate.js';
import { AnsweringMember } from './answering-member.js';
import type { TrafficConformanceHarness, TrafficTarget } from './harness.js';

const CALL_LIMIT_MS = 20_000;
const POLL_MS = 50;

/** What requests through an entrance met: how often each member answered, and how many failed. */
export type Tally = Readonly<{
  byGroup: Map<string, number>;
  byMember: Map<string, number>;
  failed: string[];
}>;

/** One proxy under test, its members, and the eyes of a client. */
export class TrafficBench {
  readonly #gate = loopbackGate();
  readonly #agent: Agent;
  readonly #members: AnsweringMember[] = [];
  readonly #sessions: ProviderSession[] = [];
  #client: CloudClient | undefined;
  #serial = 0;

  constructor(
    readonly harness: TrafficConformanceHarness,
    readonly target: TrafficTarget,
  ) {
    this.#agent = target.names === undefined ? throughProxy() : throughNames(target.names.server);
  }

  async open(): Promise<void> {
    this.#client = await this.connect(this.target.account);
    for (const route of this.target.routes) await this.readRoute(route);
  }

  async connect(account: AccountInput): Promise<CloudClient> {
    return connectAccount(this.harness.manifest, account.settings, account.secret, {
      clock: systemClock,
      gate: this.#gate,
      log: this.target.log ?? silentLogger,
      account: 'traffic-conformance',
    });
  }

  /** As business code sees the proxy. */
  get traffic(): TrafficClient {
    if (this.#client === undefined) throw new SpringtideError('internal', 'the bench is not open');
    return this.#client.traffic;
  }

  /** As the provider wrote it, without the client's own checks in front; a session of its own. */
  async bareFacet(): Promise<TrafficFacet> {
    const account = this.harness.manifest.accountSchema.parse(this.target.account);
    const session = await this.harness.manifest.connect(account, {
      clock: systemClock,
      gate: this.#gate,
      log: silentLogger,
    });
    this.#sessions.push(session);
    if (session.traffic === undefined) throw new SpringtideError('internal', 'no traffic facet');
    return session.traffic;
  }

  options(): CallOptions {
    return { deadline: addMs(toInstant(systemClock.now()), CALL_LIMIT_MS) };
  }

  /** Of 200 requests: several worker threads or lanes of a proxy each keep their own turn. */
  get offBy(): number {
    return this.harness.sharesWithin ?? 4;
  }

  async start(group: string, count: number): Promise<readonly AnsweringMember[]> {
    const started: AnsweringMember[] = [];
    for (let index = 0; index < count; index += 1) {
      started.push(
        this.#keep(await AnsweringMember.start(group, `i-${group}_${this.#serial++}`, this.#sharedPort)),
      );
    }
    return started;
  }

  async startDead(group: string): Promise<AnsweringMember> {
    const id = `i-${group}_${this.#serial++}`;
    return this.#keep(await AnsweringMember.dead(group, id, this.#sharedPort));
  }

  async readRoute(route: string): Promise<RouteState> {
    return this.traffic.readRoute(route);
  }

  /** Sets the members and waits until the proxy finds them healthy. */
  async join(route: string, group: string, members: readonly AnsweringMember[]): Promise<void> {
    await this.traffic.setMembers(
      route,
      group,
      members.map(({ member }) => member),
    );
    await this.until(`group ${group} is healthy`, async () => {
      const found = groupOf(await this.readRoute(route), group)?.members ?? [];
      return found.length === members.length && found.every(({ healthy }) => healthy);
    });
  }

  /** Two groups of answering members that share the route. */
  async share(
    route: string,
    sizes: Readonly<Record<string, number>>,
    weights: Readonly<Record<string, number>>,
  ): Promise<Readonly<Record<string, readonly AnsweringMember[]>>> {
    const groups: Record<string, readonly AnsweringMember[]> = {};
    for (const [group, size] of Object.entries(sizes)) {
      groups[group] = await this.start(group, size);
      await this.join(route, group, groups[group]);
    }
    await this.traffic.setWeights(route, weights);
    return groups;
  }

  /** Waits no longer than the harness gives the proxy to notice. */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + this.harness.healthSeenWithinMs;
    while (!(await holds())) {
      if (Date.now() > end) {
        throw new Error(`not within ${this.harness.healthSeenWithinMs} ms: ${what}`);
      }
      await wait(POLL_MS);
    }
  }

  /** Sends `count` requests, a few at a time, and says who answered. */
  async send(
    route: string,
    count: number,
    path = '/',
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Tally> {
    const tally: Tally = { byGroup: new Map(), byMember: new Map(), failed: [] };
    const { entrance } = await this.readRoute(route);
    let left = count;
    const lane = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await this.#sendOne(`${entrance}${path}`, tally, headers);
      }
    };
    await Promise.all(Array.from({ length: 4 }, lane));
    return tally;
  }

  /** Sends requests until `work` is done. */
  async sendDuring(route: string, work: () => Promise<void>): Promise<Tally> {
    const tally: Tally = { byGroup: new Map(), byMember: new Map(), failed: [] };
    const { entrance } = await this.readRoute(route);
    const over = new AbortController();
    const lane = async (): Promise<void> => {
      while (!over.signal.aborted) {
        await this.#sendOne(`${entrance}/`, tally);
        await wait(2);
      }
    };
    const lanes = Promise.all(Array.from({ length: 3 }, lane));
    try {
      await work();
    } finally {
      over.abort();
      await lanes;
    }
    return tally;
  }

  /** Empties every route, so that rules do not depend on each other. */
  async settle(): Promise<void> {
    for (const route of this.target.routes) {
      const { matches = [] } = await this.readRoute(route);
      if (matches.length > 0) await this.traffic.setMatches(route, []);
      for (const { name } of (await this.readRoute(route)).groups) {
        await this.traffic.setMembers(route, name, []);
      }
    }
    await Promise.all(this.#members.splice(0).map(async (member) => member.down()));
  }

  async close(): Promise<void> {
    await Promise.all(this.#sessions.splice(0).map(async (session) => session.close()));
    await this.#client?.close();
    await this.#agent.destroy();
    await this.#gate.close();
  }

  async #sendOne(url: string, tally: Tally, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    try {
      const answer = await request(url, { dispatcher: this.#agent, headers });
      const body = await answer.body.text();
      if (answer.statusCode !== 200) {
        tally.failed.push(`HTTP ${answer.statusCode}`);
        return;
      }
      const group = body.split('/')[0] ?? '';
      tally.byGroup.set(group, (tally.byGroup.get(group) ?? 0) + 1);
      tally.byMember.set(body, (tally.byMember.get(body) ?? 0) + 1);
    } catch (thrown) {
      tally.failed.push(String(thrown));
    }
  }

  get #sharedPort(): number | undefined {
    return this.target.names?.memberPort;
  }

  #keep(member: AnsweringMember): AnsweringMember {
    this.#members.push(member);
    return member;
  }
}

function throughProxy(): Agent {
  return new Agent({ connections: 8, pipelining: 1 });
}

/** A name is asked for again before every request, and no connection is kept for another. */
function throughNames(server: string): Agent {
  const resolver = new Resolver();
  resolver.setServers([server]);
  const lookup: LookupFunction = (host, options, callback) => {
    resolver.resolve4(host, (error, addresses) => {
      const [address = ''] = error === null ? addresses : [];
      if (error !== null || options.all !== true) callback(error, address, 4);
      else callback(null, [{ address, family: 4 }]);
    });
  };
  return new Agent({ pipelining: 0, connect: { lookup } });
}

export function groupOf(state: RouteState, name: string): RouteGroupState | undefined {
  return state.groups.find((group) => group.name === name);
}

export function weightsOf(state: RouteState): Readonly<Record<string, number>> {
  return Object.fromEntries(state.groups.map(({ name, weight }) => [name, Math.round(weight * 10) / 10]));
}
