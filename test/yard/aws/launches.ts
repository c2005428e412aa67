import type { CloudBook, Market } from './cloud-book.js';
import { interfacesOf, toYardMachine, withState } from './instance-shape.js';
import { errorAnswer, xmlAnswer, type WireAnswer, type WireCall } from './query-protocol.js';
import type { YardSeed } from './seed.js';
import type { Upstream } from './upstream.js';
import { documentText, parseXml, type XmlElement } from './xml-element.js';

type LaunchKind = Readonly<{ machineType: string; zone: string; market: Market; vcpu: number }>;
export type Refusal = Readonly<{ status: number; code: string; message: string }>;

const TERMINATED = { code: 48, name: 'terminated' } as const;

/** RunInstances with what the emulator lacks: tokens, stock, quota, partial fulfilment, `pending`, interface tags. */
export class LaunchDesk {
  private readonly byToken = new Map<string, { fingerprint: string; answer: Promise<WireAnswer> }>();
  private readonly vcpuByType = new Map<string, number>();
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly upstream: Upstream,
    private readonly book: CloudBook,
    private readonly seed: () => YardSeed,
  ) {}

  reset(): void {
    this.byToken.clear();
  }

  async run(call: WireCall): Promise<WireAnswer> {
    if (call.params.get('DryRun') === 'true') return this.upstream.forward(call);
    const [answer, repeated] = await this.once(call, this.zoneOf(call), () => this.launchNow(call));
    return repeated && answer.status < 300 ? this.replay(answer) : answer;
  }

  /**
   * Does the work once per token, region and zone, and says whether this is the answer of an earlier call. A failed call
   * leaves no trace, so that its token can be used again.
   */
  async once(
    call: WireCall,
    zone: string,
    work: () => Promise<WireAnswer>,
  ): Promise<readonly [WireAnswer, boolean]> {
    const token = call.params.get('ClientToken');
    if (token === undefined) return [await this.inTurn(work), false];
    if (!/^[\x20-\x7e]{1,64}$/.test(token)) {
      const text = 'ClientToken must be at most 64 ASCII characters';
      return [errorAnswer('ec2', 400, 'InvalidParameterValue', text), false];
    }
    const key = [call.action, call.region, zone, token].join(' ');
    const fingerprint = fingerprintOf(call.params);
    const earlier = this.byToken.get(key);
    if (earlier !== undefined && earlier.fingerprint !== fingerprint) {
      const text =
        'The client token you have provided is associated with a resource that was created with different parameters.';
      return [errorAnswer('ec2', 400, 'IdempotentParameterMismatch', text), false];
    }
    const answer = earlier?.answer ?? this.inTurn(work);
    this.byToken.set(key, { fingerprint, answer });
    const outcome = await answer.catch((thrown: unknown) => {
      this.byToken.delete(key);
      throw thrown;
    });
    if (outcome.status >= 300) this.byToken.delete(key);
    return [outcome, earlier !== undefined];
  }

  private replay(recorded: WireAnswer): WireAnswer {
    const root = parseXml(String(recorded.body));
    for (const instance of root.list('instancesSet')) {
      const id = instance.textAt('instanceId');
      const ended = this.book.isTerminated(id) ? TERMINATED : { code: 16, name: 'running' };
      withState(instance, this.book.overlay(id) ?? ended);
    }
    return xmlAnswer(documentText(root));
  }

  /** One at a time: what is granted must still be there when it is booked. */
  private inTurn(work: () => Promise<WireAnswer>): Promise<WireAnswer> {
    const turn = this.queue.then(work);
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  private async launchNow(call: WireCall): Promise<WireAnswer> {
    const machineType = call.params.get('InstanceType') ?? '';
    const zone = this.zoneOf(call);
    const minimum = Number(call.params.get('MinCount') ?? '1');
    const wanted = Number(call.params.get('MaxCount') ?? '1');
    if (!(minimum >= 1 && wanted >= minimum)) {
      return errorAnswer(
        'ec2',
        400,
        'InvalidParameterValue',
        'MinCount must be 1 or more and at most MaxCount',
      );
    }
    const market: Market =
      call.params.get('InstanceMarketOptions.MarketType') === 'spot' ? 'spot' : 'on-demand';
    const kind = await this.kindOf(machineType, zone, market, call.region);
    const granted = this.grant(kind, minimum, wanted);
    if (typeof granted !== 'number') return errorAnswer('ec2', granted.status, granted.code, granted.message);
    const answer = await this.upstream.forward(call, this.completed(call, zone, granted));
    if (answer.status >= 300) return answer;
    return this.registered(call, parseXml(String(answer.body)), kind);
  }

  /** How many of those wanted there are, or why there are not enough. */
  grant(kind: LaunchKind, minimum: number, wanted: number): number | Refusal {
    const { machineType, zone, market, vcpu } = kind;
    const inStock = this.book.stockLeft(machineType, zone, market);
    if (inStock < minimum) return noCapacity(machineType, zone, market);
    const inQuota = Math.floor(this.book.vcpuLeft(market) / Math.max(1, vcpu));
    if (inQuota < minimum) return overQuota(market);
    return Math.min(wanted, inStock, inQuota);
  }

  /** The emulator creates MinCount machines, and places those without a subnet where nothing answers. */
  private completed(call: WireCall, zone: string, granted: number): Map<string, string> {
    const params = new Map(call.params).set('MinCount', String(granted)).set('MaxCount', String(granted));
    const subnet = this.seed().subnets[zone];
    const hasPlace =
      params.has('SubnetId') || [...params.keys()].some((key) => key.startsWith('NetworkInterface.'));
    if (!hasPlace && subnet !== undefined) params.set('SubnetId', subnet);
    return params;
  }

  private async registered(call: WireCall, root: XmlElement, kind: LaunchKind): Promise<WireAnswer> {
    const tags = tagSpecification(call.params, 'network-interface');
    const instances = root.list('instancesSet');
    for (const instance of instances) {
      this.book.add({ id: instance.textAt('instanceId'), interfaces: interfacesOf(instance), ...kind });
      withState(instance, { code: 0, name: 'pending' });
    }
    await this.tagInterfaces(call.region, instances.flatMap(interfacesOf), tags);
    return xmlAnswer(documentText(root));
  }

  /** Machines that the emulator started some other way; their interfaces get the machines' own tags. */
  async register(region: string, instances: readonly XmlElement[], kind: LaunchKind): Promise<void> {
    for (const instance of instances) {
      const { id, tags } = toYardMachine(instance);
      const interfaces = interfacesOf(instance);
      this.book.add({ id, interfaces, ...kind });
      await this.tagInterfaces(region, interfaces, Object.entries(tags));
    }
  }

  async kindOf(machineType: string, zone: string, market: Market, region: string): Promise<LaunchKind> {
    return { machineType, zone, market, vcpu: await this.vcpuOf(machineType, region) };
  }

  /** Empty for a zone that the yard does not have. */
  subnetOf(zone: string): string {
    return this.seed().subnets[zone] ?? '';
  }

  zoneOfSubnet(wanted: string): string | undefined {
    return Object.entries(this.seed().subnets).find(([, subnet]) => subnet === wanted)?.[0];
  }

  /** The emulator knows tag specifications for instances and volumes only. */
  private async tagInterfaces(
    region: string,
    ids: readonly string[],
    tags: readonly (readonly [string, string])[],
  ): Promise<void> {
    if (tags.length === 0 || ids.length === 0) return;
    const params: Record<string, string> = { Action: 'CreateTags' };
    ids.forEach((id, n) => (params[`ResourceId.${n + 1}`] = id));
    tags.forEach(([key, value], n) => {
      params[`Tag.${n + 1}.Key`] = key;
      params[`Tag.${n + 1}.Value`] = value;
    });
    await this.upstream.query('ec2', region, params);
  }

  private zoneOf(call: WireCall): string {
    const bySubnet = this.zoneOfSubnet(call.params.get('SubnetId') ?? '');
    const [first = ''] = Object.keys(this.seed().subnets);
    return bySubnet ?? call.params.get('Placement.AvailabilityZone') ?? first;
  }

  private async vcpuOf(machineType: string, region: string): Promise<number> {
    const known = this.vcpuByType.get(machineType);
    if (known !== undefined) return known;
    const vcpu = await this.upstream
      .query('ec2', region, { Action: 'DescribeInstanceTypes', 'InstanceType.1': machineType })
      // A type that does not exist is refused by the emulator in the launch itself.
      .then(
        (root) => Number(root.list('instanceTypeSet')[0]?.textAt('vCpuInfo', 'defaultVCpus') ?? 1),
        () => 1,
      );
    this.vcpuByType.set(machineType, vcpu);
    return vcpu;
  }
}

