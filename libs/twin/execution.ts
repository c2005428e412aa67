import { defaultPayloadConverter } from '@temporalio/common';
import { ActivityTask } from './activity-task.js';
import type { TwinEngine } from './engine.js';
import type { Parent, StartOptions } from './engine-options.js';
import { activityFailure, cancelledFailure, type Outcome } from './failures.js';
import { millisOf } from './proto-duration.js';
import { WorkflowInstance, type Command, type Job } from './workflow-instance.js';

const CLOSE_POLICIES = ['terminate', 'terminate', 'abandon', 'request-cancel'] as const;

/** Of the SDK's activity cancellation types: let the workflow go on at once. */
const TRY_CANCEL = 0;

/** One run of one workflow: what it waits for, and what it has been told and not yet taken note of. */
export class Execution {
  readonly firstRunId: string;
  isOver = false;
  #instance: WorkflowInstance;
  #news: Job[] = [];
  #activations = 0;
  #awake = false;
  readonly #timers = new Map<number, () => void>();
  readonly #activities = new Map<number, { task: ActivityTask; tryCancel: boolean }>();
  readonly #children = new Map<number, string>();

  constructor(
    private readonly engine: TwinEngine,
    readonly options: StartOptions,
    readonly runId: string,
  ) {
    this.firstRunId = options.firstRunId ?? runId;
    this.#instance = this.#fresh();
  }

  begin(): void {
    const { workflowId, workflow, args } = this.options;
    this.tell({
      initializeWorkflow: {
        workflowId,
        workflowType: workflow,
        arguments: args.map((each) => defaultPayloadConverter.toPayload(each)),
      },
    });
  }

