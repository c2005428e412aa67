import { SpringtideError } from '@springtide/kernel';
import type {
  ClusterFacet,
  ComputeFacet,
  Page,
  ProviderSession,
  Resource,
  ResourceFacet,
} from '@springtide/provider-kit';
import { manifest } from '../manifest.js';
import type { Defect } from './broken-providers.js';

type Breaking = (session: ProviderSession) => Partial<ProviderSession>;

let copies = 0;

/** Defects of what a provider offers beside launching and ending machines. */
export const FACET_DEFECTS: readonly Defect[] = [
  defect(
    'every resource is listed twice',
    ['P-82'],
    resources((items) => [...items, ...items]),
  ),
  defect(
    'resources have no region',
    ['P-82'],
    resources((items) => items.map((each) => ({ ...each, region: '' }))),
  ),
  defect('resources of an unknown region are an empty list', ['P-83'], (session) => ({
    resources: {
      kinds: facetOf(session).kinds,
      listResources: (scope, options) =>
        scope.region.startsWith('no-such') ? none() : facetOf(session).listResources(scope, options),
    },
  })),
  defect(
    'disks hang on machines that are not there',
    ['P-84'],
    resources((items) => items.map((each) => ({ ...each, relations: each.relations.map(elsewhere) }))),
  ),
  defect('machines show what they were started with', ['P-85'], (session) => {
    const texts = new Map<string, string>();
    return {
      compute: over(computeOf(session), {
        launch: async (batch, options) => {
          texts.set(batch.ownership.intent, batch.userData ?? '');
          return computeOf(session).launch(batch, options);
        },
        list: async function* list(scope, options) {
          for await (const page of computeOf(session).list(scope, options)) {
            const items = page.items.map((machine) => {
              const text = texts.get(machine.ownership?.intent ?? '') ?? '';
              return { ...machine, labels: { ...machine.labels, text } };
            });
            yield { ...page, items };
          }
        },
      }),
    };
  }),
  defect('digests of images are cut short', ['P-96'], ({ images }) => ({
    images: {
      listImages: async function* listImages(scope, options) {
        for await (const page of images?.listImages(scope, options) ?? []) {
          yield { ...page, items: page.items.map((image) => ({ ...image, digest: 'sha256:ab12' })) };
        }
      },
    },
  })),
  defect('the feed tells everything every time', ['P-86', 'P-89'], (session) => ({
    compute: over(computeOf(session), {
      changes: async ({ region }, options) => changes(session, { region }, options),
    }),
  })),
  defect('the feed forgets what is gone', ['P-87'], (session) => ({
    compute: over(computeOf(session), {
      changes: async (scope, options) => ({ ...(await changes(session, scope, options)), gone: [] }),
    }),
  })),
  defect('a cursor that nobody gave is answered with nothing', ['P-88'], (session) => {
    const known = new Set<string>();
    return {
      compute: over(computeOf(session), {
        changes: async (scope, options) => {
          const { cursor } = scope;
          if (cursor !== undefined && !known.has(cursor)) {
            return { changed: [], gone: [], whole: false, cursor };
          }
          const answer = await changes(session, scope, options);
          known.add(answer.cursor);
          return answer;
        },
      }),
    };
  }),
  defect('a cluster is made for every call', ['P-90'], (session) => ({
    clusters: over(clustersOf(session), {
      createCluster: async (order, options) => {
        copies += 1;
        const token = `${order.token.slice(0, 50)}#${copies}`;
        return clustersOf(session).createCluster({ ...order, token }, options);
      },
    }),
  })),
  defect('clusters carry no ownership', ['P-90', 'P-91', 'P-95'], (session) => ({
    clusters: over(clustersOf(session), {
      listClusters: async function* listClusters(scope, options) {
        for await (const page of clustersOf(session).listClusters(scope, options)) {
          yield { ...page, items: page.items.map(({ ownership: _ownership, ...rest }) => rest) };
        }
      },
      describeCluster: async (...args) => {
        const found = await clustersOf(session).describeCluster(...args);
        if (found === 'gone') return found;
        const { ownership: _, ...rest } = found;
        return rest;
      },
    }),
  })),
  defect('a token used for another order answers with the first cluster', ['P-91'], (session) => {
    const seen = new Map<string, Promise<Readonly<{ id: string }>>>();
    return {
      clusters: over(clustersOf(session), {
        createCluster: async (order, options) => {
          const answer = seen.get(order.token) ?? clustersOf(session).createCluster(order, options);
          seen.set(order.token, answer);
          return answer;
        },
      }),
    };
  }),
  defect('a kubeconfig asks for its token by a command', ['P-92'], (session) => ({
    clusters: over(clustersOf(session), {
      kubeconfig: async (...args) => {
        const text = await clustersOf(session).kubeconfig(...args);
        return text.replace(/user: \{.*\} \}/, 'user: { exec: { command: cloud-cli } } }');
      },
    }),
  })),
  defect('scaling adds', ['P-93'], (session) => ({
    clusters: over(clustersOf(session), {
      scaleNodePool: async (target, options) => {
        const found = await clustersOf(session).describeCluster(target.clusterId, target, options);
        const now = found === 'gone' ? 0 : (found.nodePools[0]?.desired ?? 0);
        await clustersOf(session).scaleNodePool({ ...target, nodes: now + target.nodes }, options);
      },
    }),
  })),
  defect('deleting a cluster that is gone is an error', ['P-94'], (session) => ({
    clusters: over(clustersOf(session), {
      deleteCluster: async (...args) => {
        const outcome = await clustersOf(session).deleteCluster(...args);
        if (outcome === 'gone') throw new SpringtideError('not-found', 'no such cluster');
        return outcome;
      },
    }),
  })),
  defect('clusters of an unknown region are an empty list', ['P-95'], (session) => ({
    clusters: over(clustersOf(session), {
      listClusters: (scope, options) =>
        scope.region.startsWith('no-such') ? none() : clustersOf(session).listClusters(scope, options),
    }),
  })),
];

