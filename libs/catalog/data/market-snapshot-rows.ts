import { SpringtideError } from '@springtide/kernel';
import { z } from 'zod';
import type { MarketFreshness, MarketNetwork, MarketOffering, MarketQuota } from '../domain/index.js';

const offering: z.ZodType<MarketOffering> = z.object({
  accountId: z.string(),
  region: z.string(),
  zone: z.string(),
  machineType: z.string(),
  purchaseOption: z.enum(['private', 'reserved', 'on-demand', 'spot']),
  family: z.string(),
  arch: z.enum(['amd64', 'arm64']),
  vcpu: z.number(),
  memoryMiB: z.number(),
  pricePerHour: z.exactOptional(z.object({ currency: z.string(), amount: z.string() })),
  minimumBillingSeconds: z.number(),
  stock: z.object({
    level: z.enum(['enough', 'normal', 'low', 'none', 'unknown']),
    machines: z.exactOptional(z.number()),
  }),
  quotaGroup: z.exactOptional(z.string()),
  interruptionPerHour: z.number(),
  observedAt: z.string(),
});

const quota: z.ZodType<MarketQuota> = z.object({
  accountId: z.string(),
  region: z.string(),
  group: z.string(),
  limitVcpu: z.number(),
  usedVcpu: z.number(),
  observedAt: z.string(),
});

const network: z.ZodType<MarketNetwork> = z.object({
  accountId: z.string(),
  region: z.string(),
  id: z.string(),
  name: z.string(),
  zone: z.exactOptional(z.string()),
  freeAddresses: z.exactOptional(z.number()),
  takesUnnamed: z.exactOptional(z.literal(true)),
  observedAt: z.string(),
});

const freshness: z.ZodType<MarketFreshness> = z.object({
  accountId: z.string(),
  region: z.string(),
  attemptedAt: z.string(),
  confirmedAt: z.string().nullable(),
  complete: z.boolean(),
  reason: z.string().nullable(),
});

const marketRows = z.object({
  offerings: z.array(offering),
  quotas: z.array(quota),
  // Snapshots of earlier versions did not look at networks.
  networks: z.array(network).default([]),
  freshness: z.array(freshness),
});

/** @throws internal when the stored rows are not what this version of Springtide writes. */
export function readMarketRows(value: unknown): z.infer<typeof marketRows> {
  const parsed = marketRows.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SpringtideError(
    'internal',
    `a stored market snapshot cannot be read, so its plan has no price evidence: ${z.prettifyError(parsed.error)}`,
    { retry: 'never', effect: 'none', nextStep: 'Make a new plan; it takes a new snapshot.' },
  );
}
