import { MachineLife, type EffectLedger } from '@springtide/effects';
import { addMs, asSpringtideError } from '@springtide/kernel';
import { POLICY, TENANT, requestOf, type LedgerOrder } from './ledger-order.js';

type Work = (ledger: EffectLedger, order: Pick<LedgerOrder, 'runs' | 'fence'>) => Promise<unknown>;

/** What activities of a worker do through the ledger, each until its outcome is known. */
export const LEDGER_WORK: Readonly<Record<LedgerOrder['work'], Work>> = {
  buy,
  'bring-back': bringBack,
  'move-timer': moveTimer,
};

/** Every run side by side, as far as the pool of connections goes. @returns what came of each. */
async function buy(ledger: EffectLedger, order: Pick<LedgerOrder, 'runs' | 'fence'>): Promise<unknown> {
  return await Promise.all(order.runs.map(async (run) => await buyOne(ledger, run, order.fence)));
}

async function buyOne(
  ledger: EffectLedger,
  run: LedgerOrder['runs'][number],
  fence: number,
): Promise<string> {
  const { clock } = ledger.dependencies;
  for (;;) {
    try {
      const answer = await ledger.launch(requestOf(run, fence, ledger.now()));
      if (answer.status !== 'unknown') return answer.status;
      await clock.sleep(Math.min(answer.retryAfterMs, 500));
    } catch (thrown) {
      const { code, facts, retry, retryAfterMs } = asSpringtideError(thrown);
      if ('fence' in facts) return 'fenced';
      if (retry === 'never') return code;
      await clock.sleep(retryAfterMs ?? 500);
    }
  }
}

async function moveTimer(
  ledger: EffectLedger,
  { runs, fence }: Pick<LedgerOrder, 'runs' | 'fence'>,
): Promise<unknown> {
  const until = addMs(ledger.now(), POLICY.leaseMs + POLICY.timerMarginMs);
  const life = new MachineLife(ledger);
  return await Promise.all(
    runs.map(async ({ runId }) => await life.renewLeases(TENANT, runId, fence, until)),
  );
}

/** To rest, release, read back gone, sweep: until nothing of the runs is left. */
async function bringBack(
  ledger: EffectLedger,
  { runs, fence }: Pick<LedgerOrder, 'runs' | 'fence'>,
): Promise<unknown> {
  await Promise.all(runs.map(async ({ runId }) => await bringOneBack(ledger, runId, fence)));
  return 'back';
}

async function bringOneBack(ledger: EffectLedger, runId: string, fence: number): Promise<void> {
  const filter = { runId, kind: 'create', onlyUnreleased: true } as const;
  for (;;) {
    const [intent] = await ledger.listIntents(TENANT, filter);
    if (intent === undefined) return;
    await ledger.dependencies.clock.sleep(await bringIntentBack(ledger, intent.id, fence));
  }
}

/** @returns how long to wait before the next try: what fails for a moment is tried again, as an engine would. */
async function bringIntentBack(ledger: EffectLedger, intentId: string, fence: number): Promise<number> {
  try {
    const waitMs = await ledger.bringToRest(TENANT, intentId);
    if (waitMs === 0) await releaseAll(ledger, intentId, fence);
    return Math.min(waitMs, 200) + 50;
  } catch (thrown) {
    const error = asSpringtideError(thrown);
    if (error.retry === 'never') throw error;
    return error.retryAfterMs ?? 500;
  }
}

async function releaseAll(ledger: EffectLedger, intentId: string, fence: number): Promise<void> {
  const [intent] = await ledger.listIntents(TENANT, { ids: [intentId] });
  if (intent === undefined) return;
  const targets = intent.items
    .filter((item) => ['accepted', 'running', 'ready', 'failed'].includes(item.state))
    .flatMap(({ machineId }) => (machineId === null ? [] : [{ intentId, machineId }]));
  const { runId, campaignId, accountId, region, service, poolId } = intent;
  const place = { tenantId: TENANT, runId, campaignId, accountId, region, service, poolId };
  const life = new MachineLife(ledger);
  const step = `release/${intentId}/${targets.length}`;
  await life.release({ ...place, step, batch: 0, fence, targets });
  await life.finishRelease(TENANT, intentId);
}
