import { Context } from '@temporalio/activity';

const EVERY_MS = 3_000;

/** Heartbeats while one call takes long, so that a slow cloud is not mistaken for a dead worker. */
export async function alive<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat('waiting for an answer'), EVERY_MS);
  // A heartbeat is no reason for a process to live.
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
