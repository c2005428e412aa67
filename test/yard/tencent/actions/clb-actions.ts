import { startTask, type Balancer, type Listener, type Rule } from '../cloud/balancer.js';
import { WireError } from '../wire/wire-error.js';
import {
  filtered,
  OTHER_VALUES,
  pageOf,
  pageWish,
  type ActionCall,
  type Actions,
  type Filter,
} from './action.js';
import { balancerById, balancerOf, hostAware, listenerOf } from './clb-lookup.js';
import { balancerShape, healthShape, listenerShape, listenerTargetsShape } from './clb-shape.js';
import { clbTargetActions } from './clb-targets.js';

const PROTOCOLS = ['TCP', 'UDP', 'HTTP', 'HTTPS', 'TCP_SSL', 'QUIC'];
const TASK_CODES = { done: 0, failed: 1, running: 2 };

export const clbActions: Actions = {
  ...clbTargetActions,
  'clb/DescribeLoadBalancers': (call) => {
    const found = chosen(call);
    const page = pageOf(found, pageWish(call.params));
    return {
      TotalCount: found.length,
      LoadBalancerSet: page.map((each) => balancerShape(call.region(), each)),
    };
  },
  'clb/CreateLoadBalancer': (call) => {
    const count = Number(call.params['Number'] ?? 1);
    return { LoadBalancerIds: Array.from({ length: count }, () => createBalancer(call)), DealName: '' };
  },
  'clb/DeleteLoadBalancer': ({ cloud, region, params, requestId }) => {
    const balancers = (params['LoadBalancerIds'] as readonly string[]).map((id) =>
      balancerById(region().balancers, id),
    );
    const held = region().balancers;
    for (const each of balancers) startTask(cloud, region(), each, requestId, () => held.delete(each.id));
    return {};
  },
  'clb/DescribeListeners': (call) => {
    const found = listenersOf(call, balancerOf(call));
    return { TotalCount: found.length, Listeners: found.map(listenerShape) };
  },
  'clb/CreateListener': (call) => {
    const listeners = newListeners(call, balancerOf(call));
    change(call, (balancer) => balancer.listeners.push(...listeners));
    return { ListenerIds: listeners.map(({ id }) => id) };
  },
  'clb/DeleteListener': (call) => {
    const { id } = listenerOf(balancerOf(call), String(call.params['ListenerId']));
    change(call, (balancer) => {
      balancer.listeners = balancer.listeners.filter((listener) => listener.id !== id);
    });
    return {};
  },
  'clb/CreateRule': (call) => {
    const listener = listenerOf(balancerOf(call), String(call.params['ListenerId']));
    const rules = newRules(call, listener);
    change(call, () => listener.rules.push(...rules));
    return { LocationIds: rules.map(({ id }) => id) };
  },
  'clb/DeleteRule': (call) => {
    const listener = listenerOf(balancerOf(call), String(call.params['ListenerId']));
    const gone = namedRules(call, listener);
    change(call, () => {
      listener.rules = listener.rules.filter((rule) => !gone.includes(rule));
    });
    return {};
  },
  'clb/DescribeTargets': (call) => ({
    Listeners: listenersOf(call, balancerOf(call)).map((each) => listenerTargetsShape(call.region(), each)),
  }),
  'clb/DescribeTargetHealth': ({ cloud, region, params }) => {
    const { ListenerIds: listeners, LocationIds: locations } = params as {
      ListenerIds?: readonly string[];
      LocationIds?: readonly string[];
    };
    const ids = params['LoadBalancerIds'] as readonly string[];
    return {
      LoadBalancers: ids.map((id) => {
        const balancer = balancerById(region().balancers, id);
        const wanted = balancer.listeners.filter((each) => listeners?.includes(each.id) ?? true);
        const rulesOf = ({ rules }: Listener) => rules.filter((rule) => locations?.includes(rule.id) ?? true);
        return {
          LoadBalancerId: balancer.id,
          LoadBalancerName: balancer.name,
          Listeners: wanted.map((each) => healthShape(cloud, region(), each, rulesOf(each))),
        };
      }),
    };
  },
  'clb/DescribeTaskStatus': ({ region, params }) => {
    const task = region().tasks.get((params['TaskId'] ?? params['DealName'] ?? '') as string);
    if (task === undefined) throw new WireError('ResourceNotFound', 'The task is not found.');
    return { Status: TASK_CODES[task.state], LoadBalancerIds: task.balancerIds, Message: task.message };
  },
};

