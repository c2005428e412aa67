import { Controller } from '@nestjs/common';
import { routes } from '@springtide/contracts';
import { MachineSnapshots } from '@springtide/effects';
import { InventoryService } from '@springtide/inventory';
import type { RequestContext } from '@springtide/platform';
import { Handle, type Parsed } from '../http/handle.decorator.js';

/** Snapshots of machines that the inventory knows. */
@Controller()
export class SnapshotsController {
  constructor(
    private readonly inventory: InventoryService,
    private readonly snapshots: MachineSnapshots,
  ) {}

  @Handle(routes.snapshotTake)
  async take({ ctx, params, body: { name } }: Parsed<typeof routes.snapshotTake>) {
    return { ...(await this.snapshots.take(ctx, await this.placeOf(ctx, params.id), name)), name };
  }

  @Handle(routes.snapshotRevert)
  async revert({ ctx, params: { id, snapshot } }: Parsed<typeof routes.snapshotRevert>) {
    await this.snapshots.revert(ctx, await this.placeOf(ctx, id), snapshot);
  }

  @Handle(routes.snapshotDelete)
  async delete({ ctx, params: { id, snapshot } }: Parsed<typeof routes.snapshotDelete>) {
    await this.snapshots.remove(ctx, await this.placeOf(ctx, id), snapshot);
  }

  private async placeOf(ctx: RequestContext, id: string) {
    const { accountId, resource } = await this.inventory.getMachine(ctx, id);
    return { accountId, region: resource.region, machineId: resource.id };
  }
}
