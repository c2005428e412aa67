import { parse } from 'yaml';
import { z } from 'zod';

/** What a session needs of a kubeconfig: one address, whom to trust, and who we are. */
export type ClusterAccess = Readonly<{
  /** `https://host:port`, perhaps with a path. */
  server: string;
  caPem?: string;
  client?: Readonly<{ certPem: string; keyPem: string }>;
  token?: string;
}>;

/** Why a kubeconfig is not accepted; the text never holds a value of it. */
export type KubeconfigRefusal = Readonly<{ refused: string }>;

const MOST_CHARACTERS = 256 << 10;
const PEM = /^-----BEGIN [A-Z0-9 ]+-----/;

/** Everything that would make us run a command, read a file, trust anybody or go another way is refused by name. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  exec: 'starts a command on this host to get its credential',
  'auth-provider': 'needs a plug-in to get its credential',
  tokenFile: 'names a file on another host; embed the token',
  'token-file': 'names a file on another host; embed the token',
  'client-certificate': 'names a file on another host; embed client-certificate-data',
  'client-key': 'names a file on another host; embed client-key-data',
  'certificate-authority': 'names a file on another host; embed certificate-authority-data',
  'insecure-skip-tls-verify': 'would trust any server',
  'proxy-url': 'would send the credential through a proxy that nobody registered',
  'tls-server-name': 'would accept the certificate of another name',
  username: 'a password is no longer accepted by any Kubernetes',
  password: 'a password is no longer accepted by any Kubernetes',
  as: 'would act as somebody else; make a credential with its own rights',
  'as-uid': 'would act as somebody else; make a credential with its own rights',
  'as-groups': 'would act as somebody else; make a credential with its own rights',
  'as-user-extra': 'would act as somebody else; make a credential with its own rights',
};

const entrySchema = z.record(z.string(), z.unknown());
const fileSchema = z.object({
  'current-context': z.string().optional(),
  clusters: z.array(z.object({ name: z.string(), cluster: entrySchema })).default([]),
  users: z.array(z.object({ name: z.string(), user: entrySchema.nullish() })).default([]),
  contexts: z
    .array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) }))
    .default([]),
});

/** Reads one context of a kubeconfig; the current one when none is named. */
export function readKubeconfig(text: string, contextName?: string): ClusterAccess | KubeconfigRefusal {
  if (text.length > MOST_CHARACTERS) return { refused: 'is larger than any kubeconfig' };
  const file = parseFile(text);
  if (file === undefined) return { refused: 'is no kubeconfig in YAML' };
  const wanted = contextName ?? file['current-context'];
  const context = file.contexts.find(({ name }) => name === wanted)?.context;
  if (context === undefined) {
    return { refused: contextName === undefined ? 'has no current context' : 'has no context of that name' };
  }
  const cluster = file.clusters.find(({ name }) => name === context.cluster)?.cluster;
  const user = file.users.find(({ name }) => name === context.user)?.user;
  if (cluster === undefined) return { refused: 'has no cluster for that context' };
  if (user === undefined || user === null) return { refused: 'has no user for that context' };
  const forbidden = firstForbidden(cluster) ?? firstForbidden(user);
  if (forbidden !== undefined) return { refused: `uses ${forbidden}, which ${FORBIDDEN[forbidden]}` };
  return accessOf(cluster, user);
}

function parseFile(text: string): z.infer<typeof fileSchema> | undefined {
  try {
    return fileSchema.safeParse(parse(text, { maxAliasCount: 0 })).data;
  } catch {
    // What the parser complains about quotes the text, and the text is a secret.
    return undefined;
  }
}

function firstForbidden(entry: Readonly<Record<string, unknown>>): string | undefined {
  return Object.entries(entry).find(
    ([key, value]) => key in FORBIDDEN && value !== null && value !== false && value !== '',
  )?.[0];
}

function accessOf(
  cluster: Readonly<Record<string, unknown>>,
  user: Readonly<Record<string, unknown>>,
): ClusterAccess | KubeconfigRefusal {
  const server = serverOf(cluster['server']);
  if (server === undefined) return { refused: 'has a server that is no https:// address' };
  const ca = pemOf(cluster, 'certificate-authority-data');
  const certPem = pemOf(user, 'client-certificate-data');
  const keyPem = pemOf(user, 'client-key-data');
  for (const part of [ca, certPem, keyPem]) if (typeof part === 'object') return part;
  if ((certPem === undefined) !== (keyPem === undefined)) {
    return { refused: 'has a client certificate without its key, or a key without its certificate' };
  }
  const token = textOf(user['token']);
  if (certPem === undefined && token === undefined) {
    return { refused: 'has neither a token nor a client certificate for that user' };
  }
  return {
    server,
    ...(typeof ca === 'string' ? { caPem: ca } : {}),
    ...(typeof certPem === 'string' && typeof keyPem === 'string' ? { client: { certPem, keyPem } } : {}),
    ...(token === undefined ? {} : { token }),
  };
}

function serverOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  if (url.protocol !== 'https:' || url.username !== '' || url.search !== '') return undefined;
  return value.replace(/\/+$/, '');
}

function pemOf(
  entry: Readonly<Record<string, unknown>>,
  field: string,
): string | KubeconfigRefusal | undefined {
  const encoded = textOf(entry[field]);
  if (encoded === undefined) return undefined;
  const pem = Buffer.from(encoded, 'base64').toString('utf8');
  return PEM.test(pem.trimStart()) ? pem : { refused: `has a ${field} that is no PEM in base64` };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
