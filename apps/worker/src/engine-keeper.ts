import type { BillOrders, KnownRun, SafeHolds } from '@springtide/campaigns';
import { billCheckWorkflowId, runWorkflowId, scaleBackWorkflowId } from '@springtide/contracts';
import { HOUR, addMs, asSpringtideError, toInstant, type Clock, type Instant } from '@springtide/kernel';
import type { Logger } from '@springtide/platform';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { restUnless } from './rest-unless.js';
import { ensureSchedules } from './schedules.js';

type Profile = 'standard' | 'demo';

const EVERY_MS: Readonly<Record<Profile, number>> = { standard: 15_000, demo: 3_000 };
/** Bill checks rest for days, so that nothing is lost by an hour; there may be many of them. */
const BILLS_EVERY_MS: Readonly<Record<Profile, number>> = { standard: HOUR, demo: 10_000 };
/** No bill is looked at by itself so long after the close. */
const BILLS_WITHIN_MS = 45 * 24 * HOUR;
/** Runs that are looked up at once. */
const AT_ONCE = 20;

type Parts = Readonly<{
  client: Client;
  holds: SafeHolds;
  bills: BillOrders;
  clock: Clock;
  log: Logger;
  profile: Profile;
}>;

/**
 * Compares what truth says with what the engine knows. An engine that has lost its store knows nothing: its schedules are
 * made again, every open run is built anew in safe hold, and the bill checks of closed runs are ordered again.
 */
export class EngineKeeper {
  readonly #parts: Parts;
  readonly #ending = new AbortController();
  #done: Promise<void> = Promise.resolve();
  #billsAt: Instant | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  start(): void {
    this.#done = this.loop();
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#done;
  }

  /** Runs that may be brought back because their leases lapsed: not those that only the engine has forgotten. */
  async mayComeBack(tenantId: string, runIds: readonly string[]): Promise<readonly string[]> {
    const may: string[] = [];
    for (const runId of runIds) {
      const forgotten = await this.isForgotten(runId);
      const rebuilt = forgotten ? await this.#parts.holds.rebuild({ tenantId, runId }) : 'unknown';
      if (rebuilt !== 'held') may.push(runId);
    }
    return may;
  }

  private async loop(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        await this.look();
      } catch (thrown) {
        const { code, message } = asSpringtideError(thrown);
        this.#parts.log.warn(
          { code, reason: message },
          'open runs could not be compared with the engine; tried again',
        );
      }
      await restUnless(signal, EVERY_MS[this.#parts.profile]);
    }
  }

  private async look(): Promise<void> {
    const { client, holds, profile } = this.#parts;
    const open = await holds.openRuns();
    const scheduled = await found(async () => client.schedule.getHandle('reconcile').describe());
    if (!scheduled) await ensureSchedules(client, profile);
    await inLots(open, async (run) => this.lookAt(run));
    await this.lookAtBills();
  }

  /** Public for tests; once in a while, however often it is asked. */
  async lookAtBills(): Promise<void> {
    const { bills, clock, log, profile } = this.#parts;
    const now = toInstant(clock.now());
    if (this.#billsAt !== undefined && now < this.#billsAt) return;
    await inLots(await bills.handedOver(addMs(now, -BILLS_WITHIN_MS)), async (run) => {
      if (await this.knows(billCheckWorkflowId(run.runId))) return;
      await bills.order(run);
      log.warn(run, 'the engine does not know the bill check of a closed run; it is ordered again');
    });
    this.#billsAt = addMs(now, BILLS_EVERY_MS[profile]);
  }

  private async lookAt(run: KnownRun): Promise<void> {
    if (!(await this.isForgotten(run.runId))) return;
    const rebuilt = await this.#parts.holds.rebuild(run);
    this.#parts.log.error(
      { ...run, rebuilt },
      'the engine had forgotten an open run; it is built anew from the ledger',
    );
  }

  /** Neither its run nor its way back has ever been heard of. One that ended, or was ended, is known. */
  private async isForgotten(runId: string): Promise<boolean> {
    return !(await this.knows(runWorkflowId(runId))) && !(await this.knows(scaleBackWorkflowId(runId)));
  }

  private async knows(workflowId: string): Promise<boolean> {
    return await found(async () => this.#parts.client.workflow.getHandle(workflowId).describe());
  }
}

async function inLots(runs: readonly KnownRun[], look: (run: KnownRun) => Promise<void>): Promise<void> {
  for (let from = 0; from < runs.length; from += AT_ONCE)
    await Promise.all(runs.slice(from, from + AT_ONCE).map(look));
}

async function found(describe: () => Promise<unknown>): Promise<boolean> {
  try {
    await describe();
    return true;
  } catch (thrown) {
    if (isNotFound(thrown)) return false;
    throw thrown;
  }
}

function isNotFound(thrown: unknown): boolean {
  return (
    thrown instanceof WorkflowNotFoundError ||
    (thrown instanceof Error && thrown.name === 'ScheduleNotFoundError')
  );
}
