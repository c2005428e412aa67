import { z } from 'zod';
import { Id, InstantText, MoneyBody } from './scalars.js';

/** Four views of the same money. */
export const CostFigures = z.object({
  /** What the plan said the whole campaign would cost. */
  planned: MoneyBody,
  /** What is owed if every machine stops at `asOf`. */
  actualToDate: MoneyBody,
  /** What is owed if every machine that runs stays as long as it is wanted. */
  committed: MoneyBody,
  /** Expected at the end. */
  projected: MoneyBody,
});
export type CostFigures = z.infer<typeof CostFigures>;

/** Planned against actual of one service, pool or phase; bought and private capacity apart. */
export const CostGroup = z
  .object({
    key: z.string(),
    planned: MoneyBody,
    actualToDate: MoneyBody,
    privatePlanned: MoneyBody,
    privateActualToDate: MoneyBody,
  })
  .meta({ id: 'CostGroup' });
export type CostGroup = z.infer<typeof CostGroup>;

/** Machines alike in everything that decides their price. */
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
    /** Null: no price is known, and the machines are in no figure. */
    pricePerHour: MoneyBody.nullable(),
    machines: z.number().int(),
    /** Billed seconds of all of them. */
    seconds: z.number(),
    amount: MoneyBody,
  })
  .meta({ id: 'CostLine' });
export type CostLine = z.infer<typeof CostLine>;

/**
 * What a campaign costs at `asOf`. The figures at the top are what is bought; `private` stands beside them, never inside
 * them. Amounts are exact; every total is the exact sum of its rows.
 */
export const CostReport = CostFigures.extend({
  campaignId: Id,
  asOf: InstantText,
  /** Where the amounts come from; printed on every export. */
  basis: z.enum(['running-seconds', 'settled']),
  currency: z.string(),
  budget: MoneyBody.nullable(),
  /** Capacity the company owns, at its rate card. */
  private: CostFigures,
  byService: z.array(CostGroup),
  byPool: z.array(CostGroup),
  byPhase: z.array(CostGroup),
  rows: z.array(CostLine),
  runningMachines: z.number().int(),
  /** What the running bought machines cost per hour from now on. */
  burnPerHour: MoneyBody,
  unratedMachines: z.number().int(),
  /** Amounts in currencies without an agreed rate: real money, in no figure above. */
  otherCurrencies: z.array(MoneyBody),
  /** Market snapshots that the prices were taken from. */
  marketSnapshotIds: z.array(z.string()),
}).meta({ id: 'CostReport' });
export type CostReport = z.infer<typeof CostReport>;
