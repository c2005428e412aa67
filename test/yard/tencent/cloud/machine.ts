import type { MachineType } from './seed.js';

export type MachineState =
  'PENDING' | 'LAUNCH_FAILED' | 'RUNNING' | 'STOPPING' | 'STOPPED' | 'STARTING' | 'SHUTDOWN' | 'TERMINATING';

export type ChargeType = 'POSTPAID_BY_HOUR' | 'SPOTPAID' | 'PREPAID';

export type Tag = Readonly<{ Key: string; Value: string }>;

export type Timer = Readonly<{ id: string; at: number; cancel: () => void }>;

export type Operation = Readonly<{
  name: string;
  state: 'SUCCESS' | 'OPERATING' | 'FAILED';
  requestId: string;
  error?: string;
}>;

export type Machine = {
  readonly id: string;
  readonly uuid: string;
  readonly region: string;
  readonly zone: string;
  readonly type: MachineType;
  readonly imageId: string;
  readonly osName: string;
  readonly chargeType: ChargeType;
  readonly projectId: number;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly address: string;
  readonly interfaceId: string;
  readonly createdAt: number;
  /** PREPAID only. */
  readonly expiresAt?: number;
  readonly spotMaxFen?: number;
  readonly userData: string;
  readonly hostName: string;
  readonly internet: Readonly<{ chargeType: string; megabits: number; publicAddress?: string }>;
  /** The system disk first. */
  diskIds: string[];
  name: string;
  securityGroupIds: readonly string[];
  tags: Tag[];
  state: MachineState;
  protectedFromApi: boolean;
  operation: Operation;
  stopCharging: boolean;
  /** In the recycle bin: a prepaid machine after its first termination. */
  isolated: boolean;
  /** A spot machine whose end was announced. */
  reclaimedAt?: number;
  timer?: Timer;
};

/** Takes room in stock and quota. */
export function isLive({ state }: Machine): boolean {
  return state !== 'LAUNCH_FAILED' && state !== 'TERMINATING';
}
