import { Context, asyncLocalStorage, type Info } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure, defaultPayloadConverter } from '@temporalio/common';
import type { EngineParts } from './engine-options.js';
import type { Execution } from './execution.js';
import { applicationFailure, timeoutFailure, type Failure, type Outcome } from './failures.js';
import { millisOf } from './proto-duration.js';
import { ProcessEnded, type Process } from './virtual-time.js';
import type { Command } from './workflow-instance.js';

type ActivityOrder = NonNullable<Command['scheduleActivity']>;

/** How long a worker may keep quiet about an attempt that lives: heartbeats are throttled to so much of the timeout. */
const THROTTLE = 0.8;

/** While nobody takes work, the queue is looked at so often. */
const NOBODY_MS = 500;

type Attempt = {
  number: number;
  over: boolean;
  readonly stop: AbortController;
  process: Process | undefined;
};

/**
 * One activity from its order to its outcome: attempts on workers that may die or stand still, timeouts, back-off. An
 * attempt that has timed out is given up, not ended: if its worker wakes up, it goes on beside the next one.
 */
export class ActivityTask {
  #done = false;
  #cancelled = false;
  /** Timeouts that mean nothing once the activity is over. */
  #callOffs: (() => void)[] = [];
  #attempt: Attempt | undefined;
  readonly #orderedAt: number;

  constructor(
    private readonly parts: EngineParts,
    private readonly what: Readonly<{ order: ActivityOrder; workflow: Execution }>,
    private readonly report: (outcome: Outcome) => void,
  ) {
    this.#orderedAt = parts.time.ms;
  }

  get order(): ActivityOrder {
    return this.what.order;
  }

