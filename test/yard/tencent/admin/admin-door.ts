import { z } from 'zod';
import { credentialSchema } from '../cloud/accounts.js';
import type { Cloud } from '../cloud/cloud.js';
import { faultSchema } from '../cloud/faults.js';
import { changedSettings } from '../cloud/settings.js';
import type { CallLog } from './call-log.js';
import { balancerViews, nameViews } from './balancer-view.js';
import { bindAddress, createDisk, createInterface, deleteOutside, launchForeign, reclaim } from './levers.js';
import { machineViews } from './machine-view.js';

const count = z.int().min(0);
const idsSchema = z.strictObject({ ids: z.array(z.string()) });

const schemas = {
  stock: z.strictObject({ zone: z.string(), machineType: z.string(), machines: count.nullable() }),
  subnet: z.strictObject({ id: z.string(), free: count.nullable() }),
  foreign: z.strictObject({
    zone: z.string(),
    machineType: z.string(),
    count: count.default(1),
    name: z.string().default('legacy'),
    tags: z.record(z.string(), z.string()).default({}),
  }),
  disk: z.strictObject({
    zone: z.string(),
    tags: z.record(z.string(), z.string()).default({}),
    attachTo: z.string().optional(),
  }),
  time: z.strictObject({ ms: z.number().min(0) }),
  boots: z.strictObject({ count }),
  secret: z.strictObject({ secretId: z.string() }),
  kubeconfig: z.strictObject({ cluster: z.string().default('*'), kubeconfig: z.string() }),
  health: z.strictObject({ ip: z.string(), port: count, alive: z.boolean().nullable() }),
  attached: z.strictObject({ attachTo: z.string() }),
};

type Reply = Readonly<{ status: number; body: unknown }>;

/** What stands behind `/_yard/…`: the ground truth, and the levers. JSON in, JSON out, no credentials. */
export class AdminDoor {
  constructor(
    private readonly cloud: Cloud,
    private readonly log: CallLog,
    private readonly onReset: () => void,
  ) {}

  async answer(method: string, target: string, body: Buffer): Promise<Reply> {
    const route = `${method} ${target.split('?')[0]?.slice('/_yard/'.length)}`;
    try {
      const input: unknown = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
      this.cloud.catchUp();
      const output = this.#read(route) ?? this.#act(route, input);
      this.cloud.catchUp();
      return output === undefined
        ? { status: 404, body: { error: `no such door: ${route}` } }
        : { status: 200, body: output };
    } catch (thrown) {
      const text = thrown instanceof z.ZodError ? z.prettifyError(thrown) : String(thrown);
      return { status: 400, body: { error: text } };
    }
  }

  #read(route: string): unknown {
    const { cloud } = this;
    switch (route) {
      case 'GET health':
        return { status: 'up' };
      case 'GET machines':
        return machineViews(cloud);
      case 'GET calls':
        return this.log.list();
      case 'GET balancers':
        return balancerViews(cloud);
      case 'GET clusters':
        return [...cloud.regions.values()].flatMap(({ clusters }) =>
          [...clusters.values()].map(({ id, name, state }) => ({ id, name, state })),
        );
      case 'GET names':
        return nameViews(cloud);
      case 'GET state':
        return {
          settings: cloud.settings,
          stock: this.#stock(),
          faults: cloud.faults.list(),
          now: cloud.now(),
        };
      default:
        return undefined;
    }
  }

  #act(route: string, input: unknown): unknown {
    const { cloud } = this;
    switch (route) {
      case 'POST faults':
        for (const fault of [input].flat()) cloud.faults.add(faultSchema.parse(fault));
        return cloud.faults.list();
      case 'DELETE faults':
        cloud.faults.clear();
        cloud.failingBoots = 0;
        return [];
      case 'POST settings':
        cloud.settings = changedSettings(input, cloud.settings);
        cloud.rates.clear();
        return cloud.settings;
      case 'POST stock':
        return this.#setStock(schemas.stock.parse(input));
      case 'POST subnets':
        return this.#limitSubnet(schemas.subnet.parse(input));
      case 'POST foreign':
        return launchForeign(cloud, schemas.foreign.parse(input));
      case 'POST disks':
        return createDisk(cloud, schemas.disk.parse(input));
      case 'POST terminate':
        return deleteOutside(cloud, idsSchema.parse(input).ids);
      case 'POST reclaim':
        return reclaim(cloud, idsSchema.parse(input).ids);
      case 'POST failing-boots':
        cloud.failingBoots = schemas.boots.parse(input).count;
        return { count: cloud.failingBoots };
      case 'POST pass-time':
        cloud.passTime(schemas.time.parse(input).ms);
        return { now: cloud.now() };
      case 'POST credentials':
        cloud.accounts.put(credentialSchema.parse(input));
        return {};
      case 'DELETE credentials':
        cloud.accounts.remove(schemas.secret.parse(input).secretId);
        return {};
      case 'POST kubeconfigs': {
        const { cluster, kubeconfig } = schemas.kubeconfig.parse(input);
        cloud.kubeconfigs.set(cluster, kubeconfig);
        return { cluster };
      }
      case 'POST health':
        return this.#tellHealth(schemas.health.parse(input));
      case 'POST addresses':
        return bindAddress(cloud, schemas.attached.parse(input).attachTo);
      case 'POST interfaces':
        return createInterface(cloud, schemas.attached.parse(input).attachTo);
      case 'POST reset':
        cloud.reset();
        this.log.clear();
        this.onReset();
        return {};
      default:
        return undefined;
    }
  }

  #setStock(order: z.output<typeof schemas.stock>): unknown {
    const region = [...this.cloud.regions.values()].find(({ zones }) => zones.includes(order.zone));
    if (region === undefined) throw new Error(`no zone ${order.zone}`);
    const pool = `${order.zone}/${order.machineType}`;
    if (order.machines === null) region.stock.delete(pool);
    else region.stock.set(pool, order.machines);
    return this.#stock();
  }

  #limitSubnet({ id, free }: z.output<typeof schemas.subnet>): unknown {
    const subnet = [...this.cloud.regions.values()].flatMap(({ subnets }) => subnets.get(id) ?? [])[0];
    if (subnet === undefined) throw new Error(`no subnet ${id}`);
    subnet.limit(free ?? undefined);
    return { id, free: subnet.free };
  }

  #tellHealth({ ip, port, alive }: z.output<typeof schemas.health>): unknown {
    if (alive === null) this.cloud.toldHealth.delete(`${ip}:${port}`);
    else this.cloud.toldHealth.set(`${ip}:${port}`, alive);
    return Object.fromEntries(this.cloud.toldHealth);
  }

  #stock(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.cloud.regions.values()].flatMap(({ stock }) => [...stock]));
  }
}
