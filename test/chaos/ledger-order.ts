import { STANDARD_EFFECTS, type EffectsPolicy, type LaunchRequest } from '@springtide/effects';
import { addMs, money, type Instant } from '@springtide/kernel';

export const TENANT = '00000000-0000-4000-8000-0000000000aa';
export const ACCOUNT = '00000000-0000-4000-8000-0000000000cc';
export const POOL = 'east/c2.large';
export const REGION = 'sim-east';
export const INSTALLATION = 'chaos';
export const PRICE = money('CNY', '0.39');

/** Everything as in production but the waits, which are those of a cloud in this room. */
export const POLICY: EffectsPolicy = { ...STANDARD_EFFECTS, callDeadlineMs: 2_000, visibilityLagMs: 1_000 };

/** What a process of the ledger is told to do; it crosses a command line. */
export type LedgerOrder = Readonly<{
  work: 'buy' | 'bring-back' | 'move-timer';
  database: string;
  endpoint: string;
  credentials: Readonly<{ accessKey: string; secretKey: string }>;
  runs: readonly Readonly<{ runId: string; mandateId: string; machines: number }>[];
  fence: number;
}>;

export function requestOf(run: LedgerOrder['runs'][number], fence: number, now: Instant): LaunchRequest {
  return {
    tenantId: TENANT,
    runId: run.runId,
    campaignId: null,
    step: 'provision',
    batch: 0,
    accountId: ACCOUNT,
    region: REGION,
    service: 'storefront',
    poolId: POOL,
    mandateId: run.mandateId,
    spec: {
      zone: 'sim-east-a',
      machineType: 'c2.large',
      purchaseOption: 'on-demand',
      image: 'img-shop-1',
      subnet: null,
      securityGroups: [],
      namePrefix: `st-${run.runId.slice(0, 8)}`,
      userData: null,
      labels: {},
    },
    count: run.machines,
    pricePerHour: PRICE,
    minimumBillingSeconds: 60,
    plannedHours: 2,
    releaseBy: addMs(now, POLICY.leaseMs),
    fence,
  };
}
