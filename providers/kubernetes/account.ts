import { z } from 'zod';
import { readKubeconfig, type ClusterAccess } from './kubeconfig.js';

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const routeSchema = z.strictObject({
  namespace: z.string().regex(NAME),
  /** Name of a Gateway in that namespace, or `namespace/name`. */
  gateway: z.string().regex(/^(?:[a-z0-9-]{1,63}\/)?[a-z0-9][a-z0-9.-]{0,252}$/),
  /** `http://host:port` under which clients reach the route. */
  entrance: z.url({ protocol: /^https?$/ }),
  hostnames: z.array(z.string()).default([]),
});

export const settingsSchema = z.strictObject({
  /** Of the kubeconfig; its current context when left out. */
  context: z.string().min(1).max(253).optional(),
  /** Where the cluster stands, in the words of the inventory. */
  region: z.string().min(1).max(60).default('cluster'),
  /** Routes of the Gateway API that Springtide owns. */
  routes: z.record(z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/), routeSchema).default({}),
});

export const secretSchema = z.strictObject({
  /** YAML with everything embedded: no command, no file, no proxy. */
  kubeconfig: z.string().min(1),
});

export type KubernetesAccount = Readonly<{
  access: ClusterAccess;
  region: string;
  routes: Readonly<Record<string, GatewayRoute>>;
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
    return { access, region: settings.region, routes: settings.routes };
  });