  begin(): void {
    this.#soon(0, 1);
    const most = millisOf(this.order.scheduleToCloseTimeout);
    if (most > 0) {
      this.#later(most, () => {
        this.#finish({ kind: 'failed', failure: timeoutFailure('not done in time', 3), why: 'timeout' });
      });
    }
  }

  /** The attempt under way learns it with a heartbeat; one that waits is not made. */
  cancel(): void {
    this.#cancelled = true;
    const attempt = this.#attempt;
    if (attempt === undefined || attempt.over) {
      this.#finish({ kind: 'cancelled' });
      return;
    }
    this.#stopSoon(attempt);
  }

  /** Nobody waits for it any more. */
  abandon(): void {
    this.#over();
    if (this.#attempt !== undefined) this.#stopSoon(this.#attempt);
  }

  #over(): void {
    this.#done = true;
    for (const callOff of this.#callOffs) callOff();
    this.#callOffs = [];
  }

  #finish(outcome: Outcome): void {
    if (this.#done) return;
    this.#over();
    if (this.#attempt !== undefined && !this.#attempt.over) this.#stopSoon(this.#attempt);
    this.report(outcome);
  }

  /** Cancellation reaches an activity in answer to its next heartbeat. */
  #stopSoon(attempt: Attempt): void {
    const quiet = millisOf(this.order.heartbeatTimeout) * THROTTLE;
    const { time, random } = this.parts;
    if (quiet > 0) time.after(random.between(0, quiet), 'engine', () => attempt.stop.abort());
  }

  #later(ms: number, work: () => void): void {
    this.#callOffs.push(this.parts.time.after(ms, 'engine', work));
  }

  #soon(ms: number, number: number): void {
    const { time } = this.parts;
    time.background(async () => {
      await time.until(time.ms + ms, `start ${this.order.activityType}`);
      if (this.#done) return;
      const process = this.parts.worker();
      if (process === undefined) this.#soon(NOBODY_MS, number);
      else await this.#make({ number, over: false, stop: new AbortController(), process });
    });
  }

  async #make(attempt: Attempt): Promise<void> {
    const { time } = this.parts;
    const type = this.order.activityType ?? '';
    this.#attempt = attempt;
    this.#watch(attempt);
    try {
      const value = await time.as(attempt.process, async () => await this.#run(attempt), type);
      // The answer to the engine is an outside step as well: a worker may die before it.
      await time.as(attempt.process, async () => await time.turn(`done ${type}`), type);
      if (attempt.over) return;
      attempt.over = true;
      this.#finish({ kind: 'completed', payload: defaultPayloadConverter.toPayload(value) });
    } catch (thrown) {
      // A dead worker answers nothing; its attempt is missed by its heartbeat.
      if (attempt.process?.dead === true || thrown instanceof ProcessEnded) return;
      this.#failed(attempt, thrown);
    }
  }

  async #run(attempt: Attempt): Promise<unknown> {
    const { activities, around } = this.parts;
    const type = this.order.activityType ?? '';
    const work = activities[type];
    if (work === undefined) throw new Error(`there is no activity ${type}`);
    const args = (this.order.arguments ?? []).map((each) => defaultPayloadConverter.fromPayload(each));
    const context = contextOf(this.what, attempt, this.#orderedAt);
    return await asyncLocalStorage.run(
      context,
      async () => await around(args, async () => await work(...(args as [never]))),
    );
  }

  /** Timeouts of one attempt. A worker that lives keeps heartbeating; what is tested is that it does not live. */
  #watch(attempt: Attempt): void {
    const longest = millisOf(this.order.startToCloseTimeout);
    if (longest > 0) {
      this.#later(longest, () => this.#giveUp(attempt, timeoutFailure('the attempt took too long', 1)));
    }
    const quiet = millisOf(this.order.heartbeatTimeout);
    if (quiet > 0) this.#listen(attempt, quiet, this.parts.time.ms);
  }

  #listen(attempt: Attempt, quiet: number, heardAt: number): void {
    this.#later(quiet / 4, () => {
      if (attempt.over || this.#done) return;
      const { process } = attempt;
      const now = this.parts.time.ms;
      const alive = process !== undefined && !process.dead && process.pausedUntil <= now;
      const last = alive ? now : heardAt;
      if (now - last >= quiet) this.#giveUp(attempt, timeoutFailure('no heartbeat', 4));
      else this.#listen(attempt, quiet, last);
    });
  }

  /** It goes on if it can, and is told with its next heartbeat that nobody waits for it. */
  #giveUp(attempt: Attempt, failure: Failure): void {
    if (attempt.over || this.#done) return;
    attempt.over = true;
    this.#stopSoon(attempt);
    this.#again(attempt, failure, undefined);
  }

  #failed(attempt: Attempt, thrown: unknown): void {
    if (attempt.over) return;
    attempt.over = true;
    if (thrown instanceof CancelledFailure && attempt.stop.signal.aborted) {
      this.#finish({ kind: 'cancelled' });
      return;
    }
    const failure = thrown instanceof ApplicationFailure ? thrown : undefined;
    const type = failure?.type ?? 'Error';
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    this.parts.tell(`${this.order.activityType} failed: ${type}: ${message}`);
    const asked = failure?.nextRetryDelay;
    this.#again(attempt, applicationFailure(message, type), typeof asked === 'number' ? asked : undefined);
  }

  #again(attempt: Attempt, failure: Failure, askedMs: number | undefined): void {
    const policy = this.order.retryPolicy ?? {};
    const type = failure.applicationFailureInfo?.type ?? '';
    if ((policy.nonRetryableErrorTypes ?? []).includes(type)) {
      this.#finish({ kind: 'failed', failure, why: 'nonRetryable' });
      return;
    }
    const most = policy.maximumAttempts ?? 0;
    if (most > 0 && attempt.number >= most) {
      this.#finish({ kind: 'failed', failure, why: 'attempts' });
      return;
    }
    if (this.#cancelled) {
      this.#finish({ kind: 'cancelled' });
      return;
    }
    const first = millisOf(policy.initialInterval) || 1_000;
    const longest = millisOf(policy.maximumInterval) || first * 100;
    const waited = first * (policy.backoffCoefficient ?? 2) ** (attempt.number - 1);
    this.#soon(askedMs ?? Math.min(longest, waited), attempt.number + 1);
  }
}

function contextOf(
  { order, workflow }: Readonly<{ order: ActivityOrder; workflow: Execution }>,
  attempt: Attempt,
  orderedAt: number,
): Context {
  const info = {
    activityId: order.activityId ?? '',
    activityType: order.activityType ?? '',
    attempt: attempt.number,
    taskQueue: order.taskQueue ?? '',
    workflowExecution: { workflowId: workflow.options.workflowId, runId: workflow.runId },
    workflowType: workflow.options.workflow,
    scheduledTimestampMs: orderedAt,
    namespace: 'twin',
    inWorkflow: true,
    isLocal: false,
  } as unknown as Info;
  const { signal } = attempt.stop;
  const cancelled = new Promise<never>((_, refuse) => {
    signal.addEventListener('abort', () => refuse(new CancelledFailure('cancelled')));
  });
  cancelled.catch(() => undefined);
  const parts = [info, cancelled, signal, () => undefined, undefined, undefined, undefined, {}] as const;
  return new Context(...(parts as unknown as ConstructorParameters<typeof Context>));
}
