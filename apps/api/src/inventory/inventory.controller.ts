import { Controller } from '@nestjs/common';
import { AccountService } from '@springtide/accounts';
import { MarketService } from '@springtide/catalog';
import { routes } from '@springtide/contracts';
import { ImagePlacement } from '@springtide/effects';
import { InventoryService } from '@springtide/inventory';
import { AccountNames } from '../accounts/account-names.js';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { Handle, type Parsed } from '../http/handle.decorator.js';
import { InventoryPosition, filterOf, sortOf } from './inventory-query.js';
import { machineBody } from './machine-body.js';
import { SyncNow } from './sync-now.js';

@Controller()
export class InventoryController {
  constructor(
    private readonly inventory: InventoryService,
    private readonly market: MarketService,
    private readonly accounts: AccountService,
    private readonly syncNow: SyncNow,
    private readonly images: ImagePlacement,
  ) {}

  @Handle(routes.machineList)
  async listMachines({ ctx, query }: Parsed<typeof routes.machineList>) {
    const after = decodeCursor(query.cursor, InventoryPosition);
    const page = await this.inventory.list(ctx, 'machine', filterOf(query), {
      limit: query.limit,
      sort: sortOf(query.sort),
      ...(after ? { after } : {}),
    });
    const names = await AccountNames.of(this.accounts, ctx);
    return {
      items: page.items.map((row) => machineBody(row, names)),
      next: page.next ? encodeCursor(page.next) : null,
    };
  }

  @Handle(routes.machineGet)
  async getMachine({ ctx, params }: Parsed<typeof routes.machineGet>) {
    const row = await this.inventory.getMachine(ctx, params.id);
    return machineBody(row, await AccountNames.of(this.accounts, ctx));
  }

  @Handle(routes.imagePlace)
  async placeImage({ ctx, body }: Parsed<typeof routes.imagePlace>) {
    return await this.images.place(ctx, body);
  }

  @Handle(routes.inventoryFreshness)
  async freshness({ ctx }: Parsed<typeof routes.inventoryFreshness>) {
    const names = await AccountNames.of(this.accounts, ctx);
    const resources = await this.inventory.freshness(ctx);
    const { freshness: markets } = await this.market.readLimits(ctx, names.ids());
    const offerings = markets.map((row) => ({ ...row, resourceType: 'offering' as const }));
    const items = [...resources, ...offerings].map((row) => ({ ...row, ...names.of(row.accountId) }));
    return { items };
  }

  @Handle(routes.inventorySync)
  async sync({ ctx, body }: Parsed<typeof routes.inventorySync>) {
    return { items: await this.syncNow.run(ctx, body.accountId) };
  }
}
