import './workflow-globals.js';
import { setActivator } from '@temporalio/workflow/lib/global-attributes.js';
import { Activator } from '@temporalio/workflow/lib/internals.js';
import {
  activate,
  concludeActivation,
  initialize,
  tryUnblockConditions,
} from '@temporalio/workflow/lib/worker-interface.js';

type WorkflowActivation = Parameters<typeof activate>[0];
type Successful = NonNullable<ReturnType<typeof concludeActivation>['successful']>;

/** What a workflow can be told. */
export type Job = NonNullable<WorkflowActivation['jobs']>[number];
/** What a workflow can want. */
export type Command = NonNullable<Successful['commands']>[number];
export type WorkflowFunction = (...args: never[]) => Promise<unknown>;

export type WorkflowIdentity = Readonly<{
  workflowId: string;
  runId: string;
  firstRunId: string;
  type: string;
}>;

/** One pass through a workflow: when, what it was told, what it wanted. */
export type Activation = Readonly<{
  at: number;
  long: boolean;
  jobs: readonly Job[];
  commands: readonly Command[];
}>;

/**
 * One workflow execution of the real SDK, without its sandbox: the same activator, scopes, conditions and converters as in
 * a worker, driven by the same jobs. Workflows here are pure by lint and by compiler, so that the sandbox is not missed.
 */
export class WorkflowInstance {
  readonly #activator: Activator;
  readonly #past: Activation[] = [];

  constructor(
    private readonly identity: WorkflowIdentity,
    private readonly workflow: WorkflowFunction,
  ) {
    this.#activator = activatorOf(identity, workflow);
  }

  /** Lets the workflow take note of what happened. @returns what it wants done. @throws when its code throws. */
  async activate(at: number, long: boolean, jobs: readonly Job[]): Promise<readonly Command[]> {
    const commands = await this.#step(at, long, jobs, false);
    this.#past.push({ at, long, jobs, commands });
    return commands;
  }

  /**
   * The same execution as another worker has it that knows nothing but its history.
   * @throws when the code decides otherwise the second time.
   */
  async replayed(): Promise<WorkflowInstance> {
    const fresh = new WorkflowInstance(this.identity, this.workflow);
    for (const past of this.#past) {
      const commands = await fresh.#step(past.at, past.long, [...patchesOf(past), ...past.jobs], true);
      if (JSON.stringify(commands) !== JSON.stringify(past.commands)) {
        throw new Error(`workflow ${this.identity.workflowId} is not deterministic`);
      }
      fresh.#past.push(past);
    }
    return fresh;
  }

  async #step(
    at: number,
    long: boolean,
    jobs: readonly Job[],
    isReplaying: boolean,
  ): Promise<readonly Command[]> {
    const activator = this.#activator;
    setActivator(activator);
    try {
      activator.now = at;
      activator.mutateWorkflowInfo((info) => ({
        ...info,
        continueAsNewSuggested: long,
        historyLength: this.#past.length * 10,
        unsafe: { ...info.unsafe, isReplaying, isReplayingHistoryEvents: isReplaying },
      }));
      for (const { notifyHasPatch } of jobs) if (notifyHasPatch) activator.notifyHasPatch(notifyHasPatch);
      const begin = jobs.find((job) => job.initializeWorkflow)?.initializeWorkflow;
      if (begin) initialize(begin);
      activate({ jobs: jobs.filter((job) => !job.notifyHasPatch).map(withVariant) });
      await microtasks();
      while (tryUnblockConditions() > 0) await microtasks();
      return concludeActivation().successful?.commands ?? [];
    } finally {
      setActivator(undefined);
    }
  }
}

/** A marker in a history says that its run took the new way. */
function patchesOf({ commands }: Activation): readonly Job[] {
  return commands.flatMap(({ setPatchMarker }) =>
    setPatchMarker ? [{ notifyHasPatch: { patchId: setPatchMarker.patchId ?? '' } }] : [],
  );
}

/** The compiled messages of the SDK say which of their fields is set; plain objects must be told to. */
function withVariant(job: Job): Job {
  return Object.assign({}, job, { variant: Object.keys(job)[0] });
}

async function microtasks(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function activatorOf(
  { workflowId, runId, firstRunId, type }: WorkflowIdentity,
  workflow: WorkflowFunction,
): Activator {
  const activator = new Activator({
    info: {
      workflowId,
      runId,
      firstExecutionRunId: firstRunId,
      originalExecutionRunId: runId,
      workflowType: type,
      taskQueue: 'workflow',
      namespace: 'twin',
      attempt: 1,
      historyLength: 0,
      historySize: 0,
      continueAsNewSuggested: false,
      searchAttributes: {},
      unsafe: { isReplaying: false, isReplayingHistoryEvents: false, now: () => 0 },
    },
    now: 0,
    randomnessSeed: Array.from(runId, (character) => character.codePointAt(0) ?? 0),
    showStackTraceSources: false,
    sourceMap: {},
    getTimeOfDay: () => 0n,
    registeredActivityNames: new Set<string>(),
    stackTracesEnabled: false,
  } as unknown as ConstructorParameters<typeof Activator>[0]);
  activator.workflow = workflow as never;
  return activator;
}
