import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Agent, request } from 'undici';
import { z } from 'zod';

const run = promisify(execFile);

export type YardNode = Readonly<{
  name: string;
  labels?: Readonly<Record<string, string>>;
  cpu?: number;
  memoryGib?: number;
  pods?: number;
}>;

const nodesSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ taints: z.array(z.unknown()).default([]) }).default({ taints: [] }),
      status: z.object({
        conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
      }),
    }),
  ),
});

/** The cluster's owner, apart from everything that Springtide does: other people's kubectl, and plain calls. */
export class ClusterAdmin {
  readonly #agent: Agent;

  private constructor(
    readonly url: string,
    private readonly binary: string,
    private readonly kubeconfigFile: string,
    keys: Readonly<{ ca: string; cert: string; key: string }>,
  ) {
    this.#agent = new Agent({ connect: keys, connections: 16 });
  }

  static async open(binary: string, folder: string, url: string): Promise<ClusterAdmin> {
    const read = async (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
    const keys = { ca: await read('ca.crt'), cert: await read('admin.crt'), key: await read('admin.key') };
    return new ClusterAdmin(url, binary, join(folder, 'admin.kubeconfig'), keys);
  }

  /** `kubectl …`, with its output; `input` goes to its standard input. @throws with its words. */
  async kubectl(args: readonly string[], input?: string): Promise<string> {
    const running = run(this.binary, ['kubectl', `--kubeconfig=${this.kubeconfigFile}`, ...args], {
      maxBuffer: 64 << 20,
    });
    running.child.stdin?.end(input ?? '');
    return (await running).stdout;
  }

  async kubectlJson(args: readonly string[]): Promise<unknown> {
    return JSON.parse(await this.kubectl([...args, '-o', 'json'])) as unknown;
  }

  /** Status and body of one call. */
  async call(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<Readonly<{ status: number; body: unknown }>> {
    const answer = await request(`${this.url}${path}`, {
      dispatcher: this.#agent,
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: {
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      },
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, body: text.startsWith('{') ? (JSON.parse(text) as unknown) : text };
  }

  /** Registers machines as nodes, as a kubelet would, and waits until pods can go there. */
  async addNodes(nodes: readonly YardNode[], patienceMs = 60_000): Promise<void> {
    const created = await Promise.all(
      nodes.map(async (node) => this.call('POST', '/api/v1/nodes', nodeManifest(node))),
    );
    const refused = created.find(({ status }) => status !== 201);
    if (refused) throw new Error(`a node was refused: ${JSON.stringify(refused.body)}`);
    const wanted = new Set(nodes.map(({ name }) => name));
    await until('the nodes are ready', patienceMs, async () => {
      const { items } = nodesSchema.parse((await this.call('GET', '/api/v1/nodes')).body);
      const usable = items.filter(
        ({ metadata, spec, status }) =>
          wanted.has(metadata.name) &&
          spec.taints.length === 0 &&
          status.conditions.some(({ type, status: held }) => type === 'Ready' && held === 'True'),
      );
      return usable.length === wanted.size;
    });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** @throws naming `what` when it does not come to hold in time. */
export async function until(what: string, patienceMs: number, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${patienceMs} ms: ${what}`);
    await wait(100);
  }
}

function nodeManifest({ name, labels = {}, cpu = 8, memoryGib = 32, pods = 110 }: YardNode) {
  const size = { cpu: String(cpu), memory: `${memoryGib}Gi`, pods: String(pods) };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, type: 'kwok', ...labels },
      annotations: {
        'kwok.x-k8s.io/node': 'fake',
        'metrics.k8s.io/resource-metrics-path': `/metrics/nodes/${name}/metrics/resource`,
      },
    },
    status: { allocatable: size, capacity: size },
  };
}