export function noCapacity(machineType: string, zone: string, market: Market): Refusal {
  const message =
    market === 'spot'
      ? 'There is no Spot capacity available that matches your request.'
      : `We currently do not have sufficient ${machineType} capacity in the Availability Zone you requested (${zone}).`;
  return { status: 500, code: 'InsufficientInstanceCapacity', message };
}

export function overQuota(market: Market): Refusal {
  return market === 'spot'
    ? { status: 400, code: 'MaxSpotInstanceCountExceeded', message: 'Max spot instance count exceeded' }
    : {
        status: 400,
        code: 'VcpuLimitExceeded',
        message:
          'You have requested more vCPU capacity than your current vCPU limit allows for the instance bucket that the specified instance type belongs to.',
      };
}

function fingerprintOf(params: ReadonlyMap<string, string>): string {
  return JSON.stringify(
    [...params].filter(([key]) => key !== 'ClientToken').toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function tagSpecification(params: ReadonlyMap<string, string>, resourceType: string): [string, string][] {
  for (let n = 1; ; n += 1) {
    const type = params.get(`TagSpecification.${n}.ResourceType`);
    if (type === undefined) return [];
    if (type !== resourceType) continue;
    const tags: [string, string][] = [];
    for (let t = 1; params.has(`TagSpecification.${n}.Tag.${t}.Key`); t += 1) {
      const at = `TagSpecification.${n}.Tag.${t}`;
      tags.push([params.get(`${at}.Key`) ?? '', params.get(`${at}.Value`) ?? '']);
    }
    return tags;
  }
}
