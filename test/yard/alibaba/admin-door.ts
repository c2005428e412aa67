import { z } from 'zod';
import type { CallLog } from './call-log.js';
import type { AlibabaCloud } from './cloud.js';
import type { Instance } from './ecs/instance.js';
import { newId } from './ids.js';
import { readFaults, type FaultList } from './faults.js';
import type { WireAnswer } from './front.js';
import type { RateWindows } from './rate-windows.js';
import { trafficTruth } from './traffic-truth.js';
import { readSettings } from './settings.js';
import { createEip } from './vpc/eip.js';
import type { AccessDesk } from './wire/access-desk.js';

export type AdminParts = Readonly<{
  cloud: AlibabaCloud;
  desk: AccessDesk;
  faults: FaultList;
  rates: RateWindows;
  log: CallLog;
}>;

/** Ground truth about a machine; `visible` is false while readers do not see it yet. */
export type YardMachine = Readonly<{
  id: string;
  machineType: string;
  regionId: string;
  zone: string;
  state: string;
  privateIp: string;
  tags: Readonly<Record<string, string>>;
  spot: boolean;
  visible: boolean;
  token?: string;
  userData?: string;
  autoReleaseAt?: string;
}>;

const stockSchema = z.strictObject({
  zone: z.string(),
  machineType: z.string(),
  free: z.number().int().nullable(),
});
const privatePoolSchema = z.strictObject({
  zone: z.string(),
  machineType: z.string(),
  machines: z.number().int().min(1),
  kind: z.enum(['reservation', 'assurance']).default('reservation'),
  open: z.boolean().default(true),
  platform: z.string().default('linux'),
  beginsInMs: z.number().min(0).default(0),
  endsInMs: z.number().min(0).optional(),
  hours: z.tuple([z.number(), z.number()]).optional(),
});
const tagsSchema = z.record(z.string(), z.string()).default({});
const foreignSchema = z.strictObject({
  machineType: z.string(),
  zone: z.string(),
  count: z.number().int().min(1).default(1),
  tags: tagsSchema,
  spot: z.boolean().default(false),
  running: z.boolean().default(false),
});
const diskSchema = z.strictObject({
  zone: z.string(),
  tags: tagsSchema,
  attachTo: z.string().optional(),
  deleteWithInstance: z.boolean().default(false),
});
const ownedSchema = z.strictObject({ machineId: z.string(), tags: tagsSchema });
const kubeconfigSchema = z.strictObject({ cluster: z.string().default('*'), config: z.string() });
const healthSchema = z.strictObject({ address: z.string(), port: z.number().int(), healthy: z.boolean() });
const idsSchema = z.strictObject({ ids: z.array(z.string()) });
const timeSchema = z.strictObject({ advanceMs: z.number().min(0) });
const occupiedSchema = z.strictObject({ vswitchId: z.string(), addresses: z.number().int().min(0) });
const keySchema = z.strictObject({
  accessKeyId: z.string(),
  secret: z.string(),
  securityToken: z.string().optional(),
  expiresAt: z.string().optional(),
  allowedActions: z.array(z.string()).optional(),
  identity: z
    .strictObject({ type: z.enum(['root-account', 'ram-user', 'assumed-role']), userName: z.string() })
    .optional(),
});

type Act = (input: unknown) => unknown;

/** What stands behind `/_yard/…`: the ground truth, and the levers. JSON in, JSON out, no credentials. */
export class AdminDoor {
  private readonly acts: Readonly<Record<string, Act>>;

  constructor(private readonly parts: AdminParts) {
    this.acts = { ...this.readActs(), ...this.faultActs(), ...this.machineActs() };
  }

