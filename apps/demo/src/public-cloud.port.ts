import type { SourceConfig } from '../../../test/yard/machines/boot-agent-config.js';

/** What a cloud says of our machines and of what belongs to them, asked past Springtide. */
export type PublicHolding = Readonly<{
  /** Ids of everything of ours that it still holds: machines, disks, interfaces. */
  left: readonly string[];
  /** Machines of ours that it ever held. */
  everMade: number;
}>;

/** A cloud where machines are bought, whatever simulates it here. */
export type PublicCloud = Readonly<{
  /** As the account is called. */
  name: string;
  /** As people call the cloud. */
  title: string;
  engine: string;
  /** Every address that its account talks to. */
  endpoints: readonly string[];
  /** As a person would register it. */
  account: Readonly<{ provider: string; settings: object; secret: object }>;
  /** Its image of the shop. */
  image: string;
  /** Requests per second that a machine of each type truly serves; the template promises what load tests found. */
  machineTypes: readonly Readonly<{ name: string; truly: number }>[];
  /** Where the boot agent looks. */
  watched: SourceConfig;
  /** Who is asked by `holding`, for the report. */
  asked: string;
  holding(): Promise<PublicHolding>;
  /** From now on the zone has no machine of this type to sell. */
  sellOut(zone: string, machineType: string): Promise<void>;
}>;

export const PUBLIC_GONE = 'the machines that the public cloud simulated are gone with it';
