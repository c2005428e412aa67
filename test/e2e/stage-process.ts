import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { nodeArguments } from '../yard/tools/node-arguments.js';
import { startProcess, type RunningProcess } from '../yard/tools/process.js';

type Environment = Readonly<Record<string, string>>;

type Program = Readonly<{
  name: string;
  /** Folder and file, without its ending. */
  place: string;
  entry: string;
  args: readonly string[];
  env: Environment;
  folder: string;
}>;

/** A process of the product: started, killed, held up and started again, with what it writes in a file of its own. */
export class StageProcess {
  readonly #lines = new EventEmitter();
  #running: RunningProcess | undefined;
  /** Where it is reached, as it says itself. */
  url = '';

  constructor(private readonly program: Program) {
    // As many fail points as a test likes may be waited for at once.
    this.#lines.setMaxListeners(0);
  }

  get pid(): number {
    if (this.#running === undefined) throw new Error(`${this.program.name} does not run`);
    return this.#running.pid;
  }

  async start(more: Environment = {}): Promise<this> {
    const { name, place, entry, args, env, folder } = this.program;
    let url = '';
    this.#running = await startProcess({
      name,
      command: process.execPath,
      args: [...nodeArguments(place, entry), ...args],
      env: { ...env, ...more },
      cwd: folder,
      ready: (line) => {
        if (/the API listens|the worker takes work/.test(line)) url = /"url":"([^"]+)"/.exec(line)?.[1] ?? '';
        return url !== '';
      },
      readyTimeoutMs: 180_000,
      logFile: join(folder, `${name}.log`),
      onLine: (line) => this.#lines.emit('line', line),
    });
    this.url = url;
    return this;
  }

  /** Resolves when it has written so many lines of this kind from now on. */
  async says(pattern: RegExp, times = 1): Promise<void> {
    await new Promise<void>((resolve) => {
      let left = times;
      const look = (line: string): void => {
        if (pattern.test(line)) left -= 1;
        if (left > 0) return;
        this.#lines.off('line', look);
        resolve();
      };
      this.#lines.on('line', look);
    });
  }

  /** SIGKILL. Resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#running?.kill();
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
  }
}
