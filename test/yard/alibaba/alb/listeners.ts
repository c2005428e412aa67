import { z } from 'zod';
import type { AlibabaCloud } from '../cloud.js';
import { dryRunPassed } from '../ecs/run-instances.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { parameterTree } from '../wire/parameter-tree.js';
import { invalidParameter } from '../wire/wire-error.js';
import {
  actionsSchema,
  mustBeAt,
  type Balancing,
  type Listener,
  type LoadBalancer,
  type RuleAction,
  type ServerGroup,
} from './balancing.js';
import { tokenPage } from './token-page.js';

/** The default action forwards to one group, without a weight: shares belong to rules. */
const defaultActionsSchema = z
  .array(
    z.strictObject({
      Type: z.literal('ForwardGroup'),
      ForwardGroupConfig: z.strictObject({
        ServerGroupTuples: z.array(z.strictObject({ ServerGroupId: z.string() })).length(1),
      }),
    }),
  )
  .length(1);

export function listLoadBalancers(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const ids = call.list('LoadBalancerIds');
  const names = call.list('LoadBalancerNames');
  const { region } = call;
  const page = tokenPage(
    call,
    cloud.balancing.loadBalancers.values(),
    ({ id, name, regionId }) =>
      (ids.length === 0 || ids.includes(id)) &&
      (names.length === 0 || names.includes(name)) &&
      (region === undefined || region === regionId),
  );
  return { ...page.about, LoadBalancers: page.items.map(balancerShape) };
}

export function getLoadBalancer(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const id = call.need('LoadBalancerId');
  const found = cloud.balancing.loadBalancers.get(id);
  if (found === undefined) throw invalidParameter('LoadBalancerId', 'there is no such load balancer');
  return {
    ...balancerShape(found),
    RegionId: found.regionId,
    ZoneMappings: Object.entries(found.vswitches).map(([ZoneId, VSwitchId]) => ({
      ZoneId,
      VSwitchId,
      LoadBalancerAddresses: [],
    })),
  };
}

function balancerShape(balancer: LoadBalancer): AnswerBody {
  return {
    LoadBalancerId: balancer.id,
    LoadBalancerName: balancer.name,
    LoadBalancerStatus: 'Active',
    LoadBalancerBussinessStatus: 'Normal',
    LoadBalancerEdition: 'Standard',
    AddressType: 'Intranet',
    AddressIpVersion: 'IPv4',
    DNSName: balancer.dnsName,
    VpcId: balancer.vpcId,
    CreateTime: '2026-01-01T00:00:00Z',
    ResourceGroupId: '',
    LoadBalancerBillingConfig: { PayType: 'PostPay' },
    Tags: [],
  };
}

export function listListeners(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const ids = call.list('ListenerIds');
  const balancers = call.list('LoadBalancerIds');
  const { region } = call;
  const page = tokenPage(
    call,
    cloud.balancing.listeners.values(),
    ({ id, loadBalancerId, regionId }) =>
      (ids.length === 0 || ids.includes(id)) &&
      (balancers.length === 0 || balancers.includes(loadBalancerId)) &&
      (region === undefined || region === regionId),
  );
  return { ...page.about, Listeners: page.items.map(listenerShape) };
}

export function getListener(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  return listenerShape(cloud.balancing.listener(call.need('ListenerId')));
}

function listenerShape(listener: Listener): AnswerBody {
  return {
    ListenerId: listener.id,
    ListenerPort: listener.port,
    ListenerProtocol: listener.protocol,
    ListenerStatus: listener.status,
    ListenerDescription: listener.description,
    LoadBalancerId: listener.loadBalancerId,
    IdleTimeout: 15,
    RequestTimeout: 60,
    GzipEnabled: true,
    DefaultActions: [
      {
        Type: 'ForwardGroup',
        ForwardGroupConfig: { ServerGroupTuples: [{ ServerGroupId: listener.defaultGroup }] },
      },
    ],
    Tags: [...listener.tags].map(([Key, Value]) => ({ Key, Value })),
  };
}

