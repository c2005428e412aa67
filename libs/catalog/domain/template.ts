import type { Instant } from '@springtide/kernel';

type MeasuredCapacity = Readonly<{
  /** The latency at the 99th percentile that the measurement held, in milliseconds. */
  latencyTargetMs: number;
  /** Where the number comes from: a load test, a rehearsal, last year's peak. Shown with every plan. */
  evidence: string;
}>;

/** Measured capacity of one machine: of one type, of a family at one size, or of a family per vCPU. */
export type CapacityRule = MeasuredCapacity &
  (
    | Readonly<{ machineType: string; requestsPerSecond: number }>
    | Readonly<{ family: string; vcpu: number; requestsPerSecond: number }>
    | Readonly<{ family: string; requestsPerSecondPerVcpu: number }>
  );

/** Image name as the cloud knows it; the most specific entry wins: account, then provider, then default. */
export type ServiceImage = Readonly<{
  default?: string;
  /** By provider id. */
  providers?: Readonly<Record<string, string>>;
  /** By account name. */
  accounts?: Readonly<Record<string, string>>;
}>;

/** What a campaign scales: machines behind a route, all alike. */
export type TemplateService = Readonly<{
  name: string;
  /** Name of the traffic route, and the backend group in it that belongs to this service. */
  route: string;
  group: string;
  port: number;
  healthPath: string;
  image: ServiceImage;
  capacityModel: readonly CapacityRule[];
  /** From running to serving at full capacity. */
  warmUpSeconds: number;
  /** Extra capacity over demand, as a fraction: 0.2 is twenty percent more. */
  headroom: number;
  minimumMachines: number;
  /** Fraction of the demand that must still be served after any one zone is lost; 0 for none. */
  zoneLossFraction: number;
  /** Highest share of the capacity that may be spot, 0 … 1. */
  spotMax: number;
  /** Cloud-init text given to every machine. */
  userData?: string;
  /** What the service calls wherever it runs; readiness asks whether it can be reached from there. */
  reaches?: readonly Readonly<{ name: string; host: string; port: number }>[];
  /** Configuration and secrets that its machines fetch where they run; whether they are in place there, people say. */
  settings?: readonly ServiceSetting[];
  /** What one request moves over the line to what stays at home, both ways together. */
  homeKbitPerRequest?: number;
}>;

export type ServiceSetting = Readonly<{
  name: string;
  kind: 'configuration' | 'secret';
  /** Where it is kept, in the words of those who look there: a path in a vault, a bucket. Never the value. */
  keptIn: string;
}>;

export type TemplateDocument = Readonly<{ name: string; services: readonly TemplateService[] }>;

/** One immutable version. `hash` covers the document alone. */
export type TemplateVersion = Readonly<{
  id: string;
  name: string;
  version: number;
  hash: string;
  document: TemplateDocument;
  createdAt: Instant;
  createdBy: string;
}>;

export type MachineShape = Readonly<{ machineType: string; family: string; vcpu: number }>;

export type ServiceCapacity = Readonly<{
  requestsPerSecond: number;
  latencyTargetMs: number;
  evidence: string;
  /** Which rule spoke: a measurement of this very type is worth more than one scaled from its family. */
  basis: 'machine-type' | 'family-size' | 'family-per-vcpu';
}>;

/**
 * Requests per second that one machine of this shape serves at the service's latency target.
 * The most specific rule wins. Undefined: nothing was measured, so the shape must not be planned for the service.
 */
export function capacityFor(service: TemplateService, machine: MachineShape): ServiceCapacity | undefined {
  const found = service.capacityModel
    .map((rule) => capacityByRule(rule, machine))
    .filter((capacity) => capacity !== undefined)
    .toSorted((a, b) => RANK[a.basis] - RANK[b.basis]);
  return found[0];
}

/** The image a service boots from in an account; undefined when the template names none for it. */
export function imageFor(
  service: TemplateService,
  place: Readonly<{ provider: string; account: string }>,
): string | undefined {
  const { accounts, providers, default: fallback } = service.image;
  return own(accounts, place.account) ?? own(providers, place.provider) ?? fallback;
}

/** An account may be called "constructor": only what the template itself says counts. */
function own(names: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return names !== undefined && Object.hasOwn(names, key) ? names[key] : undefined;
}

const RANK: Readonly<Record<ServiceCapacity['basis'], number>> = {
  'machine-type': 0,
  'family-size': 1,
  'family-per-vcpu': 2,
};

function capacityByRule(rule: CapacityRule, machine: MachineShape): ServiceCapacity | undefined {
  const { latencyTargetMs, evidence } = rule;
  if ('machineType' in rule) {
    if (rule.machineType !== machine.machineType) return undefined;
    return { requestsPerSecond: rule.requestsPerSecond, latencyTargetMs, evidence, basis: 'machine-type' };
  }
  if (rule.family !== machine.family) return undefined;
  if ('requestsPerSecondPerVcpu' in rule) {
    const requestsPerSecond = rule.requestsPerSecondPerVcpu * machine.vcpu;
    return { requestsPerSecond, latencyTargetMs, evidence, basis: 'family-per-vcpu' };
  }
  if (rule.vcpu !== machine.vcpu) return undefined;
  return { requestsPerSecond: rule.requestsPerSecond, latencyTargetMs, evidence, basis: 'family-size' };
}