export function defect(what: string, noticedBy: readonly string[], breaking: Breaking): Defect {
  return {
    what,
    noticedBy,
    manifest: {
      ...manifest,
      connect: async (account, context) => {
        const session = await manifest.connect(account as never, context);
        return over(session, breaking(session));
      },
    },
  };
}

function resources(change: (items: readonly Resource[]) => readonly Resource[]): Breaking {
  return (session) => ({
    resources: {
      kinds: facetOf(session).kinds,
      listResources: async function* listResources(scope, options) {
        for await (const page of facetOf(session).listResources(scope, options)) {
          yield { ...page, items: change(page.items) };
        }
      },
    },
  });
}

/** The object with some members replaced. */
export function over<T extends object>(whole: T, changes: Partial<T>): T {
  return new Proxy(whole, {
    get: (target, name) => {
      const source = Object.hasOwn(changes, name) ? changes : target;
      const member: unknown = source[name as keyof T];
      return typeof member === 'function' ? (member.bind(source) as unknown) : member;
    },
  });
}

async function changes(session: ProviderSession, ...args: Parameters<NonNullable<ComputeFacet['changes']>>) {
  const answer = await computeOf(session).changes?.(...args);
  if (answer === undefined) throw new Error('the simulated provider has a change feed');
  return answer;
}

function elsewhere<T extends { id: string }>(relation: T): T {
  return { ...relation, id: 'm-nowhere' };
}

async function* none(): AsyncIterable<Page<never>> {
  yield { items: [], complete: true };
}

function computeOf({ compute }: ProviderSession): ComputeFacet {
  if (compute === undefined) throw new Error('the simulated provider has machines');
  return compute;
}

function facetOf({ resources: facet }: ProviderSession): ResourceFacet {
  if (facet === undefined) throw new Error('the simulated provider lists resources');
  return facet;
}

function clustersOf({ clusters }: ProviderSession): ClusterFacet {
  if (clusters === undefined) throw new Error('the simulated provider has clusters');
  return clusters;
}
