import { SECOND, addMs, parseInstant, type Instant } from '@springtide/kernel';
import type { AccountReport, CallOptions } from '@springtide/provider-kit';
import { z } from 'zod';
import type { KubernetesAccount } from './account.js';
import { refusalError } from './api-error.js';
import { GATEWAY } from './gateway-objects.js';
import { parseAnswer, type KubeApi } from './kube-api.js';
import { NEEDED_RIGHTS, ROUTE_RIGHTS, type NeededRight } from './permissions.js';
import { objectPath } from './workload-kinds.js';

const PATIENCE_MS = 20 * SECOND;
const AT_ONCE = 8;

const reviewSchema = z.object({
  status: z.object({ userInfo: z.object({ username: z.string(), groups: z.array(z.string()).default([]) }) }),
});
const versionSchema = z.object({ gitVersion: z.string(), platform: z.string().default('') });
const gatewaySchema = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) }),
});
const accessSchema = z.object({ status: z.object({ allowed: z.boolean().default(false) }) });

/** Asks the cluster who we are and, right by right, what we may do; nothing is changed. */
export async function verifyCluster(
  account: KubernetesAccount,
  api: KubeApi,
  at: Instant,
): Promise<AccountReport> {
  const options = { deadline: addMs(at, PATIENCE_MS) };
  const { identity, clockSkewMs } = await whoAmI(api, at, options);
  const what = 'asking for the version';
  const version = parseAnswer(
    versionSchema,
    await api.send({ method: 'GET', path: '/version', what }, options),
    what,
  );
  const rights = [...NEEDED_RIGHTS, ...(Object.keys(account.routes).length > 0 ? ROUTE_RIGHTS : [])];
  return {
    identity,
    regions: [account.region],
    permissions: [
      ...(await checkRights(api, rights, options)),
      ...(await checkRoutes(account, api, options)),
    ],
    ...(clockSkewMs === undefined ? {} : { clockSkewMs }),
    product: `Kubernetes ${version.gitVersion}`,
  };
}

/** A Gateway that is not there, or that no controller runs, moves nothing. */
async function checkRoutes(account: KubernetesAccount, api: KubeApi, options: CallOptions) {
  return Promise.all(
    Object.entries(account.routes).map(async ([route, { namespace, gateway }]) => {
      const what = `reading Gateway ${namespace}/${gateway}`;
      const body = await api.find(objectPath(GATEWAY, namespace, gateway), what, options);
      const conditions = gatewaySchema.safeParse(body).data?.status.conditions ?? [];
      const granted = conditions.some(({ type, status }) => type === 'Programmed' && status === 'True');
      return { action: `Gateway ${namespace}/${gateway}`, granted, neededFor: `route ${route}` };
    }),
  );
}

async function whoAmI(api: KubeApi, at: Instant, options: CallOptions) {
  const what = 'asking who we are';
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const answer = await api.attempt({ method: 'POST', path, body, what }, options);
  if ('refused' in answer) {
    // Asking changes nothing; clusters before 1.28 do not know the question.
    if (answer.refused.status !== 404) throw refusalError(answer.refused, what, false);
    return { identity: `a user of ${api.access.server} (too old to say who)` };
  }
  const { username } = parseAnswer(reviewSchema, answer.body, what).status.userInfo;
  const skew = answer.date === undefined ? {} : { clockSkewMs: skewOf(answer.date, at) };
  return { identity: `${username} at ${api.access.server}`, ...skew };
}

/** The Date header has whole seconds, so anything within one is none. */
function skewOf(date: string, at: Instant): number {
  const skew = parseInstant(date).getTime() - parseInstant(at).getTime();
  return Math.abs(skew) < SECOND ? 0 : skew;
}

async function checkRights(api: KubeApi, rights: readonly NeededRight[], options: CallOptions) {
  const queue = rights.flatMap((right) => right.verbs.map((verb) => ({ ...right, verb })));
  const found: { at: number; action: string; granted: boolean; neededFor: string }[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < queue.length) {
      const at = next++;
      const right = queue[at];
      if (right === undefined) return;
      const granted = await isAllowed(api, right, right.verb, options);
      found.push({ at, action: `${right.verb} ${right.resource}`, granted, neededFor: right.neededFor });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return found
    .toSorted((a, b) => a.at - b.at)
    .map(({ action, granted, neededFor }) => ({ action, granted, neededFor }));
}

async function isAllowed(
  api: KubeApi,
  { group, resource: full }: NeededRight,
  verb: string,
  options: CallOptions,
): Promise<boolean> {
  const [resource, subresource] = full.split('/');
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: {
      resourceAttributes: { group, resource, verb, ...(subresource === undefined ? {} : { subresource }) },
    },
  };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const what = `asking for the right to ${verb} ${full}`;
  return parseAnswer(accessSchema, await api.send({ method: 'POST', path, body, what }, options), what).status
    .allowed;
}