export function updateListener(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  return cloud.tokens.once(call, cloud.clock.life(), () => {
    const { balancing } = cloud;
    const listener = balancing.listener(call.need('ListenerId'));
    const group = readDefaultGroup(balancing, call);
    mustBeAt(listener.status, 'Running', 'Listener', listener.id);
    if (call.flag('DryRun') === true) throw dryRunPassed();
    listener.status = 'Configuring';
    const job = balancing.later(call.action, listener.id, () => {
      listener.status = 'Running';
      listener.defaultGroup = group ?? listener.defaultGroup;
      listener.description = call.text('ListenerDescription') ?? listener.description;
    });
    return { JobId: job.id };
  });
}

function readDefaultGroup(balancing: Balancing, call: ApiCall): string | undefined {
  const tree = parameterTree(call.parameters, 'DefaultActions');
  if (tree === undefined) return undefined;
  const read = defaultActionsSchema.safeParse(tree);
  if (!read.success) {
    throw invalidParameter(
      'DefaultActions',
      `it takes one server group and no weight: ${z.prettifyError(read.error)}`,
    );
  }
  const id = read.data[0]?.ForwardGroupConfig.ServerGroupTuples[0]?.ServerGroupId ?? '';
  return balancing.group(id).id;
}

/** Only what is not normal is named. */
export function getListenerHealth(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const { balancing } = cloud;
  const listener = balancing.listener(call.need('ListenerId'));
  const rules = [...balancing.rules.values()].filter(({ listenerId }) => listenerId === listener.id);
  return {
    ListenerHealthStatus: [
      {
        ListenerId: listener.id,
        ListenerPort: listener.port,
        ListenerProtocol: listener.protocol,
        ServerGroupInfos: [groupHealth(balancing, balancing.group(listener.defaultGroup))],
      },
    ],
    RuleHealthStatus:
      call.flag('IncludeRule') === true
        ? rules.map((rule) => ({
            RuleId: rule.id,
            ServerGroupInfos: groupsOf(rule.actions).map((id) => groupHealth(balancing, balancing.group(id))),
          }))
        : [],
  };
}

function groupHealth(balancing: Balancing, group: ServerGroup): AnswerBody {
  const sick = group.servers.filter((server) => !balancing.isHealthy(server));
  return {
    ServerGroupId: group.id,
    ActionType: 'ForwardGroup',
    HealthCheckEnabled: 'on',
    ServerCount: group.servers.length,
    NonNormalServers: sick.map((server) => ({
      ServerId: server.serverId,
      ServerIp: server.serverIp,
      Port: server.port,
      Status: 'Unhealthy',
      Reason: { ReasonCode: 'CONNECT_FAILED' },
    })),
  };
}

export function groupsOf(actions: readonly RuleAction[]): readonly string[] {
  return actions.flatMap(({ ForwardGroupConfig }) =>
    (ForwardGroupConfig?.ServerGroupTuples ?? []).map(({ ServerGroupId }) => ServerGroupId),
  );
}

export function readActions(balancing: Balancing, call: ApiCall): readonly RuleAction[] | undefined {
  const tree = parameterTree(call.parameters, 'RuleActions');
  if (tree === undefined) return undefined;
  const read = actionsSchema.safeParse(tree);
  if (!read.success) throw invalidParameter('RuleActions', z.prettifyError(read.error));
  for (const { ForwardGroupConfig } of read.data) {
    const tuples = ForwardGroupConfig?.ServerGroupTuples ?? [];
    for (const { ServerGroupId } of tuples) balancing.group(ServerGroupId);
    if (tuples.length > 1 && tuples.some(({ Weight }) => Weight === undefined)) {
      throw invalidParameter('RuleActions', 'with more than one server group each needs a weight');
    }
  }
  return read.data;
}
