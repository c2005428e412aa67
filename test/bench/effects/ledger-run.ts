import { randomUUID } from 'node:crypto';
import {
  EffectLedger,
  STANDARD_EFFECTS,
  type EffectStore,
  type LaunchRequest,
  type LaunchSpec,
} from '@springtide/effects';
import { SpringtideError, addMs, money, toInstant, zero } from '@springtide/kernel';
import { newId, silentLogger, systemClock } from '@springtide/platform';
import type { CloudClient } from '@springtide/provider-kit';

/** Where a run buys, and what. */
export type RunPlace = Readonly<{
  account: string;
  region: string;
  specOf: (batch: number) => LaunchSpec;
}>;

export type RequestOf = ((batch: number, count: number) => LaunchRequest) & Readonly<{ runId: string }>;

/** As many batches at once as the provision workflow has under way. */
export const LANES = 10;
const TENANT = '00000000-0000-4000-8000-0000000000aa';
const POOL = 'bench';

export function ledgerOver(store: EffectStore, client: CloudClient): EffectLedger {
  return new EffectLedger({
    store,
    clouds: { open: async () => await Promise.resolve(client) },
    clock: systemClock,
    newId,
    installation: 'bench',
    policy: STANDARD_EFFECTS,
    log: silentLogger,
  });
}

/** A run of its own with a mandate for more than it will buy. */
export async function newRun(ledger: EffectLedger, place: RunPlace): Promise<RequestOf> {
  const runId = randomUUID();
  const none = zero('CNY');
  const mandate = await ledger.openMandate({
    id: randomUUID(),
    tenantId: TENANT,
    campaignId: null,
    runId,
    approvalId: null,
    planHash: 'bench',
    poolIds: [POOL],
    maxMachines: 1_000_000,
    budget: money('CNY', '1000000000'),
    maxPerHour: money('CNY', '1000000000'),
    validUntil: addMs(toInstant(new Date()), 3_600_000),
    state: 'open',
    machines: 0,
    reserved: none,
    committed: none,
    perHour: none,
  });
  const fence = await ledger.takeFence(TENANT, runId, 'bench');
  const request = (batch: number, count: number): LaunchRequest => ({
    tenantId: TENANT,
    runId,
    campaignId: null,
    step: 'bench',
    batch,
    accountId: place.account,
    region: place.region,
    service: 'bench',
    poolId: POOL,
    mandateId: mandate.id,
    spec: place.specOf(batch),
    count,
    pricePerHour: money('CNY', '0.39'),
    minimumBillingSeconds: 60,
    plannedHours: 1,
    releaseBy: addMs(toInstant(new Date()), 900_000),
    fence,
  });
  return Object.assign(request, { runId });
}

/** @returns the machines that the ledger says were accepted. */
export async function countOf(ledger: EffectLedger, runId: string): Promise<number> {
  const intents = await ledger.listIntents(TENANT, { runId, kind: 'create' });
  return intents.flatMap((intent) => intent.items).filter((item) => item.machineId !== null).length;
}

export async function inLanes(
  batches: number,
  work: (batch: number) => Promise<void>,
  lanes = LANES,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < batches) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** A figure of something that did not happen would be a lie. */
export function requireExactly(machines: number, counted: number): void {
  if (counted === machines) return;
  throw new SpringtideError(
    'internal',
    `${counted} machines came instead of ${machines}; nothing was measured`,
  );
}
