import { SpringtideError } from '@springtide/kernel';
import type {
  LaunchBatch,
  Machine,
  MachineState,
  Offering,
  Ownership,
  Satellite,
} from '@springtide/provider-kit';
import type { AnswerOf, RequestOf, WireMachine, WireOffering } from './cloud/index.js';

const PREFIX = 'springtide/';
const REQUIRED = ['installation', 'tenant', 'intent', 'token'] as const;
const OPTIONAL = ['campaign', 'service', 'releaseBy'] as const;

const STATES: Readonly<Record<WireMachine['status'], MachineState>> = {
  booting: 'pending',
  up: 'running',
  ending: 'terminating',
  error: 'failed',
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
    labels: Object.fromEntries(Object.entries(wire.tags).filter(([key]) => !key.startsWith(PREFIX))),
    ...(wire.reason === undefined ? {} : { stateReason: wire.reason }),
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
