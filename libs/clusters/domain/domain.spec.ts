import { parse, parseAllDocuments } from 'yaml';
import { controlPlaneUserData, joinUserData, nextDrainStep, readyMembers, versionBefore } from './index.js';

const plan = {
  name: 'burst-1',
  version: '1.36.3',
  endpoint: '10.0.0.10:6443',
  token: 'abcdef.0123456789abcdef',
  accessToken: 'fedcba.fedcba9876543210',
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/16',
};
const join = { ...plan, caHash: `sha256:${'a'.repeat(64)}`, labels: { 'springtide/pool': 'burst' } };

describe('user data of a self-built cluster', () => {
  it('starts a control plane of that version under that endpoint', () => {
    const text = controlPlaneUserData(plan);
    expect(text.startsWith('#cloud-config\n')).toBe(true);
    const { write_files: files, runcmd } = parse(text);
    const [init, cluster] = files[0].content.split('---\n').map((part: string) => parse(part));
    expect(files[0].permissions).toBe('0600');
    expect(init).toMatchObject({
      kind: 'InitConfiguration',
      bootstrapTokens: [{ token: plan.token }, { token: plan.accessToken, ttl: '1h0m0s' }],
    });
    expect(cluster).toMatchObject({
      kind: 'ClusterConfiguration',
      kubernetesVersion: 'v1.36.3',
      controlPlaneEndpoint: '10.0.0.10:6443',
      networking: { podSubnet: '10.244.0.0/16', serviceSubnet: '10.96.0.0/16' },
    });
    expect(JSON.stringify(runcmd)).toContain('kubeadm init --config /etc/springtide/kubeadm.yaml');
    expect(runcmd.at(-1)).toEqual([
      'rm',
      '-f',
      '/etc/springtide/kubeadm.yaml',
      '/etc/springtide/access.yaml',
    ]);
  });

  it('connects pods by what was ordered, or by what lies in the image: no node is ready without', () => {
    const manifest =
      '    \nkind: Namespace\nmetadata: {name: kube-flannel} # 网络\n---\r\nkind: DaemonSet\n\n';
    const { write_files: files, runcmd } = parse(controlPlaneUserData({ ...plan, podNetwork: manifest }));
    const file = files.find(({ path }: { path: string }) => path === '/etc/springtide/pod-network.yaml');
    expect(parseAllDocuments(file.content).map((each) => each.toJS())).toEqual([
      { kind: 'Namespace', metadata: { name: 'kube-flannel' } },
      { kind: 'DaemonSet' },
    ]);
    const applied = (commands: unknown): boolean =>
      JSON.stringify(commands).includes('apply --server-side -f /etc/springtide/pod-network.yaml');
    expect(applied(runcmd)).toBe(true);
    const bare = parse(controlPlaneUserData(plan));
    expect(bare.write_files).toHaveLength(files.length - 1);
    expect(applied(bare.runcmd)).toBe(true);
    expect(bare.runcmd.at(-1)).not.toContain('/etc/springtide/pod-network.yaml');
    expect(() => controlPlaneUserData({ ...plan, podNetwork: 'kind: \u0007' })).toThrow(/no machine/);
  });

  it('joins that cluster and no other', () => {
    const { write_files: files, runcmd } = parse(joinUserData(join));
    expect(parse(files[0].content)).toMatchObject({
      kind: 'JoinConfiguration',
      discovery: {
        bootstrapToken: { token: plan.token, apiServerEndpoint: plan.endpoint, caCertHashes: [join.caHash] },
      },
      nodeRegistration: { kubeletExtraArgs: [{ name: 'node-labels', value: 'springtide/pool=burst' }] },
    });
    expect(JSON.stringify(runcmd)).toContain('kubeadm join');
  });

  it.each([
    ['a name', { name: 'x"; reboot' }],
    ['a version', { version: '1.36' }],
    ['an endpoint', { endpoint: '10.0.0.1:6443\n' }],
    ['a token', { token: 'short' }],
    ['a range', { podCidr: '10.0.0.0/16"' }],
  ])('refuses %s that could be anything but itself', (_, changes) => {
    expect(() => controlPlaneUserData({ ...plan, ...changes })).toThrow(/no machine was asked for/);
    expect(() => joinUserData({ ...join, ...changes })).toThrow(/no machine was asked for/);
  });

  it('refuses a hash of another form, and labels that are none', () => {
    expect(() => joinUserData({ ...join, caHash: 'sha256:abc' })).toThrow(/hash of the authority/);
    expect(() => joinUserData({ ...join, labels: { 'a,b="c': 'd' } })).toThrow(/node label/);
  });
});

it('counts members that are ready, and not the machine of the control plane', () => {
  const head = { ready: true, labels: { 'node-role.kubernetes.io/control-plane': '' } };
  const member = { ready: true, labels: { pool: 'burst' } };
  expect(readyMembers([head, member, { ...member, ready: false }])).toBe(1);
});

describe('a drain', () => {
  const pass = { empty: false, leaving: 1, heldCount: 1 };
  it.each([
    ['is over when nothing is left', { leftMs: 1, pass: { ...pass, empty: true } }, 'empty'],
    ['respects budgets while there is time', { leftMs: 1 }, 'respect'],
    ['gives up then, when told so', { leftMs: 0, escalation: 'give-up' as const }, 'gave-up'],
    ['forces then, when told so', { leftMs: 0, escalation: 'force' as const }, 'override'],
    ['does not force for ever', { leftMs: -999_999, forcingMs: 999_999 }, 'gave-up'],
  ])('%s', (_, changes, step) => {
    expect(nextDrainStep({ escalation: 'force', forcingMs: 0, pass, ...changes })).toBe(step);
  });
});

describe('the version before', () => {
  it('is the newest that does not run now', () => {
    const revisions = [
      { number: 3, current: true, image: 'c', spec: 'three' },
      { number: 2, current: false, image: 'b', spec: 'two' },
      { number: 1, current: false, image: 'a', spec: 'one' },
    ];
    expect(versionBefore(revisions)).toBe('two');
  });

  it('must exist, and be known whole', () => {
    expect(() => versionBefore([{ number: 1, current: true, image: 'a', spec: 'one' }])).toThrow(
      /no version/,
    );
    expect(() => versionBefore([{ number: 1, current: false, image: 'a' }])).toThrow(/somebody else/);
  });
});
