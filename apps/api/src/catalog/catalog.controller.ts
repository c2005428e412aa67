import { Controller } from '@nestjs/common';
import { AccountService } from '@springtide/accounts';
import { MarketService, TemplateService, type TemplatePage } from '@springtide/catalog';
import type { MarketOffering } from '@springtide/catalog/domain';
import { routes, type OfferingBody } from '@springtide/contracts';
import { z } from 'zod';
import { AccountNames } from '../accounts/account-names.js';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { Handle, type Parsed } from '../http/handle.decorator.js';

const OfferingCursor = z.object({
  accountId: z.uuid(),
  region: z.string(),
  zone: z.string(),
  machineType: z.string(),
  purchaseOption: z.enum(['private', 'reserved', 'on-demand', 'spot']),
});

@Controller()
export class CatalogController {
  constructor(
    private readonly templates: TemplateService,
    private readonly market: MarketService,
    private readonly accounts: AccountService,
  ) {}

  @Handle(routes.templateCreate)
  async createTemplate({ ctx, body }: Parsed<typeof routes.templateCreate>) {
    const { template } = await this.templates.createVersion(ctx, body);
    return templateBody(template);
  }

  @Handle(routes.templateList)
  async listTemplates({ ctx, query }: Parsed<typeof routes.templateList>) {
    const after = decodeCursor(query.cursor, z.string());
    const page = await this.templates.list(ctx, {
      limit: query.limit,
      ...(after === undefined ? {} : { after }),
    });
    return { items: page.items.map(templateBody), next: page.next ? encodeCursor(page.next) : null };
  }

  @Handle(routes.templateGet)
  async getTemplate({ ctx, params }: Parsed<typeof routes.templateGet>) {
    return templateBody(await this.templates.getById(ctx, params.id));
  }

  @Handle(routes.offeringList)
  async listOfferings({ ctx, query }: Parsed<typeof routes.offeringList>) {
    const { limit, cursor, ...given } = query;
    const filter = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const after = decodeCursor(cursor, OfferingCursor);
    const page = await this.market.listOfferings(ctx, filter, { limit, ...(after ? { after } : {}) });
    const names = await AccountNames.of(this.accounts, ctx);
    const next = page.next ? encodeCursor(OfferingCursor.parse(page.next)) : null;
    return { items: page.items.map((offering) => offeringBody(offering, names)), next };
  }
}

function templateBody(template: TemplatePage['items'][number]) {
  const { id, name, version, hash, document, createdAt, createdBy } = template;
  return { id, name, version, hash, services: document.services, createdAt, createdBy };
}

function offeringBody(offering: MarketOffering, names: AccountNames): OfferingBody {
  const { quotaGroup: _internal, pricePerHour, stock, ...rest } = offering;
  return {
    ...rest,
    ...names.of(offering.accountId),
    pricePerHour: pricePerHour ?? null,
    stock: { level: stock.level, machines: stock.machines ?? null },
  };
}
