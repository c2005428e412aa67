import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { freePort } from '../tools/free-port.js';
import { startProcess } from '../tools/process.js';
import { ensureVenv } from '../tools/python-venv.js';

/** What microburst takes; all that it knows is in its own README. */
type BurstRule = Readonly<{
  service?: string;
  operation?: string;
  /** JMESPath over the form: matches where it is true. */
  body?: string;
  times?: number;
  error?: Readonly<{ code: string; status: number; message?: string }>;
  /** Applied to what the emulator answered, after it has done the work. */
  response?: Readonly<{ abort_frac: number }>;
}>;

type FiredFault = Readonly<{ rule_id: number; operation: string; action: string }>;

type Microburst = Readonly<{
  endpoint: string;
  /** Adds rules and tells their numbers. */
  add(...rules: readonly BurstRule[]): Promise<readonly number[]>;
  /** Every fault so far, oldest first: its own log, not ours. */
  fired(): Promise<readonly FiredFault[]>;
  clear(): Promise<void>;
  stop(): Promise<void>;
}>;

/** microburst, a fault proxy that others wrote, in front of an emulator that others wrote: nothing of ours between them. */
export async function startMicroburst(upstreamPort: number): Promise<Microburst> {
  const command = await ensureVenv({
    name: 'microburst',
    packages: ['microburst==0.10.0'],
    binary: 'microburst',
  });
  const port = await freePort();
  const process = await startProcess({
    name: 'microburst',
    command,
    args: [
      ...['--upstream', `http://127.0.0.1:${upstreamPort}`],
      ...['--host', '127.0.0.1', '--port', String(port), '--no-resign'],
    ],
    ready: { port },
    logFile: join(tmpdir(), 'springtide-yard', 'microburst.log'),
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${endpoint}/_microburst/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`microburst refused ${method} ${path}: ${await response.text()}`);
    return response.json();
  };
  return {
    endpoint,
    add: async (...rules) => {
      const all = (await ask('PATCH', 'rules', rules)) as readonly { id: number }[];
      return all.slice(-rules.length).map(({ id }) => id);
    },
    fired: async () => (await ask('GET', 'fired')) as readonly FiredFault[],
    clear: async () => {
      await ask('POST', 'rules', []);
      await ask('DELETE', 'fired');
    },
    stop: () => process.stop(),
  };
}
