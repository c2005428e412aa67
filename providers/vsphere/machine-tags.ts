import { addMs, asSpringtideError, toInstant, type Clock, type Instant } from '@springtide/kernel';
import type { Ownership, ProviderContext } from '@springtide/provider-kit';
import type { RestConnection } from './rest/rest-connection.js';
import type { MoRef } from './soap/soap-connection.js';

const CATEGORY = 'Springtide';
const TAGGING = '/com/vmware/cis/tagging';
const LIMIT_MS = 5_000;
/** Kept back for the launch's own answer. */
const BEFORE_DEADLINE_MS = 1_000;
const AFTER_FAILURE_MS = 10 * 60_000;

/**
 * Tags by which people find our machines in the vSphere client: installation, campaign and service. They can only be
 * attached once a machine is there, so nothing is decided by them, and a launch does not fail for want of them.
 */
export class MachineTags {
  readonly #rest: RestConnection;
  readonly #clock: Clock;
  readonly #log: ProviderContext['log'];
  readonly #tags = new Map<string, Promise<string>>();
  #category: Promise<string> | undefined;
  #pausedUntil: Instant | undefined;

  constructor(rest: RestConnection, clock: Clock, log: ProviderContext['log']) {
    this.#rest = rest;
    this.#clock = clock;
    this.#log = log;
  }

  async attach(machines: readonly MoRef[], ownership: Ownership, deadline: Instant): Promise<void> {
    const now = toInstant(this.#clock.now());
    if (machines.length === 0 || (this.#pausedUntil !== undefined && now < this.#pausedUntil)) return;
    const [limit = now] = [addMs(now, LIMIT_MS), addMs(deadline, -BEFORE_DEADLINE_MS)].toSorted();
    try {
      for (const name of namesFor(ownership)) await this.#attachOne(name, machines, limit);
    } catch (thrown) {
      const { code, message } = asSpringtideError(thrown);
      this.#tags.clear();
      this.#category = undefined;
      this.#pausedUntil = addMs(now, AFTER_FAILURE_MS);
      this.#log.warn(
        { code, reason: message },
        'machines run and are owned as ever, but carry no vSphere tags; tagging is tried again in ten minutes',
      );
    }
  }

  async #attachOne(name: string, machines: readonly MoRef[], deadline: Instant): Promise<void> {
    const tag = await this.#tagNamed(name, deadline);
    await this.#rest.call({
      method: 'POST',
      path: `${TAGGING}/tag-association/id:${tag}?~action=attach-tag-to-multiple-objects`,
      body: { object_ids: machines.map(({ type, id }) => ({ type, id })) },
      deadline,
    });
  }

  async #tagNamed(name: string, deadline: Instant): Promise<string> {
    const known = this.#tags.get(name) ?? this.#makeTag(name, deadline);
    this.#tags.set(name, known);
    return known;
  }

  async #makeTag(name: string, deadline: Instant): Promise<string> {
    this.#category ??= this.#ensure(`${TAGGING}/category`, CATEGORY, deadline, {
      spec: {
        description: 'Machines made by Springtide',
        cardinality: 'MULTIPLE',
        associable_types: ['VirtualMachine'],
      },
      list: { method: 'GET', path: `${TAGGING}/category` },
    });
    const category = await this.#category;
    return this.#ensure(`${TAGGING}/tag`, name, deadline, {
      spec: { description: '', category_id: category },
      list: { method: 'POST', path: `${TAGGING}/tag/id:${category}?~action=list-tags-for-category` },
    });
  }

  /** Made, or found where somebody else has made it. */
  async #ensure(
    path: string,
    name: string,
    deadline: Instant,
    how: Readonly<{
      spec: Readonly<Record<string, unknown>>;
      list: Readonly<{ method: 'GET' | 'POST'; path: string }>;
    }>,
  ): Promise<string> {
    try {
      const body = { create_spec: { name, ...how.spec } };
      return String(await this.#rest.call({ method: 'POST', path, body, deadline }));
    } catch (thrown) {
      const error = asSpringtideError(thrown);
      if (error.code !== 'already-exists') throw error;
      const ids = await this.#rest.call({ ...how.list, deadline });
      for (const id of Array.isArray(ids) ? ids.map(String) : []) {
        const found = await this.#rest.call({ method: 'GET', path: `${path}/id:${id}`, deadline });
        if ((found as { name?: unknown } | undefined)?.name === name) return id;
      }
      throw error;
    }
  }
}

function namesFor({ installation, campaign, service }: Ownership): readonly string[] {
  return [
    `installation ${installation}`,
    ...(campaign === undefined ? [] : [`campaign ${campaign}`]),
    ...(service === undefined ? [] : [`service ${service}`]),
  ];
}
