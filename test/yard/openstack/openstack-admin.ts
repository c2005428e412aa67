import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { SpringtideError } from '@springtide/kernel';
import { adminToken, SEED } from './seed.js';
import { call, issueToken, type Method } from './yard-http.js';
import { PASSWORD, serviceUrl, type ServiceName, type YardPlaces } from './yard-places.js';

const named = z.object({ id: z.string(), name: z.string() });
const ABSENT_TRAIT = 'CUSTOM_SPRINGTIDE_ABSENT';
const MACHINE_CLASSES = ['VCPU', 'MEMORY_MB', 'DISK_GB'] as const;

const candidatesSchema = z.object({
  provider_summaries: z.record(
    z.string(),
    z.object({ resources: z.record(z.string(), z.object({ capacity: z.number(), used: z.number() })) }),
  ),
});
const hypervisorsSchema = z.object({
  hypervisors: z.array(z.object({ id: z.string(), service: z.object({ host: z.string() }) })),
});
const flavorsSchema = z.object({
  flavors: z.array(named.extend({ vcpus: z.number(), ram: z.number(), disk: z.number() })),
});
const limitsSchema = z.object({
  quota_set: z.object({ cores: z.object({ limit: z.number(), in_use: z.number() }) }),
});

/** The cloud's administrator: everything done behind the provider's back is done by real calls with real rights. */
export class OpenstackAdmin {
  readonly #places: YardPlaces;
  readonly #project: string;
  readonly #ballast = new Set<string>();

  private constructor(places: YardPlaces, project: string) {
    this.#places = places;
    this.#project = project;
  }

  static async open(places: YardPlaces): Promise<OpenstackAdmin> {
    const token = await adminToken(places);
    const url = `${serviceUrl(places.ports, 'keystone')}/projects?name=${SEED.project}`;
    const { projects } = z
      .object({ projects: z.array(named) })
      .parse((await call('GET', url, { token })).body);
    return new OpenstackAdmin(places, projects[0]?.id ?? '');
  }

  async networkId(name: string): Promise<string> {
    const answer = await this.#call('GET', 'neutron', `/v2.0/networks?name=${name}`);
    return idOf(z.object({ networks: z.array(named) }).parse(answer).networks, name);
  }

  async imageId(name: string): Promise<string> {
    const answer = await this.#call('GET', 'glance', `/v2/images?name=${name}`);
    return idOf(z.object({ images: z.array(named) }).parse(answer).images, name);
  }

  async server(id: string): Promise<{ name: string; tags: readonly string[] } | undefined> {
    const answer = await this.#call('GET', 'nova', `/servers/${id}`, undefined, [404]);
    const schema = z.object({ server: z.object({ name: z.string(), tags: z.array(z.string()) }) });
    return schema.safeParse(answer).data?.server;
  }

  async deleteServer(id: string): Promise<void> {
    await this.#call('DELETE', 'nova', `/servers/${id}`, undefined, [404]);
  }

