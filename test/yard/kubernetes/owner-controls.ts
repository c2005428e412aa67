import type { WorkloadRef } from '@springtide/provider-kit';
import type { MemberTruth, WorkloadControls } from '@springtide/provider-kit/conformance';
import { z } from 'zod';
import { until, type ClusterAdmin } from './cluster-admin.js';
import type { FaultProxy } from './fault-proxy.js';

const PARTS =
  'deployments,statefulsets,services,poddisruptionbudgets,networkpolicies,hpa,persistentvolumeclaims';
const PATIENCE_MS = 30_000;

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), deletionTimestamp: z.string().optional() }),
      spec: z.object({
        nodeName: z.string().default(''),
        containers: z.array(z.object({ image: z.string() })),
      }),
      status: z.object({
        conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
      }),
    }),
  ),
});

const marksSchema = z.object({
  metadata: z.object({
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
});

/** What the owner of the yard's cluster does with kubectl and plain calls, and what the proxy in front of it does. */
export function ownerControls(admin: ClusterAdmin, proxy: FaultProxy, namespace: string): WorkloadControls {
  let volumes = 0;
  const inNamespace = (args: readonly string[], input?: string) =>
    admin.kubectl(['-n', namespace, ...args], input);
  const apply = async (...objects: readonly object[]): Promise<void> => {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    await inNamespace(['apply', '-f', '-'], JSON.stringify(list));
  };
  return {
    members: async (ref) => {
      const { body } = await admin.call('GET', `/api/v1/namespaces/${namespace}/pods`);
      return podsSchema
        .parse(body)
        .items.filter(({ metadata }) => metadata.name.startsWith(`${ref.name}-`))
        .map(toTruth);
    },
    parts: async (ref) => {
      const names = (await inNamespace(['get', PARTS, '-o', 'name'])).split('\n');
      return names.filter((name) => belongs(name.split('/').at(-1) ?? '', ref));
    },
    marksOf: async (_, part) => {
      const { metadata } = marksSchema.parse(JSON.parse(await inNamespace(['get', part, '-o', 'json'])));
      return JSON.stringify(metadata).replaceAll('\\"', '"');
    },
    createForeign: async (ref) => apply(deployment(ref.name, 1), service(ref.name)),
    createManyForeign: async (count) =>
      apply(...Array.from({ length: count }, (_, index) => deployment(`many-${index}`, 0))),
    deleteOutside: async (ref) => {
      const kind = ref.kind === 'stateless' ? 'deployment' : 'statefulset';
      await inNamespace(['delete', kind, ref.name, '--ignore-not-found']);
    },
    limitMembers: async (most) => {
      await inNamespace(['create', 'quota', 'members', `--hard=pods=${most}`]);
      await until('the quota counts', PATIENCE_MS, async () => {
        const used = await inNamespace(['get', 'quota', 'members', '-o', 'jsonpath={.status.used.pods}']);
        return used !== '';
      });
      return async () => {
        await inNamespace(['delete', 'quota', 'members']);
      };
    },
    offerVolume: async (sizeGib) => {
      volumes += 1;
      await apply(volume(`offered-${volumes}`, sizeGib));
    },
    pinToNode: async (node, name) => {
      await apply(pod(name, node));
      await until('the pod runs', PATIENCE_MS, async () => {
        return (await inNamespace(['get', 'pod', name, '-o', 'jsonpath={.status.phase}'])) === 'Running';
      });
    },
    runDaemon: async (node, name) => {
      await apply(daemon(name, node));
      await inNamespace(['rollout', 'status', `daemonset/${name}`, '--timeout=30s']);
    },
    addNode: async (name) => admin.addNodes([{ name }]),
    throttleChanges: async (times) =>
      proxy.add({ on: 'change', do: { status: 429, reason: 'TooManyRequests', retryAfter: 1 }, times }),
    throttleReads: async (times) =>
      proxy.add({ on: 'read', do: { status: 429, reason: 'TooManyRequests', retryAfter: 1 }, times }),
    loseNextChange: async () => proxy.add({ on: 'change', do: 'lose', times: 1 }),
    breakNextChange: async () => proxy.add({ on: 'change', do: { status: 418, reason: 'Teapot' }, times: 1 }),
    breakNextCursor: async () => proxy.add({ on: 'page', do: { status: 410, reason: 'Expired' }, times: 1 }),
  };
}

function belongs(name: string, ref: WorkloadRef): boolean {
  // Claims of members are named after the volume first: data-<workload>-0.
  return name === ref.name || name.startsWith(`${ref.name}-`) || new RegExp(`-${ref.name}-\\d+$`).test(name);
}

function toTruth({ metadata, spec, status }: z.infer<typeof podsSchema>['items'][number]): MemberTruth {
  return {
    name: metadata.name,
    node: spec.nodeName,
    image: spec.containers[0]?.image ?? '',
    ready: status.conditions.some(({ type, status: held }) => type === 'Ready' && held === 'True'),
    leaving: metadata.deletionTimestamp !== undefined,
  };
}

const labels = (name: string) => ({ app: name });
const template = (name: string, more: object = {}) => ({
  metadata: { labels: labels(name) },
  spec: { containers: [{ name: 'theirs', image: 'registry.example/theirs' }], ...more },
});

function deployment(name: string, replicas: number) {
  const spec = { replicas, selector: { matchLabels: labels(name) }, template: template(name) };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec };
}

function service(name: string) {
  const spec = { selector: labels(name), ports: [{ name: 'http', port: 8080 }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
}

function daemon(name: string, node: string) {
  const nodeSelector = { 'kubernetes.io/hostname': node };
  const spec = { selector: { matchLabels: labels(name) }, template: template(name, { nodeSelector }) };
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name }, spec };
}

function pod(name: string, nodeName: string) {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { ...template(name).spec, nodeName } };
}

function volume(name: string, sizeGib: number) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: `${sizeGib}Gi` },
      accessModes: ['ReadWriteOnce', 'ReadWriteMany'],
      hostPath: { path: `/yard/${name}` },
    },
  };
}
