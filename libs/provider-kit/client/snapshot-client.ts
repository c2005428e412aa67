import type { CallOptions } from '../contract/compute.js';
import type { CloudOperation } from '../contract/rates.js';
import type { SnapshotFacet, SnapshotOrder, SnapshotTarget } from '../contract/snapshots.js';
import type { CallControl, CallRunner } from './call-runner.js';
import { checkIds, checkText } from './input-checks.js';

const LONGEST_NAME = 80;

/** Snapshots of machines, where a cloud takes them of whole machines. Everything is sent once. */
export class SnapshotClient {
  constructor(
    private readonly facet: SnapshotFacet,
    private readonly runner: CallRunner,
  ) {}

  async takeSnapshot(order: SnapshotOrder, control?: CallControl): Promise<Readonly<{ id: string }>> {
    checkIds([order.machineId]);
    checkText('the name of a snapshot', order.name, LONGEST_NAME);
    checkText('creator mark', order.installation);
    return await this.send('takeSnapshot', order, control, async (options) =>
      this.facet.takeSnapshot(order, options),
    );
  }

  async revertToSnapshot(target: SnapshotTarget, control?: CallControl): Promise<void> {
    checkTarget(target);
    await this.send('revertToSnapshot', target, control, async (options) =>
      this.facet.revertToSnapshot(target, options),
    );
  }

  async deleteSnapshot(
    target: SnapshotTarget & Readonly<{ installation: string }>,
    control?: CallControl,
  ): Promise<'gone'> {
    checkTarget(target);
    checkText('creator mark', target.installation);
    return await this.send('deleteSnapshot', target, control, async (options) =>
      this.facet.deleteSnapshot(target, options),
    );
  }

  private async send<T>(
    operation: CloudOperation,
    { region }: Readonly<{ region: string }>,
    control: CallControl | undefined,
    call: (options: CallOptions) => Promise<T>,
  ): Promise<T> {
    const deadline = this.runner.deadline('mutate', control);
    const priority = control?.priority;
    return await this.runner.run({ operation, kind: 'mutate', region, deadline, priority }, call);
  }
}

function checkTarget({ machineId, snapshotId }: SnapshotTarget): void {
  checkIds([machineId]);
  checkText('snapshot id', snapshotId);
}