  /** Exactly so many more vCPU for the project than it uses now; -1 takes the limit away. */
  async leaveQuota(cores: number): Promise<void> {
    const answer = await this.#call('GET', 'nova', `/os-quota-sets/${this.#project}/detail`);
    const { in_use } = limitsSchema.parse(answer).quota_set.cores;
    const limit = cores < 0 ? 120 : in_use + cores;
    await this.#call('PUT', 'nova', `/os-quota-sets/${this.#project}`, {
      quota_set: { cores: limit, force: true },
    });
  }

  async createFlavor(name: string, vcpus: number, ram: number): Promise<void> {
    await this.#call('POST', 'nova', '/flavors', { flavor: { name, id: name, vcpus, ram, disk: 1 } });
  }

  /**
   * Fills the zone's hypervisors with allocations of nobody's, so that placement has room for exactly so many more
   * machines of the flavour: what any other tenant's machines would do.
   */
  async leaveRoom(zone: string, flavorName: string, machines: number): Promise<void> {
    const flavor = await this.#flavor(flavorName);
    const need = { VCPU: flavor.vcpus, MEMORY_MB: flavor.ram, DISK_GB: flavor.disk };
    let left = machines;
    for (const provider of await this.#providers(zone)) {
      const free = (name: (typeof MACHINE_CLASSES)[number]): number =>
        (provider.resources[name]?.capacity ?? 0) - (provider.resources[name]?.used ?? 0);
      const places = Math.min(...MACHINE_CLASSES.map((name) => Math.floor(free(name) / need[name])));
      const kept = Math.min(left, places);
      left -= kept;
      const ballast = free('MEMORY_MB') - kept * need.MEMORY_MB;
      if (ballast > 0) await this.#allocate(provider.id, ballast);
    }
    if (left > 0)
      throw new SpringtideError('failed-precondition', `${zone} has no room for ${machines} machines at all`);
  }

  async removeBallast(): Promise<void> {
    for (const consumer of this.#ballast) {
      await this.#call('DELETE', 'placement', `/allocations/${consumer}`, undefined, [404]);
      this.#ballast.delete(consumer);
    }
  }

  /** The scheduler finds no host for the flavour from now on: it asks for a trait that none has. */
  async makeUnschedulable(flavor: string): Promise<void> {
    await this.#call('PUT', 'placement', `/traits/${ABSENT_TRAIT}`);
    await this.#call('POST', 'nova', `/flavors/${(await this.#flavor(flavor)).id}/os-extra_specs`, {
      extra_specs: { [`trait:${ABSENT_TRAIT}`]: 'required' },
    });
  }

  async makeSchedulable(flavor: string): Promise<void> {
    const { id } = await this.#flavor(flavor);
    const path = `/flavors/${id}/os-extra_specs/trait:${ABSENT_TRAIT}`;
    await this.#call('DELETE', 'nova', path, undefined, [404]);
  }

  async revoke(token: string): Promise<void> {
    const own = await adminToken(this.#places);
    await call('DELETE', `${serviceUrl(this.#places.ports, 'keystone')}/auth/tokens`, {
      token: own,
      headers: { 'x-subject-token': token },
      accept: [404],
    });
  }

  /** As a person of the same project in the dashboard would: without any mark of ours. */
  async createAsPerson(server: Readonly<Record<string, unknown>>): Promise<string> {
    const answer = await this.#asPerson('POST', 'nova', '/servers', { server });
    return z.object({ server: z.object({ id: z.string() }) }).parse(answer).server.id;
  }

  /** A port made by hand and put into a machine: nova leaves it behind when the machine goes. */
  async attachPort(serverId: string, network: string, tags: readonly string[]): Promise<string> {
    const made = await this.#asPerson('POST', 'neutron', '/v2.0/ports', { port: { network_id: network } });
    const { id } = z.object({ port: z.object({ id: z.string() }) }).parse(made).port;
    await this.#asPerson('PUT', 'neutron', `/v2.0/ports/${id}/tags`, { tags });
    await this.#asPerson('POST', 'nova', `/servers/${serverId}/os-interface`, {
      interfaceAttachment: { port_id: id },
    });
    return id;
  }

  /** Somebody who is a member of the project and nothing more, as an account would name him. */
  async addPlainMember(
    name: string,
  ): Promise<{ url: string; user: string; password: string; project: string; network: string }> {
    const made = await this.#call('POST', 'keystone', '/users', {
      user: { name, password: PASSWORD, domain_id: 'default' },
    });
    const user = z.object({ user: z.object({ id: z.string() }) }).parse(made).user.id;
    const listed = await this.#call('GET', 'keystone', '/roles?name=member');
    const role = idOf(z.object({ roles: z.array(named) }).parse(listed).roles, 'member');
    await this.#call('PUT', 'keystone', `/projects/${this.#project}/users/${user}/roles/${role}`);
    return {
      url: serviceUrl(this.#places.ports, 'keystone'),
      user: name,
      password: PASSWORD,
      project: SEED.project,
      network: await this.networkId(SEED.network),
    };
  }

  /** What a member of the project sees and does. */
  async asPerson(method: Method, service: ServiceName, path: string, body?: unknown): Promise<unknown> {
    return this.#asPerson(method, service, path, body);
  }

  async #providers(
    zone: string,
  ): Promise<
    readonly { id: string; resources: Readonly<Record<string, { capacity: number; used: number }>> }[]
  > {
    const host = `yard-c${zone.replace(/\D/g, '')}`;
    const { hypervisors } = hypervisorsSchema.parse(
      await this.#call('GET', 'nova', '/os-hypervisors/detail'),
    );
    const ids = hypervisors.filter(({ service }) => service.host === host).map(({ id }) => id);
    const found = candidatesSchema.parse(
      await this.#call('GET', 'placement', '/allocation_candidates?resources=VCPU:1'),
    );
    return Object.entries(found.provider_summaries)
      .filter(([id]) => ids.includes(id))
      .map(([id, { resources }]) => ({ id, resources }));
  }

  /** In pieces: no single consumer may have more of a host than `max_unit`. */
  async #allocate(provider: string, memoryMiB: number): Promise<void> {
    const path = `/resource_providers/${provider}/inventories/MEMORY_MB`;
    const { max_unit: most } = z
      .object({ max_unit: z.number() })
      .parse(await this.#call('GET', 'placement', path));
    for (let left = memoryMiB; left > 0; left -= most) {
      const consumer = randomUUID();
      this.#ballast.add(consumer);
      await this.#call('PUT', 'placement', `/allocations/${consumer}`, {
        allocations: { [provider]: { resources: { MEMORY_MB: Math.min(left, most) } } },
        project_id: randomUUID(),
        user_id: randomUUID(),
        consumer_generation: null,
      });
    }
  }

  async #flavor(name: string): Promise<z.infer<typeof flavorsSchema>['flavors'][number]> {
    const { flavors } = flavorsSchema.parse(await this.#call('GET', 'nova', '/flavors/detail'));
    const flavor = flavors.find((each) => each.name === name);
    if (flavor === undefined) throw new SpringtideError('not-found', `the yard has no flavour ${name}`);
    return flavor;
  }

  async #call(
    method: Method,
    service: ServiceName,
    path: string,
    body?: unknown,
    accept: readonly number[] = [],
  ): Promise<unknown> {
    return this.#send(await adminToken(this.#places), method, service, path, body, accept);
  }

  async #asPerson(method: Method, service: ServiceName, path: string, body?: unknown): Promise<unknown> {
    const identity = serviceUrl(this.#places.ports, 'keystone');
    const token = await issueToken(identity, { user: SEED.user, project: SEED.project, password: PASSWORD });
    return this.#send(token, method, service, path, body, []);
  }

  async #send(
    token: string,
    method: Method,
    service: ServiceName,
    path: string,
    body: unknown,
    accept: readonly number[],
  ): Promise<unknown> {
    const answer = await call(method, `${serviceUrl(this.#places.ports, service)}${path}`, {
      token,
      headers: { 'openstack-api-version': service === 'placement' ? 'placement 1.29' : 'compute 2.53' },
      accept,
      ...(body === undefined ? {} : { body }),
    });
    return answer.status >= 400 ? undefined : answer.body;
  }
}

function idOf(found: readonly z.infer<typeof named>[], name: string): string {
  const [one] = found;
  if (one === undefined) throw new SpringtideError('not-found', `the yard has no "${name}"`);
  return one.id;
}
