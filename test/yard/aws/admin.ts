import { z } from 'zod';
import type { CloudBook, YardSettings } from './cloud-book.js';
import { readFault, type Buckets, type FaultList } from './faults.js';
import { interfacesOf } from './instance-shape.js';
import type { InstanceReader } from './instances.js';
import type { WireAnswer, WireCall } from './query-protocol.js';
import type { YardSeed } from './seed.js';
import type { Upstream } from './upstream.js';

const KEPT_CALLS = 5_000;

/** `status` is absent for a call whose connection was cut. */
export type RecordedCall = Readonly<{ at: string; action: string; token?: string; status?: number }>;

export type AdminParts = Readonly<{
  region: string;
  upstream: Upstream;
  book: CloudBook;
  faults: FaultList;
  buckets: Buckets;
  reader: InstanceReader;
  seed: () => YardSeed;
  reset: () => Promise<void>;
}>;

const stockSchema = z.object({
  machineType: z.string(),
  zone: z.string(),
  machines: z.number().int().nullable(),
  market: z.enum(['on-demand', 'spot']).default('on-demand'),
});
const tagsSchema = z.record(z.string(), z.string()).default({});
const foreignSchema = z.object({
  machineType: z.string(),
  zone: z.string(),
  count: z.number().int().default(1),
  tags: tagsSchema,
});
const volumeSchema = z.object({ zone: z.string(), tags: tagsSchema, attachTo: z.string().optional() });
const reclaimSchema = z.object({ ids: z.array(z.string()), noticeMs: z.number().min(0) });
const idsSchema = z.object({ ids: z.array(z.string()) });

/** What stands behind `/_yard/…`: the ground truth, and the levers. JSON in, JSON out, no credentials. */
export class AdminDoor {
  private calls: RecordedCall[] = [];

  constructor(private readonly parts: AdminParts) {}

  record(call: WireCall, status: number | undefined): void {
    const token = call.params.get('ClientToken');
    this.calls.push({
      at: new Date().toISOString(),
      action: call.action,
      ...(token === undefined ? {} : { token }),
      ...(status === undefined ? {} : { status }),
    });
    if (this.calls.length > KEPT_CALLS) this.calls = this.calls.slice(-KEPT_CALLS / 2);
  }

  async answer(method: string, target: string, body: Buffer): Promise<WireAnswer> {
    const route = `${method} ${target.split('?')[0]}`;
    try {
      const input: unknown = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
      const output = await this.act(route, input);
      if (method !== 'GET') this.parts.reader.touch();
      return output === undefined ? json(404, { error: `no such door: ${route}` }) : json(200, output);
    } catch (thrown) {
      return json(400, { error: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  }

  private async act(route: string, input: unknown): Promise<unknown> {
    const { book, faults } = this.parts;
    switch (route) {
      case 'GET /_yard/machines':
        return this.parts.reader.groundTruth(this.parts.region);
      case 'GET /_yard/calls':
        return this.calls;
      case 'GET /_yard/state':
        return {
          settings: book.settings,
          stock: book.stockList(),
          faults: faults.list(),
          seed: this.parts.seed(),
        };
      case 'POST /_yard/faults':
        for (const fault of Array.isArray(input) ? input : [input]) faults.add(readFault(fault));
        return faults.list();
      case 'DELETE /_yard/faults':
        faults.clear();
        return [];
      case 'POST /_yard/stock': {
        const { machineType, zone, machines, market } = stockSchema.parse(input);
        book.setStock(machineType, zone, machines, market);
        return book.stockList();
      }
      case 'POST /_yard/settings':
        book.change(input as Partial<YardSettings>);
        this.parts.buckets.clear();
        return book.settings;
      case 'POST /_yard/foreign':
        return this.launchForeign(foreignSchema.parse(input));
      case 'POST /_yard/volumes':
        return this.createVolume(volumeSchema.parse(input));
      case 'POST /_yard/terminate':
        return this.terminateOutside(idsSchema.parse(input).ids);
      case 'POST /_yard/reclaim':
        return this.reclaim(reclaimSchema.parse(input));
      case 'POST /_yard/reset':
        await this.parts.reset();
        this.calls = [];
        return this.parts.seed();
      default:
        return undefined;
    }
  }

  /** Machines that somebody else made in the same account. */
  private async launchForeign(order: z.infer<typeof foreignSchema>): Promise<{ ids: string[] }> {
    const root = await this.query({
      Action: 'RunInstances',
      InstanceType: order.machineType,
      ImageId: this.parts.seed().imageId,
      SubnetId: this.parts.seed().subnets[order.zone] ?? '',
      MinCount: String(order.count),
      MaxCount: String(order.count),
      ...tagParams('instance', order.tags),
    });
    const { machineType, zone } = order;
    const ids: string[] = [];
    for (const instance of root.list('instancesSet')) {
      const id = instance.textAt('instanceId');
      const interfaces = interfacesOf(instance);
      this.parts.book.add({ id, machineType, zone, interfaces, vcpu: 0, market: 'on-demand' });
      ids.push(id);
    }
    return { ids };
  }

  /** A disk that no machine holds, or that outlives the machine it is attached to. */
  private async createVolume(order: z.infer<typeof volumeSchema>): Promise<{ id: string }> {
    const root = await this.query({
      Action: 'CreateVolume',
      AvailabilityZone: order.zone,
      Size: '8',
      ...tagParams('volume', order.tags),
    });
    const id = root.textAt('volumeId');
    if (order.attachTo !== undefined) {
      const at = { VolumeId: id, InstanceId: order.attachTo, Device: '/dev/sdf' };
      await this.query({ Action: 'AttachVolume', ...at });
    }
    return { id };
  }

  private async terminateOutside(ids: readonly string[]): Promise<{ ids: readonly string[] }> {
    await this.query({
      Action: 'TerminateInstances',
      ...Object.fromEntries(ids.map((id, n) => [`InstanceId.${n + 1}`, id])),
    });
    for (const id of ids) await this.parts.reader.endOf(id, this.parts.region);
    return { ids };
  }

  /** Notice at once, the end after `noticeMs`: two minutes in the real service. */
  private reclaim({ ids, noticeMs }: z.infer<typeof reclaimSchema>): { ids: readonly string[] } {
    for (const id of ids) this.parts.book.reclaim(id);
    const timer = setTimeout(() => {
      void this.terminateOutside(ids).then(() => this.parts.reader.touch());
    }, noticeMs);
    timer.unref();
    return { ids };
  }

  private query(params: Readonly<Record<string, string>>) {
    return this.parts.upstream.query('ec2', this.parts.region, params);
  }
}

function tagParams(resourceType: string, tags: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(tags);
  if (entries.length === 0) return {};
  const params: Record<string, string> = { 'TagSpecification.1.ResourceType': resourceType };
  entries.forEach(([key, value], n) => {
    params[`TagSpecification.1.Tag.${n + 1}.Key`] = key;
    params[`TagSpecification.1.Tag.${n + 1}.Value`] = value;
  });
  return params;
}

function json(status: number, value: unknown): WireAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
