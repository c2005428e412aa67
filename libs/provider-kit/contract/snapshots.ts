import type { CallOptions } from './compute.js';
import type { MachineId } from './machine.js';

export type SnapshotOrder = Readonly<{
  region: string;
  machineId: MachineId;
  /** Unique among the snapshots of the machine. */
  name: string;
  /** Creator mark, kept on the snapshot: only what carries it is deleted. */
  installation: string;
}>;

export type SnapshotTarget = Readonly<{
  region: string;
  machineId: MachineId;
  /** As `listResources` tells it. */
  snapshotId: string;
}>;

/**
 * Points in time of a whole machine: its settings and disks, not its memory. Whether a machine may be touched at all is
 * for the caller to know.
 */
export interface SnapshotFacet {
  /**
   * Idempotent: one of that name with this creator mark is answered, not taken again.
   * @throws not-found; already-exists when somebody else's has that name; conflict while the machine is busy.
   */
  takeSnapshot(order: SnapshotOrder, options: CallOptions): Promise<Readonly<{ id: string }>>;
  /**
   * The machine becomes what it was, and is powered off afterwards; what it wrote since is lost, so that sending this
   * again later loses more.
   * @throws not-found for a snapshot that is not this machine's.
   */
  revertToSnapshot(target: SnapshotTarget, options: CallOptions): Promise<void>;
  /**
   * Idempotent: one that is not there is gone. The machine and later snapshots keep what they are.
   * @throws failed-precondition for one that does not carry the creator mark.
   */
  deleteSnapshot(
    target: SnapshotTarget & Readonly<{ installation: string }>,
    options: CallOptions,
  ): Promise<'gone'>;
}
