import type { PlannedOffer, PlannedType } from './plan.js';
import type { WireMachine } from './wire.js';

/** So long before it takes a spot machine back the cloud says so. */
const NOTICE_MS = 120_000;

/** Everything that will happen to a machine is written at its launch or by a call, as instants in ms. */
export type CloudMachine = {
  readonly sequence: number;
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly zone: string;
  readonly type: PlannedType;
  readonly offer: PlannedOffer;
  readonly image: string;
  /** What it reads when it boots. */
  readonly userData: string | undefined;
  readonly network: string | undefined;
  readonly address: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly runsAt: number;
  readonly failsAt: number;
  interruptedAt: number;
  deletedByOthersAt: number;
  /** The hypervisor that carries it, in a private cloud. */
  readonly host: number | undefined;
  visibleAt: number;
  releaseAt: number;
  terminatedAt: number;
  /** From the end to gone; infinite while the end is stuck. */
  endingMs: number;
  terminationCalls: number;
};

/** What the cloud calls a hypervisor. */
export function hostId(zone: string, number: number): string {
  return `host-${zone}-${number + 1}`;
}

export type MachineStatus = WireMachine['status'] | 'gone';

export function statusOf(machine: CloudMachine, now: number): MachineStatus {
  if (now >= machine.deletedByOthersAt) return 'gone';
  const endsAt = endOf(machine);
  if (now >= endsAt) return now >= endsAt + machine.endingMs ? 'gone' : 'ending';
  if (now >= machine.failsAt) return 'error';
  return now >= machine.runsAt ? 'up' : 'booting';
}

function endOf(machine: CloudMachine): number {
  return Math.min(machine.terminatedAt, machine.releaseAt, machine.interruptedAt);
}

/** Until when it is paid for; infinite while nothing ends it. */
export function lastSecondOf(machine: CloudMachine): number {
  return Math.min(endOf(machine), machine.deletedByOthersAt);
}

function reasonOf(machine: CloudMachine, now: number): string | undefined {
  const status = statusOf(machine, now);
  if (status === 'error') return 'the host could not build the machine';
  if (status !== 'ending') return undefined;
  if (machine.interruptedAt <= now) return 'spot capacity was taken back';
  return machine.releaseAt <= now ? 'its time-to-live ended' : 'terminated on request';
}

function isNoticed(machine: CloudMachine, now: number): boolean {
  return statusOf(machine, now) === 'up' && now >= machine.interruptedAt - NOTICE_MS;
}

/** Undefined when it is gone, or too young for the listings to know it. */
export function seenAs(machine: CloudMachine, now: number): WireMachine | undefined {
  const status = statusOf(machine, now);
  if (status === 'gone' || now < machine.visibleAt) return undefined;
  const reason = reasonOf(machine, now);
  return {
    id: machine.id,
    name: machine.name,
    status,
    region: machine.region,
    zone: machine.zone,
    type: machine.type.name,
    market: machine.offer.option,
    image: machine.image,
    ...(machine.network === undefined ? {} : { network: machine.network }),
    ...(machine.host === undefined ? {} : { host: hostId(machine.zone, machine.host) }),
    tags: machine.tags,
    addresses: status === 'up' || status === 'ending' ? [machine.address] : [],
    createdAt: new Date(machine.createdAt).toISOString(),
    ...(reason === undefined ? {} : { reason }),
    ...(isNoticed(machine, now) ? { notice: 'spot capacity is taken back within two minutes' } : {}),
  };
}
