import { SpringtideError, asSpringtideError, type Clock } from '@springtide/kernel';
import type { EndpointGate } from '@springtide/platform';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { ACCESS_NAMESPACE, ACCESS_SECRET, userManifest } from './domain/index.js';
import { userKubeconfig } from './user-kubeconfig.js';

const ANSWER_MS = 10_000;
/** The cluster makes the token itself, a moment after its secret was asked for. */
const TOKEN_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 300;
const SECRET = `/api/v1/namespaces/${ACCESS_NAMESPACE}/secrets/${ACCESS_SECRET}`;

const COLLECTIONS: Readonly<Record<string, string>> = {
  ServiceAccount: `/api/v1/namespaces/${ACCESS_NAMESPACE}/serviceaccounts`,
  Secret: `/api/v1/namespaces/${ACCESS_NAMESPACE}/secrets`,
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
};

const objectSchema = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });
const secretSchema = z.object({ data: z.object({ token: z.string().min(1) }) });
const text = z.string().min(1).optional();
const fileSchema = z.object({
  'current-context': z.string(),
  clusters: z.array(
    z.object({
      name: z.string(),
      cluster: z.object({ server: z.url({ protocol: /^https$/ }), 'certificate-authority-data': text }),
    }),
  ),
  users: z.array(
    z.object({
      name: z.string(),
      user: z.object({ token: text, 'client-certificate-data': text, 'client-key-data': text }),
    }),
  ),
  contexts: z.array(
    z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) }),
  ),
});

type Dispatcher = ReturnType<EndpointGate['dispatcher']>;
type Access = Readonly<{ server: string; ca?: string; cert?: string; key?: string; token?: string }>;

/**
 * A user of our own in a cluster that a cloud runs. What the cloud hands out to begin with may do everything, or does nothing
 * any more after minutes: it makes the user once, and is forgotten.
 */
export class ClusterUsers {
  constructor(
    private readonly gate: EndpointGate,
    private readonly clock: Clock,
  ) {}

  /** The same user again is no second one. @returns its kubeconfig, with the least rights and a lasting token. */
  async make(kubeconfig: string): Promise<string> {
    const access = accessIn(kubeconfig);
    const { ca, cert, key } = access;
    const dispatcher = this.gate.dispatcher({
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined || key === undefined ? {} : { cert, key }),
    });
    try {
      for (const document of parseAllDocuments(userManifest().join('\n'))) {
        const object = objectSchema.parse(document.toJS());
        const path = `${COLLECTIONS[object.kind] ?? ''}/${object.metadata.name}`;
        await send(dispatcher, access, 'PATCH', `${path}?fieldManager=springtide&force=true`, object);
      }
      return userKubeconfig(access.server, ca, await this.token(dispatcher, access));
    } finally {
      await dispatcher.close();
    }
  }

  private async token(dispatcher: Dispatcher, access: Access): Promise<string> {
    const until = this.clock.now().getTime() + TOKEN_WITHIN_MS;
    for (;;) {
      const secret = secretSchema.safeParse(await send(dispatcher, access, 'GET', SECRET));
      if (secret.success) return Buffer.from(secret.data.data.token, 'base64').toString('utf8');
      if (this.clock.now().getTime() >= until) {
        throw new SpringtideError(
          'unavailable',
          'the cluster has made no token for our user yet; the cluster was not registered',
          { effect: 'maybe', retry: 'same', nextStep: 'Register it again in a minute.' },
        );
      }
      await this.clock.sleep(LOOK_EVERY_MS);
    }
  }
}

/** @throws failed-precondition when not everything is embedded; nothing of its values is in the message. */
function accessIn(kubeconfig: string): Access {
  const file = fileSchema.safeParse(yamlIn(kubeconfig)).data;
  const context = file?.contexts.find(({ name }) => name === file['current-context'])?.context;
  const cluster = file?.clusters.find(({ name }) => name === context?.cluster)?.cluster;
  const user = file?.users.find(({ name }) => name === context?.user)?.user;
  const [cert, key] = [pem(user?.['client-certificate-data']), pem(user?.['client-key-data'])];
  const token = user?.token;
  if (cluster === undefined || (token === undefined && (cert === undefined || key === undefined))) {
    throw new SpringtideError(
      'failed-precondition',
      'the cloud gave a kubeconfig without an https address and an embedded credential; the cluster was not registered',
      { effect: 'none', nextStep: 'Make a user for Springtide in the cluster and register its kubeconfig.' },
    );
  }
  const ca = pem(cluster['certificate-authority-data']);
  return {
    server: cluster.server.replace(/\/+$/, ''),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(token === undefined ? {} : { token }),
  };
}

/** Undefined for what is no YAML: the parser's own words would repeat the lines at fault. */
function yamlIn(kubeconfig: string): unknown {
  try {
    return parse(kubeconfig) as unknown;
  } catch {
    return undefined;
  }
}

function pem(encoded: string | undefined): string | undefined {
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

async function send(
  dispatcher: Dispatcher,
  { server, token }: Access,
  method: 'GET' | 'PATCH',
  path: string,
  body?: unknown,
): Promise<unknown> {
  const { origin, pathname } = new URL(server);
  try {
    const answer = await dispatcher.request({
      origin,
      path: `${pathname === '/' ? '' : pathname}${path}`,
      method,
      headers: {
        accept: 'application/json',
        ...(method === 'PATCH' ? { 'content-type': 'application/apply-patch+yaml' } : {}),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const words = await answer.body.text();
    if (answer.statusCode < 300) return JSON.parse(words) as unknown;
    throw refusal(answer.statusCode, path);
  } catch (thrown) {
    if (thrown instanceof SpringtideError) throw thrown;
    throw new SpringtideError(
      'unavailable',
      `the cluster at ${server} cannot be reached to make our user in it (${asSpringtideError(thrown).message}); it was not registered`,
      {
        effect: 'maybe',
        cause: thrown,
        nextStep: 'Check the way from here to its API server, then register it again.',
      },
    );
  }
}

function refusal(status: number, path: string): SpringtideError {
  const isRight = status === 401 || status === 403;
  return new SpringtideError(
    isRight ? 'permission-denied' : 'unavailable',
    `the cluster answered ${status} when our user was to be made in it (${path.split('?')[0]}); it was not registered`,
    {
      effect: 'maybe',
      nextStep: isRight
        ? 'Let the cloud account be an administrator of the cluster, or make the user by hand and register its kubeconfig.'
        : 'Register it again in a minute.',
    },
  );
}
