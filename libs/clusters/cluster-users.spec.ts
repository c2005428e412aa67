import { createEndpointGate, systemClock } from '@springtide/platform';
import { ClusterUsers } from './cluster-users.js';

const users = new ClusterUsers(createEndpointGate({ openHostPorts: [], privateRanges: [] }), systemClock);

const kubeconfig = (server: string) => `
apiVersion: v1
current-context: a
clusters: [{name: c, cluster: {server: '${server}'}}]
users: [{name: u, user: {token: s3cret}}]
contexts: [{name: a, context: {cluster: c, user: u}}]
`;

describe('a user of our own in a cluster', () => {
  it.each([
    ['cut off', 'users:\n  - name: u\n    user: {token: s3cret\n'],
    ['without TLS', kubeconfig('http://cluster.example')],
    ['empty', ''],
  ])('is not made with a kubeconfig that is %s, and nothing of it is repeated', async (_, text) => {
    const thrown: unknown = await users.make(text).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'failed-precondition', effect: 'none' });
    expect(String(thrown)).not.toContain('s3cret');
  });

  it('is not made at an address that the gate does not allow', async () => {
    for (const server of ['https://127.0.0.1:6443', 'https://169.254.169.254', 'https://10.0.0.9:6443']) {
      await expect(users.make(kubeconfig(server))).rejects.toMatchObject({
        code: 'permission-denied',
        message: expect.stringContaining('is not allowed'),
      });
    }
  });
});
