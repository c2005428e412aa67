import { SpringtideError } from '@springtide/kernel';
import { leastUser, tokenKubeconfig } from '../../../test/yard/kubernetes/cluster-account.js';
import { ClusterAdmin } from '../../../test/yard/kubernetes/cluster-admin.js';
import { ensureControlPlane } from '../../../test/yard/kubernetes/control-plane-binary.js';
import { screen } from './screen.js';
import type { Supervisor } from './supervisor.js';
import { keepYardProgram } from './yard-program.js';

export type KubernetesCluster = Readonly<{
  engine: string;
  url: string;
  /** Of a user with the least rights that the provider's README asks for. */
  kubeconfig: string;
  /** The cluster's owner, past Springtide. */
  owner: ClusterAdmin;
}>;

export const NAMESPACE = 'shop';

const NODES = 6;
const STILL_EVERY_MS = 60_000;
/** What Kubernetes itself puts into every namespace, and its diary. */
const OF_EVERY_NAMESPACE = /^(?:configmap\/kube-root-ca\.crt|serviceaccount\/default|event\S*\/.+)$/;

/** Obtained before anything else is started: a build takes the processors that the story needs. */
export async function obtainKubernetes(): Promise<string> {
  const startedAt = performance.now();
  let building: NodeJS.Timeout | undefined;
  const say = (message: string) => {
    screen.say(`Kubernetes is ${message}.`);
    building = setInterval(() => {
      screen.say(`  still building, ${Math.round((performance.now() - startedAt) / 60_000)} min`);
    }, STILL_EVERY_MS);
  };
  try {
    return await ensureControlPlane(say);
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError)) throw thrown;
    throw new Error(
      `${thrown.message}. ${thrown.nextStep ?? ''} Without --with kubernetes nothing of it is needed.`,
      {
        cause: thrown,
      },
    );
  } finally {
    clearInterval(building);
  }
}

/** A real control plane in a process of its own, whose nodes are kwok's: everything but the containers. */
export async function startKubernetesCluster(
  supervisor: Supervisor,
  logFolder: string,
  binary: string,
): Promise<KubernetesCluster> {
  const { url, folder, caPem } = await keepYardProgram<{ url: string; folder: string; caPem: string }>(
    supervisor,
    {
      name: 'kubernetes',
      place: 'test/yard/kubernetes',
      entry: 'kubernetes-yard.main',
      args: [String(NODES)],
      logFolder,
    },
    { irreplaceable: 'what ran in the cluster is gone with it' },
  );
  const owner = await ClusterAdmin.open(binary, folder, url);
  await owner.kubectl(['create', 'namespace', NAMESPACE]);
  const kubeconfig = tokenKubeconfig(url, caPem, await leastUser(owner));
  screen.say(`The cluster answers at ${url} (Kubernetes, ${NODES} nodes).`);
  return {
    engine:
      'Kubernetes: API server, controllers, scheduler and etcd themselves, on nodes that only pretend (kwok)',
    url,
    kubeconfig,
    owner,
  };
}

/** Everything in the shop's namespace that Kubernetes did not put there itself, and everything anywhere with our mark. */
export async function leftInCluster({ owner }: Pick<KubernetesCluster, 'owner'>): Promise<readonly string[]> {
  const listable = async (scope: string) => {
    const words = ['api-resources', '--verbs=list', `--namespaced=${scope}`, '-o', 'name'];
    return lines(await owner.kubectl(words)).join(',');
  };
  const [inside, outside] = [await listable('true'), await listable('false')];
  const marked = ['-l', 'springtide/installation', '-o', 'name', '--ignore-not-found'];
  const here = lines(
    await owner.kubectl(['get', inside, '-n', NAMESPACE, '-o', 'name', '--ignore-not-found']),
  );
  const ours = [
    ...lines(await owner.kubectl(['get', inside, '-A', ...marked])),
    ...lines(await owner.kubectl(['get', outside, ...marked])),
  ];
  return [...new Set([...here.filter((name) => !OF_EVERY_NAMESPACE.test(name)), ...ours])].toSorted();
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
