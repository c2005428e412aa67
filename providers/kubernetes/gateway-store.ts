import { setTimeout as wait } from 'node:timers/promises';
import { SpringtideError, asSpringtideError } from '@springtide/kernel';
import type { CallOptions, RouteMember, RouteMemberState } from '@springtide/provider-kit';
import type { GatewayRoute } from './account.js';
import { refusalError } from './api-error.js';
import {
  HTTP_ROUTE,
  MANAGED,
  MEMBER_IDS,
  SERVICE_NAME,
  SLICE,
  groupOf,
  httpRoute,
  httpRouteSchema,
  memberService,
  memberSlices,
  namesIn,
  readDesired,
  serviceOf,
  sliceSchema,
  slicesPath,
  type DesiredRoute,
  type WireHttpRoute,
  type WireSlice,
} from './gateway-objects.js';
import { FIELD_MANAGER, parseAnswer, type KubeApi } from './kube-api.js';
import { objectSchema } from './wire-objects.js';
import { SERVICE, objectPath, type ObjectKind } from './workload-kinds.js';

export type LiveRoute = Readonly<{
  desired: DesiredRoute;
  members: ReadonlyMap<string, readonly RouteMemberState[]>;
}>;

const POLL_MS = 50;
/** The controller writes its word into the same object, which counts as a change in between. */
const ATTEMPTS = 8;
/** A controller may hear of a route before it hears of the Service made just before it, and refuse it until then. */
const PATIENCE_WITH_REFUSALS_MS = 5_000;
const OWN_LABEL = 'app.kubernetes.io/managed-by';

/** Routes, Services without pods and their slices, as the cluster keeps them. */
export class GatewayStore {
  constructor(private readonly api: KubeApi) {}

  async read(name: string, route: GatewayRoute, options: CallOptions): Promise<LiveRoute> {
    const [object, slices] = await Promise.all([
      this.#route(name, route, options),
      this.api.all(slicesPath(route.namespace), sliceSchema, `reading members of route ${name}`, {}, options),
    ]);
    const desired = readDesired(name, route, object);
    const groups = new Set([...desired.weights.keys(), ...Object.keys(route.services)]);
    const members = new Map<string, RouteMemberState[]>();
    for (const slice of slices) {
      const group = groupOf(name, route, slice.metadata.labels[SERVICE_NAME] ?? '');
      if (!groups.has(group)) continue;
      const service = slice.metadata.labels[SERVICE_NAME];
      if (service !== serviceOf(name, route, group).service) continue;
      members.set(group, [...(members.get(group) ?? []), ...membersOf(slice)]);
    }
    for (const group of desired.weights.keys()) if (!members.has(group)) members.set(group, []);
    return { desired, members };
  }

