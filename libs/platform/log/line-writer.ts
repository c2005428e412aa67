import { writeSync } from 'node:fs';

/** How long a reader that is behind is waited for before a line is dropped. */
const PATIENCE_MS = 1_000;
const PAUSE_MS = 10;

const idle = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes lines of a log. A line that cannot be written, as on a full disk, is dropped and counted: a log is no reason to end
 * or hold up whoever writes it. The next line that can be written is preceded by how many are missing.
 */
export function lineWriter(write: (text: string) => void): { write(line: string): void } {
  let lost = 0;
  return {
    write: (line) => {
      try {
        write(lost === 0 ? line : `${lostLine(lost)}\n${line}`);
        lost = 0;
      } catch {
        // There is no other place to tell it; the count is told as soon as there is room.
        lost += 1;
      }
    },
  };
}

function lostLine(lost: number): string {
  const msg = `${lost} lines of this log could not be written and are missing here`;
  return JSON.stringify({ level: 50, time: new Date().toISOString(), pid: process.pid, lost, msg });
}

/** All of it, at once. @throws what the operating system says; a reader that is behind only after a while. */
export function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  const last = performance.now() + PATIENCE_MS;
  for (let from = 0; from < bytes.length;) {
    try {
      from += writeSync(fd, bytes, from);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EAGAIN' || performance.now() > last) throw thrown;
      Atomics.wait(idle, 0, 0, PAUSE_MS);
    }
  }
}
