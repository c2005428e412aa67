import { setPriority } from 'node:os';

/**
 * Asks to run before the others. The generator's clock and the machines' answers stand for hardware that this one
 * machine does not have; only a privileged process is heard, and what then lags says so in its result.
 */
export function runFirst(): boolean {
  try {
    setPriority(-10);
    return true;
  } catch {
    return false;
  }
}
