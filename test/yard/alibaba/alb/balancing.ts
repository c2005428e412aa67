import { z } from 'zod';
import type { AlibabaCloud } from '../cloud.js';
import { newId } from '../ids.js';
import type { RegionSeed } from '../seed.js';
import { WireError } from '../wire/wire-error.js';

export type Server = {
  readonly serverId: string;
  readonly serverIp: string;
  readonly type: string;
  readonly port: number;
  readonly description: string;
  weight: number;
  status: 'Adding' | 'Available' | 'Configuring' | 'Removing';
};

export type ServerGroup = {
  readonly id: string;
  readonly order: number;
  readonly regionId: string;
  readonly name: string;
  readonly vpcId: string;
  readonly type: 'Instance' | 'Ip';
  readonly protocol: string;
  readonly createdAt: number;
  readonly tags: Map<string, string>;
  status: 'Available' | 'Configuring';
  servers: Server[];
};

/** Text values of the wire become what the vendor answers with. */
const tuple = z.object({
  ServerGroupId: z.string(),
  Weight: z.coerce.number().int().min(0).max(100).optional(),
});
const tuples = z.object({
  ServerGroupTuples: z.array(tuple).min(1).max(5),
  ServerGroupStickySession: z
    .object({
      Enabled: z.stringbool().optional(),
      Timeout: z.coerce.number().optional(),
    })
    .optional(),
});
const values = z.object({ Values: z.array(z.string()).min(1) });
const keyed = z.object({ Key: z.string(), Values: z.array(z.string()).min(1) });
const pairs = z.object({
  Values: z.array(z.object({ Key: z.string().optional(), Value: z.string().optional() })).min(1),
});

export const actionsSchema = z
  .array(
    z.object({
      Type: z.enum(['ForwardGroup', 'FixedResponse', 'Redirect', 'InsertHeader', 'RemoveHeader', 'Rewrite']),
      Order: z.coerce.number().int().optional(),
      ForwardGroupConfig: tuples.optional(),
      FixedResponseConfig: z.record(z.string(), z.string()).optional(),
      RedirectConfig: z.record(z.string(), z.string()).optional(),
      InsertHeaderConfig: z.record(z.string(), z.string()).optional(),
      RemoveHeaderConfig: z.record(z.string(), z.string()).optional(),
      RewriteConfig: z.record(z.string(), z.string()).optional(),
    }),
  )
  .min(1);

export const conditionsSchema = z
  .array(
    z.object({
      Type: z.enum(['Host', 'Path', 'Header', 'QueryString', 'Method', 'Cookie', 'SourceIp']),
      HostConfig: values.optional(),
      PathConfig: values.optional(),
      MethodConfig: values.optional(),
      SourceIpConfig: values.optional(),
      HeaderConfig: keyed.optional(),
      QueryStringConfig: pairs.optional(),
      CookieConfig: pairs.optional(),
    }),
  )
  .min(1);

export type RuleAction = z.infer<typeof actionsSchema>[number];
export type RuleCondition = z.infer<typeof conditionsSchema>[number];

export type Rule = {
  readonly id: string;
  readonly order: number;
  readonly regionId: string;
  readonly listenerId: string;
  readonly tags: Map<string, string>;
  name: string;
  priority: number;
  conditions: readonly RuleCondition[];
  actions: readonly RuleAction[];
  status: 'Provisioning' | 'Available' | 'Configuring';
};

export type Listener = {
  readonly id: string;
  readonly order: number;
  readonly regionId: string;
  readonly loadBalancerId: string;
  readonly protocol: string;
  readonly port: number;
  readonly tags: Map<string, string>;
  description: string;
  defaultGroup: string;
  status: 'Running' | 'Configuring';
};

export type LoadBalancer = Readonly<{
  id: string;
  order: number;
  regionId: string;
  name: string;
  vpcId: string;
  dnsName: string;
  vswitches: Readonly<Record<string, string>>;
}>;

export type Job = { readonly id: string; readonly api: string; readonly resourceId: string; status: string };

/** Application load balancers: what a data plane would follow. `revision` grows whenever something took effect. */
export class Balancing {
  readonly loadBalancers = new Map<string, LoadBalancer>();
  readonly listeners = new Map<string, Listener>();
  readonly rules = new Map<string, Rule>();
  readonly groups = new Map<string, ServerGroup>();
  readonly jobs = new Map<string, Job>();
  /** Whether members answer, by `address:port`, as far as anybody said or looked. */
  readonly health = new Map<string, boolean>();
  revision = 0;
  private order = 0;

