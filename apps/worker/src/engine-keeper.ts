import type { KnownRun, SafeHolds } from '@springtide/campaigns';
import { runWorkflowId, scaleBackWorkflowId } from '@springtide/contracts';
import { asSpringtideError } from '@springtide/kernel';
import type { Logger } from '@springtide/platform';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { restUnless } from './rest-unless.js';
import { ensureSchedules } from './schedules.js';

type Profile = 'standard' | 'demo';

const EVERY_MS: Readonly<Record<Profile, number>> = { standard: 15_000, demo: 3_000 };
/** Runs that are looked up at once. */
const AT_ONCE = 20;

type Parts = Readonly<{ client: Client; holds: SafeHolds; log: Logger; profile: Profile }>;

/**
 * Compares what truth says is open with what the engine knows. An engine that has lost its store knows nothing: its
 * schedules are made again, and every open run is built anew in safe hold.
 */
export class EngineKeeper {
  readonly #parts: Parts;
  readonly #ending = new AbortController();
  #done: Promise<void> = Promise.resolve();

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
    for (let from = 0; from < open.length; from += AT_ONCE) {
      await Promise.all(open.slice(from, from + AT_ONCE).map(async (run) => this.lookAt(run)));
    }
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
