import type { SourceConfig } from '../../../test/yard/machines/boot-agent-config.js';

/** What the cloud itself says of a machine, asked past Springtide. */
export type PrivateMachine = Readonly<{
  name: string;
  /** Null until it has one. */
  address: string | null;
  /** Carries Springtide's marks. */
  ours: boolean;
  /** The same for two machines only if one was made twice. */
  identity: string;
}>;

/** The company's own data centre, whatever it runs on here. */
export type PrivateCloud = Readonly<{
  engine: string;
  /** Every address that its account talks to. */
  endpoints: readonly string[];
  /** As a person would register it. */
  account: Readonly<{ provider: string; settings: object; secret: object }>;
  /** Its image of the shop. */
  image: string;
  /** Where the boot agent looks. */
  watched: SourceConfig;
  /** Who is asked by `machines`, for the report. */
  asked: string;
  /** Makes a machine as a person would, past Springtide. */
  makeByHand(name: string): Promise<void>;
  machines(): Promise<readonly PrivateMachine[]>;
}>;

/** The one machine type of the private cloud, and the requests per second that a machine of it truly serves. */
export const PRIVATE_TYPE = {
  name: 'private.medium',
  vcpu: 2,
  memoryMiB: 2048,
  truly: 30,
} as const;

/** What it costs per hour by the company's rate card, which is kept in the currency of its campaigns. */
const PRICE_PER_HOUR = { USD: '0.0420', CNY: '0.3000' } as const;

export type DemoCurrency = keyof typeof PRICE_PER_HOUR;

export function rateCard(currency: DemoCurrency) {
  const { name, vcpu, memoryMiB } = PRIVATE_TYPE;
  return { name, vcpu, memoryMiB, pricePerHour: PRICE_PER_HOUR[currency] };
}

export const PRIVATE_GONE = 'the machines that the private cloud simulated are gone with it';