  constructor(
    private readonly cloud: AlibabaCloud,
    regions: readonly RegionSeed[],
  ) {
    for (const region of regions) this.addRegion(region);
  }

  nextOrder(): number {
    this.order += 1;
    return this.order;
  }

  /** Answers at once and takes effect later, as the vendor's asynchronous operations do. */
  later(api: string, resourceId: string, act: () => void): Job {
    const job: Job = { id: newId('job'), api, resourceId, status: 'Processing' };
    this.jobs.set(job.id, job);
    const { agenda, clock, settings } = this.cloud;
    agenda.add(clock.life() + settings.configuringMs, () => {
      act();
      job.status = 'Succeeded';
      this.revision += 1;
    });
    return job;
  }

  /** Listener, default group and a rule for everything, which forwards to two groups by weight. */
  private addRegion({ regionId, vpcId, vswitches, balancing }: RegionSeed): void {
    const { loadBalancerId, listenerId, ruleId, homeGroupId, burstGroupId } = balancing;
    this.loadBalancers.set(loadBalancerId, {
      id: loadBalancerId,
      order: this.nextOrder(),
      regionId,
      name: 'shop',
      vpcId,
      dnsName: `${loadBalancerId}.${regionId}.alb.aliyuncs.com`,
      vswitches,
    });
    for (const [id, name] of [
      [homeGroupId, 'home'],
      [burstGroupId, 'burst'],
    ] as const) {
      this.addGroup({ id, name, regionId, vpcId, type: 'Ip', protocol: 'HTTP', tags: new Map() });
    }
    this.listeners.set(listenerId, {
      id: listenerId,
      order: this.nextOrder(),
      regionId,
      loadBalancerId,
      protocol: 'HTTP',
      port: 80,
      tags: new Map(),
      description: 'shop',
      defaultGroup: homeGroupId,
      status: 'Running',
    });
    this.rules.set(ruleId, {
      id: ruleId,
      order: this.nextOrder(),
      regionId,
      listenerId,
      tags: new Map(),
      name: 'shares',
      priority: 1_000,
      conditions: [{ Type: 'Path', PathConfig: { Values: ['/*'] } }],
      actions: [sharesOf({ [homeGroupId]: 100, [burstGroupId]: 0 })],
      status: 'Available',
    });
  }

  addGroup(
    of: Pick<ServerGroup, 'id' | 'name' | 'regionId' | 'vpcId' | 'type' | 'protocol' | 'tags'>,
  ): ServerGroup {
    const createdAt = this.cloud.clock.life();
    const group: ServerGroup = {
      ...of,
      order: this.nextOrder(),
      createdAt,
      status: 'Available',
      servers: [],
    };
    this.groups.set(group.id, group);
    return group;
  }

  /** @throws WireError ResourceNotFound.ServerGroup */
  group(id: string): ServerGroup {
    return this.groups.get(id) ?? missing('ServerGroup', id);
  }

  listener(id: string): Listener {
    return this.listeners.get(id) ?? missing('Listener', id);
  }

  rule(id: string): Rule {
    return this.rules.get(id) ?? missing('Rule', id);
  }

  /** One that nobody looked at is healthy, unless somebody is about to. */
  isHealthy({ serverIp, port }: Pick<Server, 'serverIp' | 'port'>): boolean {
    return this.health.get(`${serverIp}:${port}`) ?? this.cloud.settings.healthProbeMs === 0;
  }
}

function sharesOf(weights: Readonly<Record<string, number>>): RuleAction {
  return {
    Type: 'ForwardGroup',
    Order: 1,
    ForwardGroupConfig: {
      ServerGroupTuples: Object.entries(weights).map(([ServerGroupId, Weight]) => ({
        ServerGroupId,
        Weight,
      })),
    },
  };
}

function missing(what: string, id: string): never {
  throw new WireError(404, `ResourceNotFound.${what}`, `The specified resource ${what} ${id} is not found.`);
}

/** @throws WireError while an earlier change is being carried out. */
export function mustBeAt(status: string, wanted: string, what: string, id: string): void {
  if (status === wanted) return;
  const text = `The specified ${what} ${id} is being configured, please try again later.`;
  throw new WireError(409, `ResourceInConfiguring.${what}`, text);
}
