import type { MachineType } from '../seed.js';
import type { VSwitch } from '../network.js';

export type InstanceStatus = 'Pending' | 'Starting' | 'Running' | 'Stopping' | 'Stopped';

export type SpotTerms = Readonly<{
  strategy: 'SpotAsPriceGo' | 'SpotWithPriceLimit';
  priceLimit?: string;
  durationHours: number;
  interruption: 'Terminate' | 'Stop';
}>;

/** A machine. Times are of the cloud's life. */
export type Instance = {
  readonly id: string;
  readonly order: number;
  readonly regionId: string;
  readonly zoneId: string;
  readonly type: MachineType;
  readonly imageId: string;
  readonly vswitch: VSwitch;
  readonly securityGroupIds: readonly string[];
  readonly address: string;
  readonly systemDiskId: string;
  readonly systemDisk?: Readonly<{ category: string; sizeGib: number }>;
  readonly interfaceId: string;
  readonly createdAt: number;
  readonly visibleAt: number;
  readonly spot?: SpotTerms;
  readonly userData?: string;
  readonly token?: string;
  readonly publicAddress?: string;
  /** Of the account's own, that it came out of. */
  readonly privatePool?: string;
  /** Sold under the elastic quota at all: foreign machines are too. */
  readonly hourly: string;
  name: string;
  hostName: string;
  status: InstanceStatus;
  tags: Map<string, string>;
  deletionProtection: boolean;
  stoppedMode?: string;
  startedAt?: number;
  autoReleaseAt?: number;
  /** Spot machines: when it is taken back. */
  reclaimAt?: number;
  /** Being taken away: nothing else can be done with it. */
  releasing: boolean;
  /** In no list any more. */
  gone: boolean;
  /** Grows with every change of plan: what was on the agenda before is void. */
  plan: number;
};

export type Disk = {
  readonly id: string;
  readonly order: number;
  readonly regionId: string;
  readonly zoneId: string;
  readonly type: 'system' | 'data';
  readonly category: string;
  readonly sizeGib: number;
  readonly createdAt: number;
  tags: Map<string, string>;
  instanceId?: string;
  deleteWithInstance: boolean;
};
