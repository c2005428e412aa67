import { createHash } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import type { RouteMatch, RouteMember } from '@springtide/provider-kit';
import { z } from 'zod';
import type { GatewayRoute } from './account.js';
import { annotationJson } from './annotation-json.js';
import { metadataSchema } from './wire-objects.js';
import { collectionPath, type ObjectKind } from './workload-kinds.js';

export const HTTP_ROUTE: ObjectKind = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  prefix: '/apis/gateway.networking.k8s.io/v1',
  plural: 'httproutes',
};
export const GATEWAY: ObjectKind = { ...HTTP_ROUTE, kind: 'Gateway', plural: 'gateways' };
export const SLICE: ObjectKind = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  prefix: '/apis/discovery.k8s.io/v1',
  plural: 'endpointslices',
};

export const MANAGED = { 'app.kubernetes.io/managed-by': 'springtide' } as const;
export const SERVICE_NAME = 'kubernetes.io/service-name';
const MATCH_NAMES = 'springtide/matches';
export const MEMBER_IDS = 'springtide/members';
/** What a Service without pods is called by; its slices say the real ports. */
const MEMBER_PORT = 80;
const PORT_NAME = 'members';
/** Weights are whole numbers: hundredths of a percent. */
const WEIGHT_SCALE = 100;
const SLICE_LIMIT = 500;

/** What an HTTPRoute of ours says: every group with its weight, and the matches before them. */
export type DesiredRoute = Readonly<{
  weights: ReadonlyMap<string, number>;
  matches: readonly RouteMatch[];
}>;

const backendSchema = z.object({ name: z.string(), weight: z.number().default(1) });
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((value) => value ?? []);

export const httpRouteSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({
    rules: list(
      z.object({
        matches: list(z.object({ headers: list(z.object({ name: z.string(), value: z.string() })) })),
        backendRefs: list(backendSchema),
      }),
    ),
  }),
  status: z
    .object({
      parents: list(
        z.object({
          conditions: list(
            z.object({
              type: z.string(),
              status: z.string(),
              reason: z.string().default(''),
              message: z.string().default(''),
              observedGeneration: z.number().default(0),
            }),
          ),
        }),
      ),
    })
    .prefault({}),
});

export const sliceSchema = z.object({
  metadata: metadataSchema,
  ports: list(z.object({ port: z.number().nullish() })),
  endpoints: list(
    z.object({
      addresses: list(z.string()),
      conditions: z
        .object({
          ready: z.boolean().nullish(),
          terminating: z.boolean().nullish(),
        })
        .prefault({}),
      targetRef: z.object({ name: z.string().default('') }).nullish(),
    }),
  ),
});

export type WireHttpRoute = z.infer<typeof httpRouteSchema>;
export type WireSlice = z.infer<typeof sliceSchema>;

export function serviceOf(
  name: string,
  route: GatewayRoute,
  group: string,
): Readonly<{ service: string; port: number }> {
  return route.services[group] ?? { service: `${name}-${group}`, port: MEMBER_PORT };
}

export function groupOf(name: string, route: GatewayRoute, service: string): string {
  const named = Object.entries(route.services).find(([, each]) => each.service === service);
  return named?.[0] ?? service.slice(name.length + 1);
}

/** What stands in the cluster, in our words. */
export function readDesired(
  name: string,
  route: GatewayRoute,
  object: WireHttpRoute | undefined,
): DesiredRoute {
  if (object === undefined) return { weights: new Map(), matches: [] };
  const spread = object.spec.rules.at(-1)?.backendRefs ?? [];
  const names = namesIn(object.metadata.annotations, MATCH_NAMES);
  const matches = object.spec.rules
    .slice(0, -1)
    .flatMap(({ matches: [when], backendRefs: [backend] }, index) => {
      const header = when?.headers[0];
      if (header === undefined || backend === undefined) return [];
      return [
        {
          name: names[index] ?? `rule-${index}`,
          group: groupOf(name, route, backend.name),
          when: { header: header.name, value: header.value },
        },
      ];
    });
  return {
    weights: new Map(spread.map((backend) => [groupOf(name, route, backend.name), backend.weight])),
    matches,
  };
}

