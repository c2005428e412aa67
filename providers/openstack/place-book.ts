import { SpringtideError, type Clock } from '@springtide/kernel';
import { z } from 'zod';
import type { OpenstackAccount } from './account.js';
import type { At, OpenstackApi } from './openstack-api.js';

const MEMORY_MS = 60_000;
const REFUSED_MEMORY_MS = 5 * 60_000;

const flavorSchema = z.object({
  id: z.string(),
  name: z.string(),
  vcpus: z.number(),
  ram: z.number(),
  disk: z.number(),
  'OS-FLV-EXT-DATA:ephemeral': z.number().default(0),
  // Empty text for none.
  swap: z.union([z.number(), z.literal('')]).default(0),
});
const zonesSchema = z.object({
  availabilityZoneInfo: z.array(
    z.object({
      zoneName: z.string(),
      zoneState: z.object({ available: z.boolean() }),
      hosts: z
        .record(z.string(), z.record(z.string(), z.object({ available: z.boolean(), active: z.boolean() })))
        .nullish(),
    }),
  ),
});
export const networkSchema = z.object({
  id: z.string(),
  name: z.string(),
  'router:external': z.boolean().default(false),
});

export type Flavor = z.infer<typeof flavorSchema>;
/** `hosts` are the ones whose nova-compute lives; undefined where the account may not see them. */
export type Zone = Readonly<{ name: string; hosts: readonly string[] | undefined }>;

/** What changes seldom and every launch needs: flavours, zones, the usual network. Remembered for a minute. */
export class PlaceBook {
  readonly #known = new Map<string, Readonly<{ value: Promise<unknown>; until: number }>>();
  #detailRefusedUntil = 0;

  constructor(
    private readonly api: OpenstackApi,
    private readonly account: OpenstackAccount,
    private readonly clock: Clock,
  ) {}

  async flavors(at: At): Promise<readonly Flavor[]> {
    return this.#remembered(`flavors ${at.region}`, async () =>
      this.api.all(
        at,
        {
          service: 'compute',
          path: '/flavors/detail',
          key: 'flavors',
          pageSize: this.account.pageSize,
          doing: 'the list of flavours',
        },
        flavorSchema,
      ),
    );
  }

  /** @throws invalid-argument. */
  async flavor(at: At, name: string): Promise<Flavor> {
    const found = (await this.flavors(at)).find((flavor) => flavor.name === name);
    if (found !== undefined) return found;
    this.#known.delete(`flavors ${at.region}`);
    const again = (await this.flavors(at)).find((flavor) => flavor.name === name);
    if (again !== undefined) return again;
    throw new SpringtideError('invalid-argument', `OpenStack has no flavour "${name}"; nothing was created`);
  }

  /** Always fresh where hosts matter: one that died a minute ago has no room. */
  async zones(at: At): Promise<readonly Zone[]> {
    const { availabilityZoneInfo } = await this.#zoneInfo(at);
    return availabilityZoneInfo
      .filter(({ zoneName }) => zoneName !== 'internal')
      .map(({ zoneName, hosts }) => ({
        name: zoneName,
        hosts:
          hosts === null || hosts === undefined
            ? undefined
            : Object.entries(hosts)
                .filter(([, services]) => {
                  const compute = services['nova-compute'];
                  return compute !== undefined && compute.active && compute.available;
                })
                .map(([host]) => host),
      }));
  }

  /** Id of the network that a machine goes to. @throws invalid-argument. */
  async network(at: At, wanted: string | undefined): Promise<string> {
    const id = wanted ?? (await this.usualNetwork(at));
    if (id !== undefined) return id;
    const count = (await this.#innerNetworks(at)).length;
    throw new SpringtideError(
      'invalid-argument',
      `the project has ${count === 0 ? 'no network' : `${count} networks`} and the request names none; nothing was created`,
      { nextStep: 'Name a network in the account’s settings or in the request.' },
    );
  }

  /** Id of the network for machines that name none: the account's, or the project's only one. Undefined: such are refused. */
  async usualNetwork(at: At): Promise<string | undefined> {
    if (this.account.network !== undefined) return this.account.network;
    const [only, ...others] = await this.#innerNetworks(at);
    return others.length === 0 ? only?.id : undefined;
  }

  /** Those on which machines can be: what leads outside is for routers and floating addresses. */
  async #innerNetworks(at: At): Promise<readonly z.infer<typeof networkSchema>[]> {
    const call = { service: 'network', path: '/networks', key: 'networks' } as const;
    const { pageSize } = this.account;
    const networks = await this.#remembered(`networks ${at.region}`, async () =>
      this.api.all(at, { ...call, pageSize, doing: 'the list of networks' }, networkSchema),
    );
    return networks.filter((network) => !network['router:external']);
  }

  async #zoneInfo(at: At): Promise<z.infer<typeof zonesSchema>> {
    const doing = 'the list of zones';
    const plain = { service: 'compute', path: '/os-availability-zone', doing } as const;
    if (this.clock.now().getTime() < this.#detailRefusedUntil) return this.api.get(at, plain, zonesSchema);
    try {
      return await this.api.get(at, { ...plain, path: `${plain.path}/detail` }, zonesSchema);
    } catch (thrown) {
      if (!isRefused(thrown)) throw thrown;
      this.#detailRefusedUntil = this.clock.now().getTime() + REFUSED_MEMORY_MS;
      return this.api.get(at, plain, zonesSchema);
    }
  }

  async #remembered<T>(key: string, read: () => Promise<T>): Promise<T> {
    const now = this.clock.now().getTime();
    const known = this.#known.get(key);
    if (known !== undefined && now < known.until) return known.value as Promise<T>;
    const value = read();
    this.#known.set(key, { value, until: now + MEMORY_MS });
    value.catch(() => this.#known.delete(key));
    return value;
  }
}

export function isRefused(thrown: unknown): boolean {
  return thrown instanceof SpringtideError && thrown.code === 'permission-denied';
}
