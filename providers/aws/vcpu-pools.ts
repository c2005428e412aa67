import type { PurchaseOption } from '@springtide/provider-kit';

type Pool = Readonly<{ families: RegExp; onDemand: string; spot?: string }>;

/** The vCPU limits of EC2 by their codes in Service Quotas; each is shared by the families named. */
const POOLS: readonly Pool[] = [
  { families: /^(a|c|d|h|i|m|r|t|z|im|is)\d/, onDemand: 'L-1216C47A', spot: 'L-34B43A08' },
  { families: /^f\d/, onDemand: 'L-74FC7D96', spot: 'L-88CF9481' },
  { families: /^(g|gr|vt)\d/, onDemand: 'L-DB2E81BA', spot: 'L-3819A6DF' },
  { families: /^p\d/, onDemand: 'L-417A185B', spot: 'L-7212CCBC' },
  { families: /^x\d/, onDemand: 'L-7295265B', spot: 'L-E3A00192' },
  { families: /^inf\d/, onDemand: 'L-1945791B', spot: 'L-B5D1601B' },
  { families: /^trn\d/, onDemand: 'L-2C3B7624', spot: 'L-6B0D517C' },
  { families: /^dl\d/, onDemand: 'L-6E869C2A', spot: 'L-85EED4F7' },
  { families: /^hpc\d/, onDemand: 'L-F7808C92' },
];

/** "Running On-Demand Standard instances", the one that web tiers draw on. */
export const STANDARD_ON_DEMAND = 'L-1216C47A';

export const VCPU_QUOTA_CODES: ReadonlySet<string> = new Set(
  POOLS.flatMap(({ onDemand, spot }) => (spot === undefined ? [onDemand] : [onDemand, spot])),
);

/** Code of the limit that a machine draws on; undefined where AWS counts it otherwise. */
export function vcpuQuotaOf(machineType: string, option: PurchaseOption): string | undefined {
  const pool = POOLS.find(({ families }) => families.test(machineType));
  return option === 'spot' ? pool?.spot : pool?.onDemand;
}
