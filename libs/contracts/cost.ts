import { z } from 'zod';
import { Id, InstantText, MoneyBody } from './scalars.js';

/** One line of a campaign's cost: what ran where for how long at which price. */
export const CostLine = z
  .object({
    accountId: Id,
    accountName: z.string(),
    provider: z.string(),
    service: z.string(),
    region: z.string(),
    zone: z.string(),
    machineType: z.string(),
    purchaseOption: z.enum(['private', 'reserved', 'on-demand', 'spot']),
    machines: z.number().int(),
    seconds: z.string(),
    pricePerHour: MoneyBody,
    amount: MoneyBody,
  })
  .meta({ id: 'CostLine' });
export type CostLine = z.infer<typeof CostLine>;

/** What a campaign costs, as far as its running seconds and prices are known at `asOf`. */
export const CostReport = z
  .object({
    campaignId: Id,
    campaignName: z.string(),
    asOf: InstantText,
    /** Where the amounts come from; printed on every export. */
    basis: z.enum(['running-seconds', 'settled']),
    budget: MoneyBody,
    planned: MoneyBody,
    actual: MoneyBody,
    /** Reserved for what still runs or was asked for. */
    committed: MoneyBody,
    lines: z.array(CostLine),
  })
  .meta({ id: 'CostReport' });
export type CostReport = z.infer<typeof CostReport>;
