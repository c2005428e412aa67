import { SpringtideError, parseInstant, toInstant } from '@springtide/kernel';
import type {
  CallOptions,
  Page,
  Relation,
  Resource,
  ResourceFacet,
  ResourceKind,
} from '@springtide/provider-kit';
import { z } from 'zod';
import type { KubernetesAccount } from './account.js';
import { parseAnswer, type KubeApi } from './kube-api.js';
import { KubernetesNodes } from './kubernetes-nodes.js';
import { KubernetesWorkloads } from './kubernetes-workloads.js';
import { WORKLOAD_LABEL, readLabels, readOwnership } from './ownership-marks.js';
import { quantity } from './quantity.js';
import { claimSchema, type WireMetadata } from './wire-objects.js';
import { CLAIM, collectionPath } from './workload-kinds.js';

const GIB = 2 ** 30;
const versionSchema = z.object({ gitVersion: z.string() });

type Place = Readonly<{ region: string }>;

/** What the inventory knows of a cluster: itself, its nodes, its workloads and their volumes. */
export class KubernetesResources implements ResourceFacet {
  readonly kinds: readonly ResourceKind[] = ['cluster', 'node', 'workload', 'volume'];
  readonly #nodes: KubernetesNodes;
  readonly #workloads: KubernetesWorkloads;

  constructor(
    private readonly account: KubernetesAccount,
    private readonly api: KubeApi,
  ) {
    this.#nodes = new KubernetesNodes(api);
    this.#workloads = new KubernetesWorkloads(api);
  }

  listResources(
    scope: Readonly<{ region: string; kind: ResourceKind }>,
    options: CallOptions,
  ): AsyncIterable<Page<Resource>> {
    const { region, kind } = scope;
    if (region !== this.account.region) {
      throw new SpringtideError(
        'not-found',
        `this cluster stands in ${this.account.region}, not in ${region}`,
      );
    }
    if (kind === 'cluster') return this.#cluster(options);
    if (kind === 'node') return this.#listNodes({ region }, options);
    if (kind === 'workload') return this.#listWorkloads({ region }, options);
    if (kind === 'volume') return this.#listVolumes({ region }, options);
    throw new SpringtideError('unsupported', `a Kubernetes cluster lists no ${kind}`);
  }

  /** Kubernetes gives a cluster no id of its own; its address is what every account of it shares. */
  async *#cluster(options: CallOptions): AsyncGenerator<Page<Resource>> {
    const what = 'reading the version';
    const body = await this.api.send({ method: 'GET', path: '/version', what }, options);
    const { gitVersion } = parseAnswer(versionSchema, body, what);
    yield {
      items: [
        {
          kind: 'cluster',
          id: this.#id,
          name: this.#id,
          region: this.account.region,
          state: 'running',
          facts: { version: gitVersion, endpoint: this.api.access.server },
          labels: {},
          relations: [],
        },
      ],
      complete: true,
    };
  }

  async *#listNodes({ region }: Place, options: CallOptions): AsyncGenerator<Page<Resource>> {
    for await (const { items, complete } of this.#nodes.list(options)) {
      const nodes = items.map((node): Resource => {
        const machine = node.providerId?.split('/').at(-1);
        return {
          kind: 'node',
          id: node.name,
          name: node.name,
          region,
          ...(node.zone === undefined ? {} : { zone: node.zone }),
          state: `${node.ready ? 'ready' : 'not-ready'}${node.schedulable ? '' : ',cordoned'}`,
          facts: {
            cpuMillis: node.cpuMillis,
            memoryMiB: node.memoryMiB,
            podLimit: node.podLimit,
            version: node.version,
            address: node.addresses[0] ?? '',
          },
          labels: node.labels,
          relations: [
            this.#partOf(),
            ...(machine ? [{ kind: 'runs-on', to: 'machine', id: machine } as const] : []),
          ],
          ...(node.createdAt === undefined ? {} : { createdAt: node.createdAt }),
        };
      });
      yield { items: nodes, complete };
    }
  }

  async *#listWorkloads({ region }: Place, options: CallOptions): AsyncGenerator<Page<Resource>> {
    for await (const { items, complete } of this.#workloads.list({}, options)) {
      const workloads = items.map((state): Resource => ({
        kind: 'workload',
        id: workloadId(state.namespace, state.kind, state.name),
        name: state.name,
        region,
        state: state.phase,
        facts: {
          namespace: state.namespace,
          kind: state.kind,
          image: state.image,
          desired: state.desired,
          ready: state.ready,
        },
        labels: state.labels,
        relations: [this.#partOf()],
        ...(state.createdAt === undefined ? {} : { createdAt: state.createdAt }),
        ...(state.ownership === undefined ? {} : { ownership: state.ownership }),
      }));
      yield { items: workloads, complete };
    }
  }

  async *#listVolumes({ region }: Place, options: CallOptions): AsyncGenerator<Page<Resource>> {
    const path = collectionPath(CLAIM);
    for await (const page of this.api.pages(path, claimSchema, 'listing volumes', {}, options)) {
      const volumes = page.items.map(({ metadata, spec, status }): Resource => {
        const ownership = readOwnership(metadata);
        return {
          kind: 'volume',
          id: `${metadata.namespace}/${metadata.name}`,
          name: metadata.name,
          region,
          state: status.phase.toLowerCase(),
          facts: {
            namespace: metadata.namespace,
            sizeGib: quantity(status.capacity['storage'] ?? '0') / GIB,
            access: spec.accessModes.join(','),
            storageClass: spec.storageClassName ?? '',
            volume: spec.volumeName ?? '',
          },
          labels: readLabels(metadata),
          relations: [this.#partOf(), ...mountedBy(metadata)],
          ...(metadata.creationTimestamp
            ? { createdAt: toInstant(parseInstant(metadata.creationTimestamp)) }
            : {}),
          ...(ownership === undefined ? {} : { ownership }),
        };
      });
      yield { items: volumes, complete: page.complete };
    }
  }

  get #id(): string {
    return new URL(this.api.access.server).host;
  }

  #partOf(): Relation {
    return { kind: 'part-of', to: 'cluster', id: this.#id };
  }
}

function workloadId(namespace: string, kind: string, name: string): string {
  return `${namespace}/${kind}/${name}`;
}

/** A claim of a workload carries its name; one made from a template has the mark of the members alone. */
function mountedBy(metadata: WireMetadata): readonly Relation[] {
  const workload = metadata.labels[WORKLOAD_LABEL];
  if (workload === undefined) return [];
  const kind = readOwnership(metadata) === undefined ? 'stateful' : 'stateless';
  return [{ kind: 'attached-to', to: 'workload', id: workloadId(metadata.namespace, kind, workload) }];
}
