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
  endpoint: string;
  /** As a person would register it. */
  account: Readonly<{ provider: string; settings: object; secret: object }>;
  /** Where the boot agent looks. */
  watched: SourceConfig;
  /** Who is asked by `machines`, for the report. */
  asked: string;
  /** Makes a machine as a person would, past Springtide. */
  makeByHand(name: string): Promise<void>;
  machines(): Promise<readonly PrivateMachine[]>;
}>;

/** The one machine type of the private cloud and what it costs by the rate card. */
export const PRIVATE_TYPE = {
  name: 'private.medium',
  vcpu: 2,
  memoryMiB: 2048,
  pricePerHour: '0.0420',
} as const;

export const PRIVATE_GONE = 'the machines that the private cloud simulated are gone with it';
