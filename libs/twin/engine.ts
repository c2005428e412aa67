import type { Schedule, StartOptions } from './engine-options.js';
import { Execution } from './execution.js';
import { cancelledFailure, childFailure, type Outcome } from './failures.js';
import type { EngineParts } from './engine-options.js';
import type { Job } from './workflow-instance.js';

type SignalInput = NonNullable<NonNullable<Job['signalWorkflow']>['input']>;

/**
 * The workflow engine, as far as our workflows can tell the difference: executions by id, timers, activities that are
 * tried again, children, signals, schedules. All of it lives in this process and in virtual time; nothing of it is lost
 * when a worker dies.
 */
export class TwinEngine {
  readonly #open = new Map<string, Execution>();
  readonly #closed: Execution[] = [];
  #runs = 0;

  constructor(readonly parts: EngineParts) {}

  /** False when one with this id is open. */
  start(options: StartOptions): Execution | undefined {
    if (this.#open.has(options.workflowId)) return undefined;
    this.#runs += 1;
    const execution = new Execution(this, options, `r${this.#runs}`);
    this.#open.set(options.workflowId, execution);
    execution.begin();
    return execution;
  }

  /** False when none with this id is open. */
  signal(workflowId: string, signalName: string, input: SignalInput = []): boolean {
    const execution = this.#open.get(workflowId);
    execution?.tell({ signalWorkflow: { signalName, input } });
    return execution !== undefined;
  }

  isOpen(workflowId: string): boolean {
    return this.#open.has(workflowId);
  }

  openIds(): readonly string[] {
    return [...this.#open.keys()];
  }

  cancel(workflowId: string): void {
    this.#open.get(workflowId)?.cancel();
  }

  /** Starts a workflow at every interval, unless the one before is still open. */
  schedule({ id, workflow, everyMs, args }: Schedule): void {
    const { time } = this.parts;
    const loop = async () => {
      for (;;) {
        await time.until(time.ms + everyMs, `schedule ${id}`);
        this.start({ workflowId: id, workflow, args });
      }
    };
    time.background(loop);
  }

  /** An execution is over: its children follow their policies, and whoever waits for it is told. */
  over(execution: Execution, outcome: Outcome): void {
    const { workflowId, parent } = execution.options;
    if (this.#open.get(workflowId) === execution) this.#open.delete(workflowId);
    this.#closed.push(execution);
    for (const child of this.#open.values()) {
      if (child.options.parent?.execution !== execution) continue;
      if (child.options.parent.closePolicy === 'terminate') child.terminate();
      else if (child.options.parent.closePolicy === 'request-cancel') child.cancel();
    }
    if (parent === undefined || parent.execution.isOver) return;
    parent.execution.childOver(parent.seq, resolved(execution, outcome));
  }

  /** The same id goes on with a new history. */
  continued(execution: Execution, workflow: string, args: readonly unknown[]): void {
    const { workflowId, parent } = execution.options;
    this.#open.delete(workflowId);
    this.#closed.push(execution);
    for (const child of this.#open.values()) {
      if (child.options.parent?.execution === execution && child.options.parent.closePolicy === 'terminate') {
        child.terminate();
      }
    }
    this.start({ workflowId, workflow, args, firstRunId: execution.firstRunId, ...(parent && { parent }) });
  }
}

function resolved(execution: Execution, outcome: Outcome) {
  const identity = {
    workflowId: execution.options.workflowId,
    runId: execution.runId,
    type: execution.options.workflow,
  };
  switch (outcome.kind) {
    case 'completed':
      return { completed: { result: outcome.payload } };
    case 'failed':
      return { failed: { failure: childFailure(identity, outcome.failure) } };
    case 'cancelled':
      return { cancelled: { failure: childFailure(identity, cancelledFailure()) } };
  }
}
