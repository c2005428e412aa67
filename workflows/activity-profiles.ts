import type { ActivityOptions } from '@temporalio/workflow';
import {
  MUTATE_QUEUE,
  PLANNER_QUEUE,
  PURCHASE_QUEUE,
  READ_QUEUE,
  REHEARSAL_QUEUE,
  SYNC_QUEUE,
  WATCH_QUEUE,
} from '@springtide/contracts';

/** What is not worth trying again: the answer would be the same. Names are error codes of the kernel. */
const FINAL = [
  'invalid-argument',
  'not-found',
  'permission-denied',
  'unauthenticated',
  'failed-precondition',
  'unsupported',
  'fenced',
];

/** Short reads and writes of truth. Tried for as long as it takes: a database that is away comes back. */
export const TRUTH: ActivityOptions = {
  taskQueue: READ_QUEUE,
  startToCloseTimeout: '30s',
  retry: {
    initialInterval: '200ms',
    backoffCoefficient: 2,
    maximumInterval: '10s',
    nonRetryableErrorTypes: FINAL,
  },
};

/** Changes of clouds and routes, each through the ledger, so that a repetition is safe. They heartbeat. */
export const EFFECT: ActivityOptions = {
  taskQueue: MUTATE_QUEUE,
  startToCloseTimeout: '30m',
  heartbeatTimeout: '10s',
  retry: {
    initialInterval: '500ms',
    backoffCoefficient: 2,
    maximumInterval: '15s',
    nonRetryableErrorTypes: FINAL,
  },
};

/** A release that does not know this queue, after a step back to it, starts none of these: then they count as not done. */
export const PURCHASE: ActivityOptions = {
  ...EFFECT,
  taskQueue: PURCHASE_QUEUE,
  scheduleToStartTimeout: '15m',
};

/**
 * Within a phase: an account or an entrance that does not answer keeps the phases after it waiting for ten minutes, or half an
 * hour where each answer times out. Counted in attempts, so that workers who are away use up nothing. What did not get through
 * is told, and looked at again by the next phase and on the way back.
 */
export const STEP: ActivityOptions = { ...EFFECT, retry: { ...EFFECT.retry, maximumAttempts: 40 } };

/** Effects on the way back: nothing is final there, an account that is locked today is asked again until it opens. */
export const RETURN: ActivityOptions = {
  ...EFFECT,
  retry: {
    initialInterval: '500ms',
    backoffCoefficient: 2,
    maximumInterval: '30s',
    nonRetryableErrorTypes: ['fenced'],
  },
};

/** A probe buys and takes back like a run, and keeps none waiting: it shares the queue of purchases. */
export const PROBING: ActivityOptions = { ...RETURN, taskQueue: PURCHASE_QUEUE };

export const SOLVE: ActivityOptions = {
  taskQueue: PLANNER_QUEUE,
  startToCloseTimeout: '5m',
  retry: { initialInterval: '1s', maximumAttempts: 4, nonRetryableErrorTypes: FINAL },
};

/** A life of a campaign in a process of its own. What failed twice fails for a reason. */
export const REHEARSING: ActivityOptions = {
  taskQueue: REHEARSAL_QUEUE,
  startToCloseTimeout: '2h',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '5s', maximumAttempts: 2, nonRetryableErrorTypes: FINAL },
};

/** A look at a whole account. What failed is looked at again at the next pass, not before. */
export const LISTING: ActivityOptions = {
  taskQueue: SYNC_QUEUE,
  startToCloseTimeout: '1h',
  heartbeatTimeout: '10s',
  retry: { maximumAttempts: 1 },
};

/** Bills of whole accounts. An account that cannot be read is an answer; what fails here is ours, and is tried again. */
export const BILLS: ActivityOptions = {
  ...LISTING,
  retry: {
    initialInterval: '10s',
    backoffCoefficient: 2,
    maximumInterval: '1h',
    nonRetryableErrorTypes: FINAL,
  },
};

/** Waits and looks for as long as it was told; after the death of a worker another one goes on at once. */
export const WATCHING: ActivityOptions = {
  taskQueue: WATCH_QUEUE,
  startToCloseTimeout: '1h',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '10s', maximumAttempts: 3 },
};