  /**
   * Changes what stands there now, whoever wrote it last: two halves of two decisions never meet. True when something
   * changed; then the Gateway's controller has accepted it.
   */
  async changeRoute(
    name: string,
    route: GatewayRoute,
    change: (now: DesiredRoute) => DesiredRoute,
    options: CallOptions,
  ): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      const before = await this.#route(name, route, options);
      const body = httpRoute(name, route, change(readDesired(name, route, before)), before?.metadata);
      try {
        const written = await this.#apply(HTTP_ROUTE, body, before !== undefined, options);
        const { generation } = parseAnswer(httpRouteSchema, written, `writing route ${name}`).metadata;
        if (before !== undefined && generation === before.metadata.generation) return false;
        await this.#accepted(name, route, generation, options);
        return true;
      } catch (thrown) {
        if (asSpringtideError(thrown).code !== 'conflict' || attempt === ATTEMPTS) throw thrown;
      }
    }
  }

  async writeMembers(
    name: string,
    route: GatewayRoute,
    group: string,
    members: readonly RouteMember[],
    options: CallOptions,
  ): Promise<void> {
    const { service } = serviceOf(name, route, group);
    await this.#refuseForeign(SERVICE, route.namespace, service, options);
    await this.#apply(SERVICE, memberService(service, route.namespace), true, options);
    const slices = memberSlices(service, route.namespace, members);
    for (const slice of slices) await this.#apply(SLICE, slice, true, options);
    const kept = new Set(slices.map(({ metadata }) => metadata.name));
    await this.#deleteSlices(route.namespace, service, kept, options);
  }

  async removeMembers(name: string, route: GatewayRoute, group: string, options: CallOptions): Promise<void> {
    const { service } = serviceOf(name, route, group);
    await this.#deleteSlices(route.namespace, service, new Set(), options);
    const what = `reading Service ${service}`;
    const found = await this.api.find(objectPath(SERVICE, route.namespace, service), what, options);
    if (found === undefined) return;
    const { metadata } = parseAnswer(objectSchema, found, what);
    if (metadata.labels[OWN_LABEL] === MANAGED[OWN_LABEL]) {
      await this.#delete(SERVICE, route.namespace, service, options);
    }
  }

  async #route(name: string, route: GatewayRoute, options: CallOptions): Promise<WireHttpRoute | undefined> {
    const what = `reading route ${name}`;
    const body = await this.api.find(objectPath(HTTP_ROUTE, route.namespace, name), what, options);
    if (body === undefined) return undefined;
    const object = parseAnswer(httpRouteSchema, body, what);
    if (object.metadata.labels[OWN_LABEL] === MANAGED[OWN_LABEL]) return object;
    throw foreign(`HTTPRoute ${route.namespace}/${name}`);
  }

  async #apply(
    of: ObjectKind,
    body: Readonly<{ metadata: Readonly<{ name: string; namespace: string }> }>,
    force: boolean,
    options: CallOptions,
  ): Promise<unknown> {
    const { name, namespace } = body.metadata;
    return this.api.send(
      {
        method: 'PATCH',
        path: objectPath(of, namespace, name),
        query: { fieldManager: FIELD_MANAGER, force },
        patch: 'apply',
        body,
        what: `writing ${of.kind} ${namespace}/${name}`,
      },
      options,
    );
  }

  async #deleteSlices(
    namespace: string,
    service: string,
    kept: ReadonlySet<string>,
    options: CallOptions,
  ): Promise<void> {
    const query = { labelSelector: `${SERVICE_NAME}=${service},${OWN_LABEL}=${MANAGED[OWN_LABEL]}` };
    const what = `listing members of ${service}`;
    for (const { metadata } of await this.api.all(
      slicesPath(namespace),
      objectSchema,
      what,
      query,
      options,
    )) {
      if (!kept.has(metadata.name)) await this.#delete(SLICE, namespace, metadata.name, options);
    }
  }

  async #delete(of: ObjectKind, namespace: string, name: string, options: CallOptions): Promise<void> {
    const what = `deleting ${of.kind} ${namespace}/${name}`;
    const path = objectPath(of, namespace, name);
    const answer = await this.api.attempt({ method: 'DELETE', path, what }, options);
    if ('refused' in answer && answer.refused.status !== 404) throw refusalError(answer.refused, what, true);
  }

  async #refuseForeign(of: ObjectKind, namespace: string, name: string, options: CallOptions): Promise<void> {
    const what = `reading ${of.kind} ${namespace}/${name}`;
    const body = await this.api.find(objectPath(of, namespace, name), what, options);
    if (body === undefined) return;
    const { metadata } = parseAnswer(objectSchema, body, what);
    if (metadata.labels[OWN_LABEL] !== MANAGED[OWN_LABEL]) throw foreign(`${of.kind} ${namespace}/${name}`);
  }

  /** Waits for the controller's word on this very version. @throws failed-precondition with its reason. */
  async #accepted(
    name: string,
    route: GatewayRoute,
    generation: number,
    options: CallOptions,
  ): Promise<void> {
    try {
      for (let waitedMs = 0; ; waitedMs += POLL_MS) {
        const object = await this.#route(name, route, options);
        const conditions = (object?.status.parents ?? []).flatMap((parent) => parent.conditions);
        const said = conditions.filter(({ observedGeneration }) => observedGeneration >= generation);
        const no = said.find(({ type, status }) => isVital(type) && status === 'False');
        if (no !== undefined && waitedMs >= PATIENCE_WITH_REFUSALS_MS)
          throw notAccepted(name, `${no.reason} ${no.message}`.trim());
        const vital = said.filter(({ type, status }) => isVital(type) && status === 'True');
        if (new Set(vital.map(({ type }) => type)).size === 2) return;
        await wait(POLL_MS);
      }
    } catch (thrown) {
      throw written(name, asSpringtideError(thrown));
    }
  }
}

function isVital(type: string): boolean {
  return type === 'Accepted' || type === 'ResolvedRefs';
}

function membersOf({ metadata, ports, endpoints }: WireSlice): readonly RouteMemberState[] {
  const ids = namesIn(metadata.annotations, MEMBER_IDS);
  const port = ports[0]?.port ?? 0;
  return endpoints.flatMap(({ addresses: [address], conditions, targetRef }, index) => {
    if (address === undefined) return [];
    return [
      {
        id: ids[index] ?? (targetRef?.name || address),
        address,
        port,
        healthy: conditions.ready !== false,
        draining: conditions.terminating === true,
        activeConnections: null,
      },
    ];
  });
}

function foreign(what: string): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `${what} was not made by Springtide; no traffic was moved`,
    { nextStep: 'Choose another name for the route or the group.' },
  );
}

function notAccepted(name: string, reason: string): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `the Gateway does not accept route "${name}": ${reason}`,
    {
      nextStep: 'Check the Gateway, its listener and its controller.',
    },
  );
}

function written(name: string, error: SpringtideError): SpringtideError {
  return new SpringtideError(
    error.code,
    `${error.message}; route "${name}" is written and may still be applied`,
    {
      effect: 'maybe',
      retry: error.retry,
      facts: error.facts,
      cause: error,
      ...(error.nextStep === undefined ? {} : { nextStep: error.nextStep }),
    },
  );
}
