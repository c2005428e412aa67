import { z } from 'zod';
import type { ActionHandler } from '../api.js';
import type { AlibabaCloud } from '../cloud.js';
import { numberedPage } from '../ecs/places.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { invalidParameter, WireError } from '../wire/wire-error.js';
import type { BackendServer, ClassicBalancer, ServerList, VServerGroup } from './classic-balancing.js';

const CREATED = '2026-01-01T00:00:00Z';
const MOST_SERVERS = 20;

const serversSchema = z
  .array(
    z.object({
      ServerId: z.string(),
      Port: z.coerce.number().int().min(1).max(65_535).optional(),
      Weight: z.coerce.number().int().min(0).max(100).optional(),
      Type: z.string().optional(),
      ServerIp: z.string().optional(),
      Description: z.string().optional(),
    }),
  )
  .max(MOST_SERVERS);

type AskedServer = z.infer<typeof serversSchema>[number];

function describeLoadBalancers(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const region = cloud.region(call.need('RegionId'));
  const ids = call.text('LoadBalancerId')?.split(',');
  const found = [...cloud.classic.balancers.values()].filter(
    ({ id, regionId }) => regionId === region.regionId && (ids === undefined || ids.includes(id)),
  );
  const page = numberedPage(found, call, 100);
  return { ...page.about, LoadBalancers: { LoadBalancer: page.items.map(balancerShape) } };
}

function describeLoadBalancer(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const balancer = cloud.classic.balancer(call.need('LoadBalancerId'));
  return {
    ...balancerShape(balancer),
    ListenerPorts: { ListenerPort: [80] },
    ListenerPortsAndProtocol: {
      ListenerPortAndProtocol: [{ ListenerPort: 80, ListenerProtocol: 'http', Description: '' }],
    },
    BackendServers: { BackendServer: balancer.servers.map((server) => serverShape(server, false)) },
  };
}

function balancerShape(balancer: ClassicBalancer): AnswerBody {
  return {
    LoadBalancerId: balancer.id,
    LoadBalancerName: balancer.name,
    LoadBalancerStatus: 'active',
    LoadBalancerSpec: 'slb.lcu.elastic',
    RegionId: balancer.regionId,
    MasterZoneId: balancer.zone,
    VpcId: balancer.vpcId,
    VSwitchId: balancer.vswitchId,
    NetworkType: 'vpc',
    AddressType: 'intranet',
    AddressIPVersion: 'ipv4',
    Address: '',
    PayType: 'PayOnDemand',
    InternetChargeType: 'paybytraffic',
    CreateTime: CREATED,
    ResourceGroupId: '',
    Tags: { Tag: [] },
  };
}

function describeGroups(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const balancer = cloud.classic.balancer(call.need('LoadBalancerId'));
  const groups = [...cloud.classic.groups.values()].filter(
    ({ loadBalancerId }) => loadBalancerId === balancer.id,
  );
  return {
    VServerGroups: {
      VServerGroup: groups.map((group) => ({
        VServerGroupId: group.id,
        VServerGroupName: group.name,
        ServerCount: group.servers.length,
        CreateTime: CREATED,
        AssociatedObjects: { Listeners: { Listener: [] }, Rules: { Rule: [] } },
        Tags: { Tag: [] },
      })),
    },
  };
}

function describeGroup(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const group = cloud.classic.group(call.need('VServerGroupId'));
  return {
    VServerGroupId: group.id,
    VServerGroupName: group.name,
    LoadBalancerId: group.loadBalancerId,
    BackendServers: { BackendServer: group.servers.map((server) => serverShape(server, true)) },
  };
}

/** What a change answers: no addresses. */
function changedGroup(group: VServerGroup, shapeOf = changedServer): AnswerBody {
  const BackendServer = group.servers.map((server) => ({ ...shapeOf(server), Port: server.port }));
  return { VServerGroupId: group.id, BackendServers: { BackendServer } };
}

function changedServer(server: BackendServer): AnswerBody {
  return { ...removedServer(server), Description: server.description };
}

function removedServer({ serverId, type, weight }: BackendServer): AnswerBody {
  return { ServerId: serverId, Type: type, Weight: weight };
}

function serverShape(server: BackendServer, withPort: boolean): AnswerBody {
  return {
    ServerId: server.serverId,
    ServerIp: server.serverIp,
    Type: server.type,
    Weight: server.weight,
    Description: server.description,
    ...(withPort ? { Port: server.port } : {}),
  };
}

