import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { ListedMachine, MachineSource } from '../machines/machine-source.js';
import { call, issueToken } from './yard-http.js';

export type OpenstackEndpoint = Readonly<{
  /** `http://127.0.0.1:<port>/v3` */
  url: string;
  user: string;
  password: string;
  project: string;
}>;

const PAGE = 500;
const MARK = 'springtide.';
/** A list costs nova some tens of milliseconds of the one core that it has here. */
const DEFAULT_EVERY_MS = 700;

const serverSchema = z.object({
  id: z.string(),
  status: z.string(),
  flavor: z.object({ original_name: z.string() }),
  metadata: z.record(z.string(), z.string()),
  addresses: z.record(z.string(), z.array(z.object({ addr: z.string() }))),
  'OS-EXT-STS:task_state': z.string().nullish(),
});
const tokenSchema = z.object({
  token: z.object({
    catalog: z.array(
      z.object({
        type: z.string(),
        endpoints: z.array(z.object({ interface: z.string(), url: z.string() })),
      }),
    ),
  }),
});

/** An OpenStack project, watched by plain calls of its own: never by Springtide's client, nor by its word. */
export function openstackSource(
  name: string,
  endpoint: OpenstackEndpoint,
  everyMs = DEFAULT_EVERY_MS,
): MachineSource {
  const watch = new ProjectWatch(endpoint, everyMs);
  return { name, list: async () => watch.list(), close: async () => undefined };
}

class ProjectWatch {
  readonly #endpoint: OpenstackEndpoint;
  readonly #everyMs: number;
  #session: Readonly<{ token: string; nova: string }> | undefined;
  #nextAt = 0;

  constructor(endpoint: OpenstackEndpoint, everyMs: number) {
    this.#endpoint = endpoint;
    this.#everyMs = everyMs;
  }

  async list(): Promise<readonly ListedMachine[]> {
    await wait(Math.max(0, this.#nextAt - performance.now()));
    this.#nextAt = performance.now() + this.#everyMs;
    try {
      return (await this.#servers()).map(toListed);
    } catch (thrown) {
      this.#session = undefined;
      throw thrown;
    }
  }

  async #servers(): Promise<readonly z.infer<typeof serverSchema>[]> {
    this.#session ??= await this.#login();
    const { token, nova } = this.#session;
    const servers: z.infer<typeof serverSchema>[] = [];
    for (;;) {
      const last = servers.at(-1);
      const marker = last === undefined ? '' : `&marker=${last.id}`;
      const answer = await call('GET', `${nova}/servers/detail?limit=${PAGE}${marker}`, {
        token,
        headers: { 'openstack-api-version': 'compute 2.53' },
      });
      const page = z.object({ servers: z.array(serverSchema) }).parse(answer.body).servers;
      servers.push(...page);
      if (page.length < PAGE) return servers;
    }
  }

  async #login(): Promise<{ token: string; nova: string }> {
    const { url, ...as } = this.#endpoint;
    const token = await issueToken(url, as);
    const answer = await call('GET', `${url}/auth/tokens`, { token, headers: { 'x-subject-token': token } });
    const compute = tokenSchema.parse(answer.body).token.catalog.find(({ type }) => type === 'compute');
    const nova = compute?.endpoints.find((each) => each.interface === 'internal')?.url ?? '';
    return { token, nova };
  }
}

function toListed(server: z.infer<typeof serverSchema>): ListedMachine {
  const marks = Object.entries(server.metadata).filter(([key]) => key.startsWith(MARK));
  const ending = server['OS-EXT-STS:task_state'] === 'deleting';
  return {
    id: server.id,
    machineType: server.flavor.original_name,
    address: Object.values(server.addresses).flat()[0]?.addr ?? '',
    state: server.status === 'ACTIVE' && !ending ? 'running' : server.status.toLowerCase(),
    labels: Object.fromEntries(marks.map(([key, value]) => [key.slice(MARK.length), value])),
  };
}