function chosen({ region, params }: ActionCall): readonly Balancer[] {
  const ids = params['LoadBalancerIds'] as readonly string[] | undefined;
  const { LoadBalancerName, LoadBalancerType, VpcId, LoadBalancerVips } = params as Record<string, unknown>;
  const vips = LoadBalancerVips as readonly string[] | undefined;
  const found = [...region().balancers.values()].filter(
    ({ id, name, type, vpcId, vip }) =>
      (ids?.includes(id) ?? true) &&
      (LoadBalancerName === undefined || name === LoadBalancerName) &&
      (LoadBalancerType === undefined || type === LoadBalancerType) &&
      (VpcId === undefined || vpcId === VpcId) &&
      (vips?.includes(vip) ?? true),
  );
  return filtered(
    found,
    params['Filters'] as readonly Filter[] | undefined,
    { 'charge-type': () => 'POSTPAID_BY_HOUR', 'vip-isp': () => 'BGP' },
    ({ tags }) => tags.map(({ TagKey, TagValue }) => ({ Key: TagKey, Value: TagValue })),
    OTHER_VALUES,
  );
}

function change(call: ActionCall, apply: (balancer: Balancer) => void): void {
  const balancer = balancerOf(call);
  startTask(call.cloud, call.region(), balancer, call.requestId, () => apply(balancer));
}

function createBalancer({ cloud, region, params, requestId }: ActionCall): string {
  const { LoadBalancerType, LoadBalancerName, VpcId, SubnetId, ProjectId, Tags } = params as {
    LoadBalancerType: string;
    LoadBalancerName?: string;
    VpcId?: string;
    SubnetId?: string;
    ProjectId?: number;
    Tags?: Balancer['tags'];
  };
  const id = cloud.ids.next('lb');
  const prefix = region().vpc.cidr.split('.').slice(0, 2).join('.');
  const balancer: Balancer = {
    id,
    name: LoadBalancerName ?? id,
    type: LoadBalancerType,
    // Beside all subnets, on this computer, so that a data plane can stand there.
    vip: `${prefix}.250.${region().balancers.size + 1}`,
    vpcId: VpcId ?? region().vpc.id,
    subnetId: SubnetId ?? '',
    projectId: ProjectId ?? 0,
    createdAt: cloud.now(),
    tags: Tags ?? [],
    listeners: [],
    ready: false,
    revision: 0,
  };
  region().balancers.set(id, balancer);
  startTask(cloud, region(), balancer, requestId, () => {
    balancer.ready = true;
  });
  return id;
}

function listenersOf({ params }: ActionCall, balancer: Balancer): readonly Listener[] {
  const ids = params['ListenerIds'] as readonly string[] | undefined;
  return balancer.listeners.filter(
    ({ id, protocol, port }) =>
      (ids === undefined || ids.length === 0 || ids.includes(id)) &&
      (params['Protocol'] === undefined || protocol === params['Protocol']) &&
      (params['Port'] === undefined || port === params['Port']),
  );
}

function newListeners({ cloud, params }: ActionCall, balancer: Balancer): readonly Listener[] {
  const { Ports, Protocol, ListenerNames, Scheduler } = params as {
    Ports: readonly number[];
    Protocol: string;
    ListenerNames?: readonly string[];
    Scheduler?: string;
  };
  // The vendor's own example says `tcp`.
  const protocol = Protocol.toUpperCase();
  if (!PROTOCOLS.includes(protocol)) {
    throw new WireError('InvalidParameterValue', `The protocol \`${Protocol}\` is not supported.`);
  }
  return Ports.map((port, n) => {
    if (
      balancer.listeners.some(
        (each) => each.port === port && (each.protocol === 'UDP') === (protocol === 'UDP'),
      )
    ) {
      throw new WireError('InvalidParameter.PortCheckFailed', `The port ${port} has a listener already.`);
    }
    return {
      id: cloud.ids.next('lbl'),
      name: ListenerNames?.[n] ?? '',
      protocol,
      port,
      scheduler: Scheduler ?? 'WRR',
      createdAt: cloud.now(),
      rules: [],
      targets: [],
    };
  });
}

function newRules({ cloud, params }: ActionCall, listener: Listener): readonly Rule[] {
  if (!hostAware(listener)) {
    throw new WireError('InvalidParameter', `A listener of protocol ${listener.protocol} has no rules.`);
  }
  const wishes = params['Rules'] as readonly { Url: string; Domain?: string; Domains?: readonly string[] }[];
  return wishes.map(({ Url, Domain, Domains }) => {
    const domain = Domain ?? Domains?.[0];
    if (domain === undefined) throw new WireError('MissingParameter', 'A rule needs Domain or Domains.');
    if (listener.rules.some((rule) => rule.domain === domain && rule.url === Url)) {
      throw new WireError(
        'InvalidParameterValue.Duplicate',
        `The rule \`${domain}${Url}\` is there already.`,
      );
    }
    return { id: cloud.ids.next('loc'), domain, url: Url, createdAt: cloud.now(), targets: [] };
  });
}

function namedRules({ params }: ActionCall, listener: Listener): readonly Rule[] {
  const ids = params['LocationIds'] as readonly string[] | undefined;
  const found = listener.rules.filter(({ id, domain, url }) =>
    ids === undefined ? domain === params['Domain'] && url === params['Url'] : ids.includes(id),
  );
  if (found.length > 0) return found;
  throw new WireError('InvalidParameter.LocationNotFound', 'No such rule is found.');
}
