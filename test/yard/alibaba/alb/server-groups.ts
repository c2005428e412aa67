import { z } from 'zod';
import type { AlibabaCloud } from '../cloud.js';
import { secondStamp } from '../cloud-clock.js';
import { dryRunPassed } from '../ecs/run-instances.js';
import { hasTags } from '../ecs/describe-instances.js';
import { newId } from '../ids.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { parameterTree } from '../wire/parameter-tree.js';
import { invalidParameter, WireError } from '../wire/wire-error.js';
import { mustBeAt, type Balancing, type Server, type ServerGroup } from './balancing.js';
import { tokenPage } from './token-page.js';

const MOST_SERVERS = 200;

const serversSchema = z
  .array(
    z.object({
      ServerId: z.string().optional(),
      ServerIp: z.string().optional(),
      ServerType: z.enum(['Ecs', 'Eni', 'Eci', 'Ip', 'fc']).optional(),
      Port: z.coerce.number().int().min(1).max(65_535),
      Weight: z.coerce.number().int().min(0).max(100).optional(),
      Description: z.string().optional(),
      RemoteIpEnabled: z.string().optional(),
    }),
  )
  .min(1)
  .max(MOST_SERVERS);

type AskedServer = z.infer<typeof serversSchema>[number];

export function listServerGroups(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const ids = call.list('ServerGroupIds');
  const names = call.list('ServerGroupNames');
  const vpc = call.text('VpcId');
  const { region } = call;
  const tags = call.tags();
  const page = tokenPage(
    call,
    cloud.balancing.groups.values(),
    (group) =>
      (ids.length === 0 || ids.includes(group.id)) &&
      (names.length === 0 || names.includes(group.name)) &&
      (vpc === undefined || vpc === group.vpcId) &&
      (region === undefined || region === group.regionId) &&
      hasTags(group.tags, tags),
  );
  return { ...page.about, ServerGroups: page.items.map((group) => groupShape(cloud, group)) };
}

function groupShape({ balancing, clock }: AlibabaCloud, group: ServerGroup): AnswerBody {
  return {
    ServerGroupId: group.id,
    ServerGroupName: group.name,
    ServerGroupStatus: group.status,
    ServerGroupType: group.type,
    Protocol: group.protocol,
    Scheduler: 'Wrr',
    VpcId: group.vpcId,
    ResourceGroupId: '',
    ServerCount: group.servers.length,
    CreateTime: secondStamp(clock.shown(group.createdAt)),
    RelatedLoadBalancerIds: relatedLoadBalancers(balancing, group.id),
    HealthCheckConfig: {
      HealthCheckEnabled: true,
      HealthCheckInterval: 2,
      HealthCheckProtocol: 'TCP',
      HealthyThreshold: 3,
      UnhealthyThreshold: 3,
    },
    StickySessionConfig: { StickySessionEnabled: false },
    Tags: [...group.tags].map(([Key, Value]) => ({ Key, Value })),
  };
}

function relatedLoadBalancers(balancing: Balancing, groupId: string): readonly string[] {
  const listeners = new Set(
    [...balancing.listeners.values()].filter((each) => each.defaultGroup === groupId).map(({ id }) => id),
  );
  for (const { actions, listenerId } of balancing.rules.values()) {
    const tuples = actions.flatMap(({ ForwardGroupConfig }) => ForwardGroupConfig?.ServerGroupTuples ?? []);
    if (tuples.some(({ ServerGroupId }) => ServerGroupId === groupId)) listeners.add(listenerId);
  }
  return [...new Set([...listeners].map((id) => balancing.listener(id).loadBalancerId))];
}

export function listServerGroupServers(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const wanted = call.text('ServerGroupId');
  const ids = call.list('ServerIds');
  const { groups } = cloud.balancing;
  const servers = [...groups.values()]
    .filter(({ id }) => wanted === undefined || wanted === id)
    .flatMap((group) => group.servers.map((server, order) => ({ group, server, order })));
  const page = tokenPage(call, servers, ({ server }) => ids.length === 0 || ids.includes(server.serverId));
  return {
    ...page.about,
    Servers: page.items.map(({ group, server }) => ({
      ServerGroupId: group.id,
      ServerId: server.serverId,
      ServerIp: server.serverIp,
      ServerType: server.type,
      Port: server.port,
      Weight: server.weight,
      Status: server.status,
      Description: server.description,
    })),
  };
}