  /** Takes note of it at its next turn; a workflow that is over hears nothing. */
  tell(job: Job): void {
    if (this.isOver) return;
    this.#news.push(job);
    if (this.#awake) return;
    this.#awake = true;
    const { time } = this.engine.parts;
    time.background(async () => {
      await time.turn(`workflow ${this.options.workflowId}`);
      await this.#think();
    });
  }

  cancel(): void {
    this.tell({ cancelWorkflow: { reason: 'cancelled' } });
  }

  /** Ends it without asking it. */
  terminate(): void {
    if (this.isOver) return;
    this.#end({
      kind: 'failed',
      failure: { message: 'terminated', terminatedFailureInfo: {} },
      why: 'cancelled',
    });
  }

  childOver(seq: number, result: NonNullable<Job['resolveChildWorkflowExecution']>['result']): void {
    this.#children.delete(seq);
    if (result) this.tell({ resolveChildWorkflowExecution: { seq, result } });
  }

  #fresh(): WorkflowInstance {
    const { workflowId, workflow } = this.options;
    const code = this.engine.parts.workflows[workflow];
    if (code === undefined) throw new Error(`there is no workflow ${workflow}`);
    const { runId, firstRunId } = this;
    return new WorkflowInstance({ workflowId, runId, firstRunId, type: workflow }, code);
  }

  async #think(): Promise<void> {
    const { time, random, evictions, longAfter } = this.engine.parts;
    this.#awake = false;
    if (this.isOver) return;
    const jobs = this.#news.toSorted((a, b) => rank(a) - rank(b));
    this.#news = [];
    const pass = async () => {
      if (random.chance(evictions)) this.#instance = await this.#instance.replayed();
      this.#activations += 1;
      return await this.#instance.activate(time.ms, this.#activations >= longAfter, jobs);
    };
    const commands = await time.outside(pass());
    for (const command of commands) if (!this.isOver) this.#carryOut(command);
  }

  #carryOut(command: Command): void {
    if (command.startTimer) this.#startTimer(command.startTimer);
    else if (command.cancelTimer) this.#cancelTimer(command.cancelTimer.seq ?? 0);
    else if (command.scheduleActivity) this.#schedule(command.scheduleActivity);
    else if (command.requestCancelActivity) this.#cancelActivity(command.requestCancelActivity.seq ?? 0);
    else if (command.startChildWorkflowExecution) this.#startChild(command.startChildWorkflowExecution);
    else if (command.cancelChildWorkflowExecution)
      this.engine.cancel(
        this.#children.get(command.cancelChildWorkflowExecution.childWorkflowSeq ?? 0) ?? '',
      );
    else if (command.signalExternalWorkflowExecution) this.#signal(command.signalExternalWorkflowExecution);
    else if (command.completeWorkflowExecution)
      this.#end({ kind: 'completed', payload: command.completeWorkflowExecution.result ?? null });
    else if (command.failWorkflowExecution)
      this.#end({ kind: 'failed', failure: command.failWorkflowExecution.failure ?? {}, why: 'notSet' });
    else if (command.cancelWorkflowExecution) this.#end({ kind: 'cancelled' });
    else if (command.continueAsNewWorkflowExecution) this.#continue(command.continueAsNewWorkflowExecution);
    else if (command.setPatchMarker) return;
    else throw new Error(`the twin does not know this command: ${Object.keys(command).join()}`);
  }

  #startTimer({ seq, startToFireTimeout }: NonNullable<Command['startTimer']>): void {
    const id = seq ?? 0;
    const fire = () => {
      this.#timers.delete(id);
      this.tell({ fireTimer: { seq: id } });
    };
    this.#timers.set(id, this.engine.parts.time.after(millisOf(startToFireTimeout), 'timer', fire));
  }

  #cancelTimer(seq: number): void {
    this.#timers.get(seq)?.();
    this.#timers.delete(seq);
  }

  #schedule(order: NonNullable<Command['scheduleActivity']>): void {
    const seq = order.seq ?? 0;
    const task = new ActivityTask(this.engine.parts, { order, workflow: this }, (outcome) => {
      if (!this.#activities.delete(seq)) return;
      this.tell({ resolveActivity: { seq, result: resultOf(order, outcome) } });
    });
    this.#activities.set(seq, { task, tryCancel: (order.cancellationType ?? 0) === TRY_CANCEL });
    task.begin();
  }

  #cancelActivity(seq: number): void {
    const found = this.#activities.get(seq);
    if (found === undefined) return;
    found.task.cancel();
    if (!found.tryCancel || !this.#activities.delete(seq)) return;
    this.tell({ resolveActivity: { seq, result: resultOf(found.task.order, { kind: 'cancelled' }) } });
  }

  #startChild(order: NonNullable<Command['startChildWorkflowExecution']>): void {
    const seq = order.seq ?? 0;
    const workflowId = order.workflowId ?? '';
    const workflow = order.workflowType ?? '';
    const closePolicy = CLOSE_POLICIES[order.parentClosePolicy ?? 0] ?? 'terminate';
    const parent: Parent = { execution: this, seq, closePolicy };
    const args = (order.input ?? []).map((each) => defaultPayloadConverter.fromPayload(each));
    const child = this.engine.start({ workflowId, workflow, args, parent });
    if (child === undefined) {
      // 1: a workflow with this id is open.
      const failed = { workflowId, workflowType: workflow, cause: 1 };
      this.tell({ resolveChildWorkflowExecutionStart: { seq, failed } });
      return;
    }
    this.#children.set(seq, workflowId);
    this.tell({ resolveChildWorkflowExecutionStart: { seq, succeeded: { runId: child.runId } } });
  }

  #signal(order: NonNullable<Command['signalExternalWorkflowExecution']>): void {
    const to = order.childWorkflowId ?? order.workflowExecution?.workflowId ?? '';
    const heard = this.engine.signal(to, order.signalName ?? '', order.args ?? []);
    const failure = heard ? null : { message: `there is no open workflow ${to}` };
    this.tell({ resolveSignalExternalWorkflow: { seq: order.seq ?? 0, failure } });
  }

  #continue(order: NonNullable<Command['continueAsNewWorkflowExecution']>): void {
    this.#close();
    const args = (order.arguments ?? []).map((each) => defaultPayloadConverter.fromPayload(each));
    this.engine.continued(this, order.workflowType ?? this.options.workflow, args);
  }

  #end(outcome: Outcome): void {
    this.#close();
    this.engine.over(this, outcome);
  }

  /** Activities of a workflow that is over learn it with their next heartbeat. */
  #close(): void {
    this.isOver = true;
    for (const callOff of this.#timers.values()) callOff();
    this.#timers.clear();
    for (const { task } of this.#activities.values()) task.abandon();
    this.#activities.clear();
  }
}

function rank(job: Job): number {
  if (job.initializeWorkflow) return 0;
  return job.signalWorkflow ? 1 : 2;
}

type ActivityOrder = NonNullable<Command['scheduleActivity']>;

function resultOf(order: Pick<ActivityOrder, 'activityType' | 'activityId'>, outcome: Outcome) {
  const [type, id] = [order.activityType ?? '', order.activityId ?? ''];
  switch (outcome.kind) {
    case 'completed':
      return { completed: { result: outcome.payload } };
    case 'failed':
      return { failed: { failure: activityFailure(type, id, outcome.failure, outcome.why) } };
    case 'cancelled':
      return { cancelled: { failure: activityFailure(type, id, cancelledFailure(), 'cancelled') } };
  }
}
