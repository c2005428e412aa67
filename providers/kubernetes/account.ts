import { z } from 'zod';
import { readKubeconfig, type ClusterAccess } from './kubeconfig.js';

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const GROUP = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

const routeSchema = z.strictObject({
  namespace: z.string().regex(NAME),
  /** Name of a Gateway in that namespace. */
  gateway: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,252}$/),
  /** Of the Gateway; all of its listeners when left out. */
  listener: z.string().min(1).max(253).optional(),
  /** `http://host:port` under which clients reach the route. */
  entrance: z.url({ protocol: /^https?$/ }),
  hostnames: z.array(z.string()).default([]),
  /** Groups whose members are the pods behind a Service of the cluster: group → Service and its port. */
  services: z
    .record(
      z.string().regex(GROUP),
      z.strictObject({ service: z.string().regex(NAME), port: z.int().min(1).max(65_535) }),
    )
    .default({}),
});

export const settingsSchema = z.strictObject({
  /** Of the kubeconfig; its current context when left out. */
  context: z.string().min(1).max(253).optional(),
  /** Where the cluster stands, in the words of the inventory. */
  region: z.string().min(1).max(60).default('cluster'),
  /** Routes of the Gateway API that Springtide owns. */
  routes: z.record(z.string().regex(GROUP), routeSchema).default({}),
  /** Where Traefik as the Gateway's data plane shows its metrics; without it nobody counts requests per group. */
  traefikMetricsUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** How soon the data plane does what the Gateway's controller has accepted. */
  appliesWithinMs: z.int().min(0).max(60_000).default(1_000),
});

export const secretSchema = z.strictObject({
  /** YAML with everything embedded: no command, no file, no proxy. */
  kubeconfig: z.string().min(1),
});

export type KubernetesAccount = Readonly<{
  access: ClusterAccess;
  region: string;
  routes: Readonly<Record<string, GatewayRoute>>;
  traefikMetricsUrl?: string;
  appliesWithinMs: number;
}>;

export type GatewayRoute = z.infer<typeof routeSchema>;

export const accountSchema = z
  .object({ settings: settingsSchema, secret: secretSchema })
  .transform(({ settings, secret }, context): KubernetesAccount => {
    const access = readKubeconfig(secret.kubeconfig, settings.context);
    if ('refused' in access) {
      const message = `the kubeconfig ${access.refused}`;
      context.addIssue({ code: 'custom', path: ['secret', 'kubeconfig'], message });
      return z.NEVER;
    }
    const { context: _, traefikMetricsUrl, ...rest } = settings;
    return { access, ...rest, ...(traefikMetricsUrl === undefined ? {} : { traefikMetricsUrl }) };
  });
