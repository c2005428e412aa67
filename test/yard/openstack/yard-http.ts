import { request } from 'undici';
import { SpringtideError } from '@springtide/kernel';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
export type Answer = Readonly<{ status: number; body: unknown; header(name: string): string }>;

const LIMIT_MS = 60_000;

/** A plain call of the yard's own, never through the provider. `accept` lists refusals that are no trouble. */
export async function call(
  method: Method,
  url: string,
  options: Readonly<{
    token?: string;
    body?: unknown;
    raw?: Buffer;
    headers?: Readonly<Record<string, string>>;
    accept?: readonly number[];
  }> = {},
): Promise<Answer> {
  const json = options.body === undefined ? null : JSON.stringify(options.body);
  const answer = await request(url, {
    method,
    headers: {
      'content-type': options.raw === undefined ? 'application/json' : 'application/octet-stream',
      ...(options.token === undefined ? {} : { 'x-auth-token': options.token }),
      ...options.headers,
    },
    body: options.raw ?? json,
    reset: true,
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 400 && !(options.accept ?? []).includes(answer.statusCode)) {
    throw new SpringtideError('unavailable', `${method} ${url}: ${answer.statusCode} ${text.slice(0, 400)}`);
  }
  return {
    status: answer.statusCode,
    body: parse(text),
    header: (name) => String(answer.headers[name] ?? ''),
  };
}

export async function issueToken(
  identityUrl: string,
  as: { user: string; project: string; password: string },
) {
  const domain = { id: 'default' };
  const answer = await call('POST', `${identityUrl}/auth/tokens`, {
    body: {
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: as.user, domain, password: as.password } },
        },
        scope: { project: { name: as.project, domain } },
      },
    },
  });
  return answer.header('x-subject-token');
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