function changeGroup(
  act: (list: ServerList, asked: readonly BackendServer[]) => void,
  shapeOf: (group: VServerGroup) => AnswerBody,
): ActionHandler {
  return (cloud, call) => {
    const group = cloud.classic.group(call.need('VServerGroupId'));
    act(group, readServers(cloud, call, 'BackendServers'));
    cloud.classic.revision += 1;
    return shapeOf(group);
  };
}

function changeBalancer(act: (list: ServerList, asked: readonly BackendServer[]) => void): ActionHandler {
  return (cloud, call) => {
    const balancer = cloud.classic.balancer(call.need('LoadBalancerId'));
    act(balancer, readServers(cloud, call, 'BackendServers'));
    cloud.classic.revision += 1;
    return {
      LoadBalancerId: balancer.id,
      BackendServers: { BackendServer: balancer.servers.map(changedServer) },
    };
  };
}

function add(list: ServerList, asked: readonly BackendServer[]): void {
  list.servers = [...list.servers.filter((server) => !asked.some((each) => isSame(each, server))), ...asked];
}

function remove(list: ServerList, asked: readonly BackendServer[]): void {
  list.servers = list.servers.filter((server) => !asked.some((each) => isSame(each, server)));
}

/** Weights of those that are there; others are not added. */
function setWeights(list: ServerList, asked: readonly BackendServer[]): void {
  for (const { serverId, port, weight } of asked) {
    const server = list.servers.find((each) => each.serverId === serverId && each.port === port);
    if (server === undefined) {
      throw new WireError(400, 'ObtainIpFail', `The backend server ${serverId} is not in the group.`);
    }
    server.weight = weight;
  }
}

function exchange(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const group = cloud.classic.group(call.need('VServerGroupId'));
  remove(group, readServers(cloud, call, 'OldBackendServers'));
  add(group, readServers(cloud, call, 'NewBackendServers'));
  cloud.classic.revision += 1;
  return changedGroup(group);
}

function describeHealth(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const balancer = cloud.classic.balancer(call.need('LoadBalancerId'));
  const groups = [...cloud.classic.groups.values()].filter(
    ({ loadBalancerId }) => loadBalancerId === balancer.id,
  );
  const servers = [balancer, ...groups].flatMap((list) => list.servers);
  return {
    BackendServers: {
      BackendServer: servers.map(({ serverId, serverIp, port }) => ({
        ServerId: serverId,
        ServerIp: serverIp,
        Port: port,
        ListenerPort: 80,
        Protocol: 'http',
        ServerHealthStatus: cloud.balancing.isHealthy({ serverIp, port }) ? 'normal' : 'abnormal',
      })),
    },
  };
}

function readServers(cloud: AlibabaCloud, call: ApiCall, name: string): readonly BackendServer[] {
  const text = call.text(name);
  if (text === undefined) return [];
  const read = serversSchema.safeParse(parseJson(name, text));
  if (!read.success) throw invalidParameter(name, z.prettifyError(read.error));
  return read.data.map((asked) => backendServer(cloud, asked));
}

function backendServer(cloud: AlibabaCloud, asked: AskedServer): BackendServer {
  const serverIp = asked.ServerIp ?? cloud.instances.get(asked.ServerId)?.address;
  if (serverIp === undefined) {
    throw new WireError(400, 'ObtainIpFail', `The backend server ${asked.ServerId} does not exist.`);
  }
  return {
    serverId: asked.ServerId,
    serverIp,
    type: asked.Type ?? 'ecs',
    port: asked.Port ?? 0,
    weight: asked.Weight ?? 100,
    description: asked.Description ?? '',
  };
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalidParameter(name, 'it must be a JSON array');
  }
}

function isSame(a: BackendServer, b: BackendServer): boolean {
  return a.serverId === b.serverId && a.port === b.port;
}

export const SLB_ACTIONS: Readonly<Record<string, ActionHandler>> = {
  DescribeLoadBalancers: describeLoadBalancers,
  DescribeLoadBalancerAttribute: describeLoadBalancer,
  DescribeVServerGroups: describeGroups,
  DescribeVServerGroupAttribute: describeGroup,
  AddVServerGroupBackendServers: changeGroup(add, (group) => changedGroup(group)),
  RemoveVServerGroupBackendServers: changeGroup(remove, (group) => changedGroup(group, removedServer)),
  SetVServerGroupAttribute: changeGroup(setWeights, (group) => ({
    ...changedGroup(group),
    VServerGroupName: group.name,
  })),
  ModifyVServerGroupBackendServers: exchange,
  AddBackendServers: changeBalancer(add),
  RemoveBackendServers: changeBalancer(remove),
  SetBackendServers: changeBalancer(setWeights),
  DescribeHealthStatus: describeHealth,
};
