import { X509Certificate, createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { SpringtideError, asSpringtideError } from '@springtide/kernel';
import type { EndpointGate } from '@springtide/platform';
import { z } from 'zod';
import { ACCESS_NAMESPACE, ACCESS_SECRET } from './domain/index.js';
import { userKubeconfig } from './user-kubeconfig.js';

type EndpointKeys = Parameters<EndpointGate['dispatcher']>[0];

const ANSWER_MS = 10_000;

const infoSchema = z.object({ data: z.record(z.string(), z.string()) });
const AUTHORITY = /certificate-authority-data:\s*"?([A-Za-z0-9+/=]+)/;
const secretSchema = z.object({ data: z.object({ token: z.string() }) });

/** What a new cluster tells whoever knows one of its bootstrap tokens. */
export type Discovered = Readonly<{ caPem: string; caHash: string }>;

/**
 * Finds a cluster that was just started, as `kubeadm join` does: its public description comes from whoever answers at the
 * endpoint, and is believed only because it is signed with the token that its first machine was given and nobody else.
 */
export class ClusterDiscovery {
  constructor(private readonly gate: EndpointGate) {}

  /** Undefined while nobody answers there, or what answers is not ready. @throws permission-denied for a false signature. */
  async find(endpoint: string, token: string): Promise<Discovered | undefined> {
    const path = '/api/v1/namespaces/kube-public/configmaps/cluster-info';
    const answer = await this.get(endpoint, path, { rejectUnauthorized: false });
    if (answer === undefined) return undefined;
    const { data } = infoSchema.parse(answer);
    const [id = '', secret = ''] = token.split('.');
    const [text, signature] = [data['kubeconfig'], data[`jws-kubeconfig-${id}`]];
    if (text === undefined || signature === undefined) return undefined;
    if (!isSignedBy(secret, text, signature)) throw falseSignature(endpoint);
    const caPem = Buffer.from(AUTHORITY.exec(text)?.[1] ?? '', 'base64').toString('utf8');
    return { caPem, caHash: keyHash(caPem) };
  }

  /** The kubeconfig of the user that the first machine made for us; undefined while it has not. */
  async fetchKubeconfig(endpoint: string, caPem: string, token: string): Promise<string | undefined> {
    const path = `/api/v1/namespaces/${ACCESS_NAMESPACE}/secrets/${ACCESS_SECRET}`;
    const answer = await this.get(endpoint, path, { ca: caPem }, token);
    const secret = secretSchema.safeParse(answer);
    if (!secret.success) return undefined;
    const bearer = Buffer.from(secret.data.data.token, 'base64').toString('utf8');
    return userKubeconfig(`https://${endpoint}`, caPem, bearer);
  }

  /** Undefined for whatever a cluster answers, or does not, before it is ready. */
  private async get(endpoint: string, path: string, keys: EndpointKeys, token?: string): Promise<unknown> {
    const dispatcher = this.gate.dispatcher(keys);
    try {
      const { statusCode, body } = await dispatcher.request({
        origin: `https://${endpoint}`,
        path,
        method: 'GET',
        headers: {
          accept: 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const text = await body.text();
      return statusCode === 200 ? (JSON.parse(text) as unknown) : undefined;
    } catch (thrown) {
      const error = asSpringtideError(thrown);
      if (error.code === 'permission-denied') throw error;
      return undefined;
    } finally {
      await dispatcher.close();
    }
  }
}

/** A detached JSON web signature: header and signature, with the text itself between them left out. */
function isSignedBy(secret: string, text: string, signature: string): boolean {
  const [header = '', , given = ''] = signature.split('.');
  const payload = Buffer.from(text, 'utf8').toString('base64url');
  const own = createHmac('sha256', secret).update(`${header}.${payload}`).digest();
  const theirs = Buffer.from(given, 'base64url');
  return own.length === theirs.length && timingSafeEqual(own, theirs);
}

function keyHash(caPem: string): string {
  const key = new X509Certificate(caPem).publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}

function falseSignature(endpoint: string): SpringtideError {
  return new SpringtideError(
    'permission-denied',
    `what answers at ${endpoint} does not know the token of this cluster; no machine was told to join it`,
    { retry: 'never', nextStep: 'Check who owns the endpoint.' },
  );
}
