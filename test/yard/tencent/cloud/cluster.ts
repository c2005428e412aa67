import type { Tag } from './machine.js';

export type NodePool = {
  readonly id: string;
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly launch: Readonly<Record<string, unknown>>;
  readonly subnetIds: readonly string[];
  readonly labels: readonly Readonly<{ Name: string; Value: string }>[];
  readonly taints: readonly Readonly<{ Key?: string; Value?: string; Effect?: string }>[];
  desired: number;
  machineIds: string[];
  state: 'normal' | 'deleting';
};

export type Cluster = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly type: string;
  readonly vpcId: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly createdAt: number;
  tags: readonly Tag[];
  state: 'Creating' | 'Running' | 'Deleting';
  /** The doors to its API server, inside and outside the VPC. */
  endpoints: { inside: 'NotFound' | 'Creating' | 'Created'; outside: 'NotFound' | 'Creating' | 'Created' };
  pools: Map<string, NodePool>;
};
