/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origin */
import { Worker } from 'node:worker_threads';
import { SpringtideError } from '@springtide/kernel';
import type { SparseColumns } from './domain/lot-model.js';
// Only its types: this import also brings the thread's file into every build that uses this one.
import type { SolverRequest } from './highs.worker.js';

export type SolverAnswer = Readonly<{
  /** What the solver says; bounds are recomputed from `rowDual`, never taken from here. */
  optimal: boolean;
  objective: number;
  primal: Float64Array;
  reducedCost: Float64Array;
  rowDual: Float64Array;
}>;

/** One linear model, kept warm between solves. Every call ends at the deadline with `timeout`. */
export interface SolverSession {
  readonly version: string;
  load(rowLower: Float64Array, rowUpper: Float64Array, columns: SparseColumns): Promise<SolverAnswer>;
  add(columns: SparseColumns): Promise<SolverAnswer>;
  changeBounds(indices: Int32Array, lower: Float64Array, upper: Float64Array): Promise<SolverAnswer>;
  close(): Promise<void>;
}

/** Opens a session whose every answer must be there within `deadlineMs` from now. */
export type OpenSolver = (deadlineMs: number) => Promise<SolverSession>;

type Reply = { id: number; failure?: string; version?: string };
type Waiting = { resolve: (reply: Reply) => void; reject: (error: Error) => void };

/**
 * HiGHS in its own thread, which is ended when the deadline passes: a solve cannot be interrupted in any other way.
 * The thread's file is this file's sibling: compiled beside it, or its source, which Node runs as it is.
 */
export const openHighs: OpenSolver = async (deadlineMs) => {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./highs.worker.${extension}`, import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // A thread has its own copy of the environment otherwise; a solver needs none of it.
    env: {},
  });
  const thread = new SolverThread(worker, deadlineMs);
  const hello = await thread.reply(0);
  return thread.session(hello.version ?? 'unknown');
};

class SolverThread {
  private readonly waiting = new Map<number, Waiting>();
  private readonly timer: NodeJS.Timeout;
  private next = 1;
  private ended: Error | undefined;

  constructor(
    private readonly worker: Worker,
    deadlineMs: number,
  ) {
    this.timer = setTimeout(() => this.end(late(deadlineMs)), Math.max(0, deadlineMs));
    worker.on('message', (reply: Reply) => this.settle(reply));
    worker.on('error', (cause) =>
      this.end(broken(cause instanceof Error ? cause.message : String(cause), cause)),
    );
    worker.on('exit', (code) => this.end(broken(`its thread ended with code ${code}`)));
  }

  session(version: string): SolverSession {
    return {
      version,
      load: (rowLower, rowUpper, columns) => this.ask({ kind: 'load', rowLower, rowUpper, columns }),
      add: (columns) => this.ask({ kind: 'add', columns }),
      changeBounds: (indices, lower, upper) => this.ask({ kind: 'bounds', indices, lower, upper }),
      close: async () => {
        this.end(broken('the session was closed'));
        await this.worker.terminate();
      },
    };
  }

  private async ask(request: SolverRequest): Promise<SolverAnswer> {
    const id = this.next;
    this.next += 1;
    const answer = this.reply(id);
    if (this.ended === undefined) this.worker.postMessage({ ...request, id });
    return (await answer) as unknown as SolverAnswer;
  }

  reply(id: number): Promise<Reply> {
    if (this.ended !== undefined) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  private settle(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (reply.failure === undefined) waiting?.resolve(reply);
    else waiting?.reject(broken(reply.failure));
  }

  private end(error: Error): void {
    if (this.ended !== undefined) return;
    this.ended = error;
    clearTimeout(this.timer);
    for (const waiting of this.waiting.values()) waiting.reject(error);
    this.waiting.clear();
    void this.worker.terminate();
  }
}

function late(deadlineMs: number): SpringtideError {
  return new SpringtideError('timeout', `the solver had no answer within ${deadlineMs} ms and was ended`, {
    effect: 'none',
    nextStep: 'Plan again with a longer deadline; until then a greedy plan is used.',
  });
}

function broken(what: string, cause?: unknown): SpringtideError {
  return new SpringtideError(
    'unavailable',
    `the solver cannot be used: ${what}; a greedy plan is used instead`,
    {
      effect: 'none',
      cause,
    },
  );
}