export function addServers(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  return change(cloud, call, (group, asked) => {
    const added = asked.map((each) => newServer(cloud, group, each));
    for (const server of added) {
      if (group.servers.some((each) => isSame(each, server))) {
        throw new WireError(409, 'ResourceAlreadyExist.BackendServer', 'The backend server already exists.');
      }
    }
    group.servers = [...group.servers, ...added];
    return () => {
      for (const server of added) server.status = 'Available';
    };
  });
}

export function removeServers(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  return change(cloud, call, (group, asked) => {
    const removed = asked.map((each) => findServer(group, each));
    for (const server of removed) server.status = 'Removing';
    return () => {
      group.servers = group.servers.filter((server) => !removed.includes(server));
    };
  });
}

/** Weights and descriptions; a weight of 0 gets no new requests. */
export function updateServers(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  return change(cloud, call, (group, asked) => {
    const changes = asked.map((each) => [findServer(group, each), each.Weight] as const);
    for (const [server] of changes) server.status = 'Configuring';
    return () => {
      for (const [server, weight] of changes) {
        server.weight = weight ?? server.weight;
        server.status = 'Available';
      }
    };
  });
}

export function createServerGroup(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  return cloud.tokens.once(call, cloud.clock.life(), () => {
    const regionId = call.region ?? [...cloud.regions.keys()][0] ?? '';
    const group = cloud.balancing.addGroup({
      id: newId('sgp').replace('-bp1', '-'),
      name: call.need('ServerGroupName'),
      regionId,
      vpcId: call.text('VpcId') ?? cloud.region(regionId).vpcId,
      type: call.text('ServerGroupType') === 'Ip' ? 'Ip' : 'Instance',
      protocol: call.text('Protocol') ?? 'HTTP',
      tags: new Map(call.tags()),
    });
    group.status = 'Configuring';
    const job = cloud.balancing.later(call.action, group.id, () => {
      group.status = 'Available';
    });
    return { ServerGroupId: group.id, JobId: job.id };
  });
}

export function deleteServerGroup(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const group = cloud.balancing.group(call.need('ServerGroupId'));
  if (relatedLoadBalancers(cloud.balancing, group.id).length > 0) {
    throw new WireError(409, 'ResourceInUse.ServerGroup', 'The specified server group is in use.');
  }
  cloud.balancing.groups.delete(group.id);
  return { JobId: cloud.balancing.later(call.action, group.id, () => undefined).id };
}

/** `act` marks what is changing and gives back what takes effect later. */
function change(
  cloud: AlibabaCloud,
  call: ApiCall,
  act: (group: ServerGroup, asked: readonly AskedServer[]) => () => void,
): AnswerBody {
  return cloud.tokens.once(call, cloud.clock.life(), () => {
    const group = cloud.balancing.group(call.need('ServerGroupId'));
    const asked = serversSchema.safeParse(parameterTree(call.parameters, 'Servers'));
    if (!asked.success) throw invalidParameter('Servers', z.prettifyError(asked.error));
    mustBeAt(group.status, 'Available', 'ServerGroup', group.id);
    if (call.flag('DryRun') === true) throw dryRunPassed();
    const takeEffect = act(group, asked.data);
    group.status = 'Configuring';
    const job = cloud.balancing.later(call.action, group.id, () => {
      group.status = 'Available';
      takeEffect();
    });
    return { JobId: job.id };
  });
}

function newServer(cloud: AlibabaCloud, group: ServerGroup, asked: AskedServer): Server {
  const isIp = group.type === 'Ip' || asked.ServerType === 'Ip';
  const serverId = asked.ServerId ?? asked.ServerIp ?? '';
  const address = isIp ? (asked.ServerIp ?? serverId) : cloud.instances.get(serverId)?.address;
  if (address === undefined) {
    throw new WireError(
      404,
      'ResourceNotFound.BackendServer',
      `The backend server ${serverId} is not found.`,
    );
  }
  return {
    serverId,
    serverIp: address,
    type: isIp ? 'Ip' : 'Ecs',
    port: asked.Port,
    weight: asked.Weight ?? 100,
    description: asked.Description ?? '',
    status: 'Adding',
  };
}

function findServer(group: ServerGroup, asked: AskedServer): Server {
  const wanted = asked.ServerId ?? asked.ServerIp;
  const found = group.servers.find(({ serverId, port }) => serverId === wanted && port === asked.Port);
  if (found !== undefined) return found;
  const text = `The backend server ${wanted ?? ''}:${asked.Port} is not found.`;
  throw new WireError(404, 'ResourceNotFound.BackendServer', text);
}

function isSame(a: Server, b: Server): boolean {
  return a.serverId === b.serverId && a.port === b.port;
}
