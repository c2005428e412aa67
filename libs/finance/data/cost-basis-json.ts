import { SpringtideError } from '@springtide/kernel';
import { z } from 'zod';
import type { CostBasis } from '../domain/index.js';

const moneyText = z.object({ currency: z.string(), amount: z.string() });

const costBasis: z.ZodType<CostBasis> = z.object({
  planId: z.string(),
  marketSnapshotId: z.string().nullable(),
  budget: moneyText,
  phases: z.array(z.object({ name: z.string(), from: z.string(), to: z.string() })),
  planned: z.array(
    z.object({
      service: z.string(),
      pool: z.string(),
      purchaseOption: z.enum(['private', 'reserved', 'on-demand', 'spot']),
      phase: z.string(),
      machines: z.number(),
      pricePerHour: moneyText.nullable(),
    }),
  ),
});

/** @throws internal when a stored row is not what this version of Springtide writes. */
export function readCostBasis(value: unknown): CostBasis {
  const parsed = costBasis.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SpringtideError(
    'internal',
    `the stored plan of a campaign cannot be read, so its cost has nothing to be held against: ${z.prettifyError(parsed.error)}`,
    { retry: 'never', effect: 'none' },
  );
}
