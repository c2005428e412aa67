import type { Cloud } from './cloud.js';
import type { LaunchOrder } from './launch-order.js';

export function machineFenPerHour(cloud: Cloud, order: Pick<LaunchOrder, 'type' | 'chargeType'>): number {
  const share = order.chargeType === 'SPOTPAID' ? cloud.seed.spotPercent / 100 : 1;
  return order.type.fenPerHour * share;
}

export function diskFenPerHour(cloud: Cloud, disk: Readonly<{ type: string; sizeGib: number }>): number {
  return (cloud.seed.diskFenPerGibHour[disk.type] ?? 0) * disk.sizeGib;
}

/** A machine with its disks. */
export function orderFenPerHour(
  cloud: Cloud,
  order: Pick<LaunchOrder, 'type' | 'chargeType' | 'systemDisk' | 'dataDisks'>,
): number {
  const disks = [order.systemDisk, ...order.dataDisks].map((disk) => diskFenPerHour(cloud, disk));
  return disks.reduce((sum, fen) => sum + fen, machineFenPerHour(cloud, order));
}
