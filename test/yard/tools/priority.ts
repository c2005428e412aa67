import { readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * Asks to run before the others, with all its threads: one that collects garbage behind everybody else would stop the
 * rest. The generator's clock, the machines' answers and the proxy stand for hardware that this one machine does not
 * have; only a privileged process is heard, and what then lags says so in its result.
 */
export function runFirst(): boolean {
  try {
    for (const thread of threads()) setPriority(thread, constants.priority.PRIORITY_HIGHEST);
    return true;
  } catch {
    return false;
  }
}

/** 0 is the calling thread, where the system does not list the others. */
function threads(): readonly number[] {
  try {
    return readdirSync('/proc/self/task').map(Number);
  } catch {
    return [0];
  }
}
