import { createLogger } from '@springtide/platform';
import { setTimeout as wait } from 'node:timers/promises';

/** Writes a log to an output that may have no room, and goes on; says so on the other output. */
const log = createLogger({ name: 'log-writer', level: 'info' });
for (let line = 0; line < 500; line += 1) log.info({ line }, 'a line of a log');
process.stdout.write('a line that is printed\n');
await wait(200);
for (let line = 0; line < 500; line += 1) log.error({ line }, 'another line');
process.stderr.write('went on\n');
