import { SpringtideError } from '@springtide/kernel';
import type {
  Cluster,
  ClusterOrder,
  ClusterState,
  LaunchBatch,
  Machine,
  MachineState,
  Offering,
  Ownership,
  Relation,
  Resource,
  Satellite,
} from '@springtide/provider-kit';
import type {
  AnswerOf,
  RequestOf,
  WireCluster,
  WireMachine,
  WireOffering,
  WireResource,
} from './cloud/index.js';

const PREFIX = 'springtide/';
const REQUIRED = ['installation', 'tenant', 'intent', 'token'] as const;
const OPTIONAL = ['campaign', 'service', 'releaseBy'] as const;

const STATES: Readonly<Record<WireMachine['status'], MachineState>> = {
  booting: 'pending',
  up: 'running',
  ending: 'terminating',
  error: 'failed',
};

const CLUSTER_STATES: Readonly<Record<WireCluster['status'], ClusterState>> = {
  making: 'creating',
  up: 'running',
  scaling: 'updating',
  ending: 'deleting',
};

export const INSTALLATION_TAG = `${PREFIX}installation`;
export const INTENT_TAG = `${PREFIX}intent`;
export const TOKEN_TAG = `${PREFIX}token`;

export function runRequestOf(batch: LaunchBatch): RequestOf<'RunMachines'> {
  const { token, machineType, purchaseOption, subnet, userData, releaseAt, ownership, labels, ...rest } =
    batch;
  return {
    clientToken: token,
    region: rest.region,
    zone: rest.zone,
    type: machineType,
    market: purchaseOption,
    count: rest.count,
    minimum: rest.minimum,
    namePrefix: rest.namePrefix,
    image: rest.image,
    securityGroups: [...rest.securityGroups],
    tags: {
      ...labelsToTags(labels),
      ...ownershipToTags(ownership),
    },
    ...(subnet === undefined ? {} : { network: subnet }),
    ...(userData === undefined ? {} : { userData }),
    ...(releaseAt === undefined ? {} : { releaseAt }),
  };
}

export function machineOf(wire: WireMachine): Machine {
  const ownership = ownershipOf(wire.tags);
  return {
    id: wire.id,
    name: wire.name,
    state: STATES[wire.status],
    region: wire.region,
    zone: wire.zone,
    machineType: wire.type,
    purchaseOption: wire.market,
    addresses: wire.addresses,
    image: wire.image,
    launchedAt: wire.createdAt,
    ...(ownership === undefined ? {} : { ownership }),
    labels: labelsOf(wire.tags),
    relations: relationsOf(wire),
    ...(wire.reason === undefined ? {} : { stateReason: wire.reason }),
    ...(wire.notice === undefined ? {} : { notice: wire.notice }),
  };
}

export function offeringOf(wire: WireOffering, region: string): Offering {
  const { zone, type, family, arch, market, vcpu, memoryMiB, minimumBillingSeconds } = wire;
  return {
    region,
    zone,
    machineType: type,
    family,
    arch,
    purchaseOption: market,
    vcpu,
    memoryMiB,
    ...(wire.price === undefined ? {} : { pricePerHour: wire.price }),
    minimumBillingSeconds,
    stock: {
      level: levelOf(wire),
      machines: wire.free,
    },
    ...(wire.quotaGroup === undefined ? {} : { quotaGroup: wire.quotaGroup }),
    interruptionPerHour: wire.interruptionPerHour,
  };
}

export function satelliteOf(
  wire: AnswerOf<'ListSatellites'>['satellites'][number],
  region: string,
): Satellite {
  const intent = wire.tags[INTENT_TAG];
  const { id, kind, machineId } = wire;
  return { id, kind, region, machineId, ...(intent === undefined ? {} : { intent }) };
}

export function resourceOf(wire: WireResource, region: string): Resource {
  const { kind, id, name, zone, state, sizes, links, tags } = wire;
  const ownership = ownershipOf(tags);
  return {
    kind,
    id,
    name,
    region,
    ...(zone === undefined ? {} : { zone }),
    state,
    facts: sizes,
    labels: labelsOf(tags),
    relations: links.map(({ how, to, id: target }) => ({ kind: how, to, id: target })),
    ...(ownership === undefined ? {} : { ownership }),
  };
}

export function clusterOrderOf(order: ClusterOrder): RequestOf<'CreateCluster'> {
  const { token, nodePools, ownership, labels, region, name, version, network } = order;
  return {
    clientToken: token,
    region,
    name,
    ...(version === undefined ? {} : { version }),
    network,
    subnets: [...order.subnets],
    securityGroups: [...order.securityGroups],
    pools: nodePools.map((pool) => ({ name: pool.name, type: pool.machineType, nodes: pool.nodes })),
    tags: { ...labelsToTags(labels), ...ownershipToTags(ownership) },
  };
}

export function clusterOf(wire: WireCluster): Cluster {
  const { id, name, region, version, endpoint, createdAt, tags } = wire;
  const ownership = ownershipOf(tags);
  return {
    id,
    name,
    region,
    state: CLUSTER_STATES[wire.status],
    version,
    ...(endpoint === undefined ? {} : { endpoint }),
    nodePools: wire.pools.map((pool) => {
      return {
        id: pool.name,
        name: pool.name,
        machineType: pool.type,
        desired: pool.nodes,
        ready: pool.ready,
      };
    }),
    createdAt,
    ...(ownership === undefined ? {} : { ownership }),
    labels: labelsOf(tags),
  };
}

function labelsOf(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith(PREFIX)));
}

function relationsOf({ host, network, image }: WireMachine): readonly Relation[] {
  return [
    ...(host === undefined ? [] : [{ kind: 'runs-on', to: 'host', id: host } as const]),
    ...(network === undefined ? [] : [{ kind: 'inside', to: 'network', id: network } as const]),
    { kind: 'made-from', to: 'image', id: image },
  ];
}

function levelOf({ free, total }: WireOffering): Offering['stock']['level'] {
  if (free === 0) return 'none';
  if (free < total * 0.1) return 'low';
  return free < total * 0.4 ? 'normal' : 'enough';
}

/** A machine is ours only with the whole tag: a part of it is somebody's copy. */
function ownershipOf(tags: Readonly<Record<string, string>>): Ownership | undefined {
  const [installation, tenant, intent, token] = REQUIRED.map((name) => tags[PREFIX + name]);
  if (!installation || !tenant || !intent || !token) return undefined;
  const optional = OPTIONAL.flatMap((name) => {
    const value = tags[PREFIX + name];
    return value === undefined ? [] : [[name, value]];
  });
  return { installation, tenant, intent, token, ...Object.fromEntries(optional) };
}

function ownershipToTags(ownership: Ownership): Record<string, string> {
  const entries = Object.entries(ownership).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [PREFIX + name, value]));
}

function labelsToTags(labels: Readonly<Record<string, string>>): Record<string, string> {
  for (const key of Object.keys(labels)) {
    if (!key.startsWith(PREFIX)) continue;
    throw new SpringtideError(
      'invalid-argument',
      `a label must not begin with "${PREFIX}": ${key}; nothing was sent`,
    );
  }
  return { ...labels };
}
