import type { Execution } from './execution.js';
import type { SeededRandom } from './seeded-random.js';
import type { Process, VirtualTime } from './virtual-time.js';
import type { WorkflowFunction } from './workflow-instance.js';

/** An activity as the worker registers it. */
export type ActivityFunction = (input: never) => Promise<unknown>;

/** What happens to every activity attempt: the worker's inbound interceptor. */
export type AroundActivity = (args: unknown[], next: () => Promise<unknown>) => Promise<unknown>;

export type EngineParts = Readonly<{
  time: VirtualTime;
  random: SeededRandom;
  workflows: Readonly<Record<string, WorkflowFunction>>;
  activities: Readonly<Record<string, ActivityFunction>>;
  around: AroundActivity;
  /** A worker that takes work now; undefined while all are dead. */
  worker: () => Process | undefined;
  /** Activations after which an execution is told that its history is long. */
  longAfter: number;
  /** 0 ≤ p ≤ 1: how often a workflow moves to a worker that knows only its history. */
  evictions: number;
  tell: (line: string) => void;
}>;

export type Parent = Readonly<{
  execution: Execution;
  seq: number;
  closePolicy: 'terminate' | 'abandon' | 'request-cancel';
}>;

export type StartOptions = Readonly<{
  workflowId: string;
  workflow: string;
  args: readonly unknown[];
  firstRunId?: string;
  parent?: Parent;
}>;

export type Schedule = Readonly<{ id: string; workflow: string; everyMs: number; args: readonly unknown[] }>;
