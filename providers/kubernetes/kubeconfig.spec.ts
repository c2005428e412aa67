import { inspect } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import { accountSchema } from './account.js';
import { manifest } from './index.js';
import { readKubeconfig } from './kubeconfig.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const SECRET = 'very-secret-token';

function kubeconfig(cluster: object, user: object): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'one',
    clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1:6443/', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'one', context: { cluster: 'c', user: 'u' } }],
  });
}

describe('a kubeconfig', () => {
  it('is read with everything embedded', () => {
    const text = kubeconfig({ 'certificate-authority-data': base64(PEM) }, { token: SECRET });
    expect(readKubeconfig(text)).toEqual({ server: 'https://10.0.0.1:6443', caPem: PEM, token: SECRET });
    expect(readKubeconfig(text, 'one')).toHaveProperty('token', SECRET);
  });

  it('means to us what it means to the vendor’s own client', () => {
    const keys = { 'client-certificate-data': base64(PEM), 'client-key-data': base64(PEM) };
    const text = kubeconfig({ 'certificate-authority-data': base64(PEM) }, { token: SECRET, ...keys });
    const theirs = new KubeConfig();
    theirs.loadFromString(text);
    const [cluster, user] = [theirs.getCurrentCluster(), theirs.getCurrentUser()];
    const decoded = (data: string | undefined) => Buffer.from(data ?? '', 'base64').toString('utf8');
    expect(readKubeconfig(text)).toEqual({
      server: cluster?.server,
      caPem: decoded(cluster?.caData),
      client: { certPem: decoded(user?.certData), keyPem: decoded(user?.keyData) },
      token: user?.token,
    });
  });

  it('may bring a client certificate in place of a token', () => {
    const user = { 'client-certificate-data': base64(PEM), 'client-key-data': base64(PEM) };
    expect(readKubeconfig(kubeconfig({}, user))).toMatchObject({ client: { certPem: PEM, keyPem: PEM } });
  });

  it.each([
    ['exec', {}, { exec: { command: 'touch', args: ['/tmp/owned'] } }],
    ['auth-provider', {}, { 'auth-provider': { name: 'gcp' } }],
    ['tokenFile', {}, { tokenFile: '/etc/shadow' }],
    ['token-file', {}, { 'token-file': '/etc/shadow' }],
    ['client-certificate', {}, { 'client-certificate': '/root/.kube/c.pem' }],
    ['client-key', {}, { token: SECRET, 'client-key': '/root/.kube/k.pem' }],
    ['certificate-authority', { 'certificate-authority': '/etc/ca.pem' }, { token: SECRET }],
    ['insecure-skip-tls-verify', { 'insecure-skip-tls-verify': true }, { token: SECRET }],
    ['insecure-skip-tls-verify', { 'insecure-skip-tls-verify': 'true' }, { token: SECRET }],
    ['proxy-url', { 'proxy-url': 'http://10.9.9.9:3128' }, { token: SECRET }],
    ['tls-server-name', { 'tls-server-name': 'other' }, { token: SECRET }],
    ['password', {}, { username: '', password: SECRET }],
    ['as', {}, { token: SECRET, as: 'system:admin' }],
  ])('that uses %s is refused by name', (field, cluster, user) => {
    const refused = readKubeconfig(kubeconfig(cluster, user));
    expect(refused).toEqual({ refused: expect.stringContaining(`uses ${field}, which`) });
    expect(inspect(refused)).not.toContain(SECRET);
  });

  it.each([
    ['plain http', kubeconfig({ server: 'http://10.0.0.1:8080' }, { token: SECRET })],
    ['an address with a user in it', kubeconfig({ server: 'https://me:x@10.0.0.1' }, { token: SECRET })],
    ['no credential', kubeconfig({}, {})],
    ['half a client certificate', kubeconfig({}, { 'client-certificate-data': base64(PEM) })],
    ['an authority that is no PEM', kubeconfig({ 'certificate-authority-data': 'AAAA' }, { token: SECRET })],
    ['no YAML at all', `{{{ ${SECRET}`],
    ['aliases, which can grow without end', 'a: &a [1]\nb: [*a, *a]'],
    ['too much text', ' '.repeat(300_000)],
    ['no current context', 'apiVersion: v1\nkind: Config\n'],
  ])('with %s is refused', (_, text) => {
    const refused = readKubeconfig(text);
    expect(refused).toEqual({ refused: expect.stringMatching(/./) });
    expect(inspect(refused)).not.toContain(SECRET);
  });

  it('is refused where the account is parsed, in words that say what to change', () => {
    const secret = { kubeconfig: kubeconfig({}, { exec: { command: 'aws' } }) };
    const parsed = accountSchema.safeParse({ settings: {}, secret });
    expect(parsed.error?.issues).toEqual([
      expect.objectContaining({
        path: ['secret', 'kubeconfig'],
        message: 'the kubeconfig uses exec, which starts a command on this host to get its credential',
      }),
    ]);
  });

  it('gives the gate the address that will be called', () => {
    const secret = { kubeconfig: kubeconfig({}, { token: SECRET }) };
    expect(manifest.endpoints(accountSchema.parse({ settings: {}, secret }))).toEqual([
      'https://10.0.0.1:6443',
    ]);
  });
});