/** Names that were written beside what they name; none where somebody else wrote it. */
export function namesIn(annotations: Readonly<Record<string, string>>, key: string): readonly string[] {
  return z.array(z.string()).safeParse(annotationJson(annotations, key)).data ?? [];
}

export function weightOf(share: number): number {
  return Math.round(share * WEIGHT_SCALE);
}

/** The whole HTTPRoute; the rule that spreads comes last. */
export function httpRoute(
  name: string,
  route: GatewayRoute,
  desired: DesiredRoute,
  seen: Readonly<{ resourceVersion: string }> | undefined,
) {
  const backend = (group: string, weight: number) => {
    const { service, port } = serviceOf(name, route, group);
    return { name: service, port, weight };
  };
  return {
    apiVersion: HTTP_ROUTE.apiVersion,
    kind: HTTP_ROUTE.kind,
    metadata: {
      name,
      namespace: route.namespace,
      labels: MANAGED,
      annotations: { [MATCH_NAMES]: JSON.stringify(desired.matches.map((match) => match.name)) },
      // Refused as a conflict when somebody changed it since it was looked at.
      ...(seen === undefined ? {} : { resourceVersion: seen.resourceVersion }),
    },
    spec: {
      parentRefs: [
        { name: route.gateway, ...(route.listener === undefined ? {} : { sectionName: route.listener }) },
      ],
      ...(route.hostnames.length === 0 ? {} : { hostnames: route.hostnames }),
      rules: [
        ...desired.matches.map(({ group, when }) => ({
          matches: [
            { headers: 'header' in when ? [{ type: 'Exact', name: when.header, value: when.value }] : [] },
          ],
          backendRefs: [backend(group, 1)],
        })),
        { backendRefs: [...desired.weights].map(([group, weight]) => backend(group, weight)) },
      ],
    },
  };
}

/** A Service that selects nothing: its members are named by hand. */
export function memberService(service: string, namespace: string) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: service, namespace, labels: MANAGED },
    spec: { clusterIP: 'None', ports: [{ name: PORT_NAME, port: MEMBER_PORT, protocol: 'TCP' }] },
  };
}

/** A slice has one port and one kind of address, so members are sorted by both. */
export function memberSlices(service: string, namespace: string, members: readonly RouteMember[]) {
  const sorted = Map.groupBy(members, ({ address, port }) => `${addressType(address)}-${port}`);
  return [...sorted.values()].flatMap((alike) =>
    Array.from({ length: Math.ceil(alike.length / SLICE_LIMIT) }, (_, part) =>
      memberSlice(service, namespace, alike.slice(part * SLICE_LIMIT, (part + 1) * SLICE_LIMIT), part),
    ),
  );
}

function memberSlice(service: string, namespace: string, members: readonly RouteMember[], part: number) {
  const { address = '', port = 0 } = members[0] ?? {};
  const type = addressType(address);
  const suffix = createHash('sha256').update(`${type}/${port}/${part}`).digest('hex').slice(0, 10);
  return {
    apiVersion: SLICE.apiVersion,
    kind: SLICE.kind,
    metadata: {
      name: `${service}-${suffix}`,
      namespace,
      labels: { ...MANAGED, [SERVICE_NAME]: service },
      annotations: { [MEMBER_IDS]: JSON.stringify(members.map(({ id }) => id)) },
    },
    addressType: type,
    ports: [{ name: PORT_NAME, port, protocol: 'TCP' }],
    endpoints: members.map((member) => ({ addresses: [member.address], conditions: { ready: true } })),
  };
}

/** The API server refuses loopback addresses by type; a member beside the proxy is named as a host. */
function addressType(address: string): 'IPv4' | 'IPv6' | 'FQDN' {
  if (isIPv6(address)) return 'IPv6';
  return isIPv4(address) && address.startsWith('127.') ? 'FQDN' : 'IPv4';
}

export function slicesPath(namespace: string): string {
  return collectionPath(SLICE, namespace);
}