  answer(method: string, path: string, body: string): WireAnswer {
    const act = this.acts[`${method} ${path.slice('/_yard/'.length)}`];
    if (act === undefined) return json(404, { error: `no such door: ${method} ${path}` });
    try {
      this.parts.cloud.catchUp();
      const output = act(body === '' ? {} : (JSON.parse(body) as unknown));
      this.parts.cloud.catchUp();
      return json(200, output);
    } catch (thrown) {
      return json(400, { error: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  }

  private readActs(): Readonly<Record<string, Act>> {
    const { cloud, faults, log } = this.parts;
    return {
      'GET machines': () => [...cloud.instances.all()].map((instance) => this.truthOf(instance)),
      'GET calls': () => log.list(),
      'GET traffic': () => trafficTruth(cloud),
      'GET clusters': () =>
        [...cloud.clusters.all.values()].map((cluster) => ({
          ...cluster,
          pools: [...cluster.pools.values()],
        })),
      'GET state': () => ({
        settings: cloud.settings,
        stock: cloud.stock.list(),
        faults: faults.list(),
        regions: [...cloud.regions.values()],
        machines: cloud.instances.size,
        disks: cloud.disks.size,
      }),
    };
  }

  private faultActs(): Readonly<Record<string, Act>> {
    const { cloud, desk, faults, rates, log } = this.parts;
    return {
      'POST faults': (input) => {
        faults.add(readFaults(input));
        return faults.list();
      },
      'DELETE faults': () => {
        faults.clear();
        return [];
      },
      'POST stock': (input) => {
        const { zone, machineType, free } = stockSchema.parse(input);
        cloud.stock.set(zone, machineType, free);
        return cloud.stock.list();
      },
      'POST private-pools': (input) => this.createPrivatePool(privatePoolSchema.parse(input)),
      'POST settings': (input) => {
        cloud.change(readSettings(input));
        rates.clear();
        return cloud.settings;
      },
      'POST time': (input) => {
        cloud.clock.advance(timeSchema.parse(input).advanceMs);
        return { life: new Date(cloud.clock.life()).toISOString() };
      },
      'POST addresses': (input) => {
        const { vswitchId, addresses } = occupiedSchema.parse(input);
        const vswitch = cloud.network.vswitches.get(vswitchId);
        if (vswitch === undefined) throw new Error(`no vswitch ${vswitchId}`);
        vswitch.occupied = addresses;
        return { free: vswitch.free };
      },
      'POST keys': (input) => {
        const { accessKeyId, secret, securityToken, expiresAt, allowedActions, identity } =
          keySchema.parse(input);
        desk.put({
          accessKeyId,
          secret,
          ...(securityToken === undefined ? {} : { securityToken }),
          ...(expiresAt === undefined ? {} : { expiresAt }),
          ...(allowedActions === undefined ? {} : { allowedActions }),
          ...(identity === undefined ? {} : { identity }),
        });
        return { accessKeyId };
      },
      'POST reset': () => {
        cloud.reset();
        faults.clear();
        rates.clear();
        log.clear();
        return {};
      },
    };
  }

  private machineActs(): Readonly<Record<string, Act>> {
    const { cloud } = this.parts;
    return {
      'POST foreign': (input) => this.createForeign(foreignSchema.parse(input)),
      'POST release': (input) => {
        for (const id of idsSchema.parse(input).ids) cloud.machines.remove(this.instance(id));
        return {};
      },
      'POST reclaim': (input) => {
        for (const id of idsSchema.parse(input).ids) cloud.machines.reclaim(this.instance(id));
        return {};
      },
      'POST disks': (input) => this.createDisk(diskSchema.parse(input)),
      'POST interfaces': (input) => this.createInterface(ownedSchema.parse(input)),
      'POST kubeconfig': (input) => {
        const { cluster, config } = kubeconfigSchema.parse(input);
        cloud.clusters.kubeconfigs.set(cluster, config);
        return {};
      },
      'POST health': (input) => {
        const { address, port, healthy } = healthSchema.parse(input);
        cloud.balancing.health.set(`${address}:${port}`, healthy);
        return {};
      },
      'POST eips': (input) => this.createAddress(ownedSchema.parse(input)),
    };
  }

  /** What people set aside in the vendor's console. */
  private createPrivatePool(order: z.infer<typeof privatePoolSchema>): { id: string } {
    const { cloud } = this.parts;
    const region = [...cloud.regions.values()].find(({ zones }) => zones.includes(order.zone));
    if (region === undefined) throw new Error(`there is no zone ${order.zone}`);
    const { zone, beginsInMs, endsInMs, hours, ...rest } = order;
    const now = cloud.clock.life();
    const id = newId(rest.kind === 'reservation' ? 'crp' : 'eap');
    cloud.privatePools.all.add({
      ...rest,
      id,
      order: cloud.privatePools.all.nextOrder(),
      regionId: region.regionId,
      zoneId: zone,
      startsAt: now + beginsInMs,
      ...(endsInMs === undefined ? {} : { endsAt: now + endsInMs }),
      ...(hours === undefined ? {} : { hours }),
    });
    return { id };
  }

  /** Machines that somebody else made in the same account. */
  private createForeign(order: z.infer<typeof foreignSchema>): { ids: string[] } {
    const { cloud } = this.parts;
    const region = [...cloud.regions.values()].find(({ zones }) => zones.includes(order.zone));
    const vswitch = cloud.network.vswitches.get(region?.vswitches[order.zone] ?? '');
    const type = cloud.types.get(order.machineType);
    if (region === undefined || vswitch === undefined || type === undefined) {
      throw new Error(`there is no zone ${order.zone} or no type ${order.machineType}`);
    }
    const { regionId, imageId, securityGroupId } = region;
    const ids = Array.from({ length: order.count }, () => {
      const instance = cloud.machines.create({
        regionId,
        vswitch,
        type,
        imageId,
        securityGroupIds: [securityGroupId],
        tags: new Map(Object.entries(order.tags)),
        ...(order.spot
          ? { spot: { strategy: 'SpotAsPriceGo', durationHours: 1, interruption: 'Terminate' } as const }
          : {}),
      });
      if (order.running) cloud.machines.runNow(instance);
      return instance.id;
    });
    return { ids };
  }

  /** A disk that no machine holds, or that outlives the machine it is attached to. */
  private createDisk(order: z.infer<typeof diskSchema>): { id: string } {
    const { cloud } = this.parts;
    const region = [...cloud.regions.values()].find(({ zones }) => zones.includes(order.zone));
    if (region === undefined) throw new Error(`there is no zone ${order.zone}`);
    const disk = {
      id: newId('d'),
      order: cloud.disks.nextOrder(),
      regionId: region.regionId,
      zoneId: order.zone,
      type: 'data' as const,
      category: 'cloud_essd',
      sizeGib: 40,
      createdAt: cloud.clock.life(),
      tags: new Map(Object.entries(order.tags)),
      deleteWithInstance: order.deleteWithInstance,
    };
    cloud.disks.add(disk);
    if (order.attachTo !== undefined) cloud.machines.attach(disk, this.instance(order.attachTo).id);
    return { id: disk.id };
  }

  /** A second network interface, which stays when its machine ends. */
  private createInterface(order: z.infer<typeof ownedSchema>): { id: string } {
    const { cloud } = this.parts;
    const instance = this.instance(order.machineId);
    const { regionId, vswitch, securityGroupIds } = instance;
    const added = {
      id: newId('eni'),
      order: cloud.interfaces.nextOrder(),
      type: 'Secondary' as const,
      regionId,
      vswitch,
      securityGroupIds,
      address: vswitch.take(),
      createdAt: cloud.clock.life(),
      tags: new Map(Object.entries(order.tags)),
      instance,
    };
    cloud.interfaces.add(added);
    return { id: added.id };
  }

  /** A public address of its own, which stays when its machine ends. */
  private createAddress(order: z.infer<typeof ownedSchema>): { id: string; address: string } {
    const instance = this.instance(order.machineId);
    const eip = createEip(this.parts.cloud, {
      regionId: instance.regionId,
      tags: new Map(Object.entries(order.tags)),
      bandwidth: '5',
    });
    eip.instanceId = instance.id;
    return { id: eip.id, address: eip.address };
  }

  private instance(id: string): Instance {
    const instance = this.parts.cloud.instances.get(id);
    if (instance === undefined) throw new Error(`there is no machine ${id}`);
    return instance;
  }

  private truthOf(instance: Instance): YardMachine {
    const { clock } = this.parts.cloud;
    return {
      id: instance.id,
      machineType: instance.type.id,
      regionId: instance.regionId,
      zone: instance.zoneId,
      state: instance.status,
      privateIp: instance.address,
      tags: Object.fromEntries(instance.tags),
      spot: instance.spot !== undefined,
      visible: instance.visibleAt <= clock.life(),
      ...(instance.token === undefined ? {} : { token: instance.token }),
      ...(instance.userData === undefined ? {} : { userData: instance.userData }),
      ...(instance.autoReleaseAt === undefined
        ? {}
        : { autoReleaseAt: clock.shown(instance.autoReleaseAt).toISOString() }),
    };
  }
}

function json(status: number, value: unknown): WireAnswer {
  return { status, type: 'application/json', body: JSON.stringify(value) };
}
