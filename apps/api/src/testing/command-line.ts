import { randomUUID } from 'node:crypto';
import { runCli } from '../../../cli/src/program.js';
import type { Terminal } from '../../../cli/src/session/terminal.js';

export type CommandLineUnderTest = Readonly<{
  run(...argv: string[]): Promise<Readonly<{ exit: number; out: string; err: string }>>;
  /** What commands wrote, by path. */
  files: ReadonlyMap<string, Uint8Array>;
}>;

/** The real command line against a real server, in this process. @param inputs files that commands can read, by path. */
export function commandLine(
  url: string,
  token: string,
  inputs: Readonly<Record<string, string>> = {},
): CommandLineUnderTest {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    run: async (...argv) => {
      const said = { out: '', err: '' };
      const terminal: Terminal = {
        out: (text) => void (said.out += text),
        err: (text) => void (said.err += text),
        env: { SPRINGTIDE_URL: url, SPRINGTIDE_TOKEN: token, HOME: '/nowhere' },
        readText: async (path) =>
          await (inputs[path] === undefined
            ? Promise.reject(new Error(`no file ${path}`))
            : Promise.resolve(inputs[path])),
        readStdin: async () => await Promise.resolve(''),
        writeSecretText: async () => await Promise.resolve(),
        writeFile: async (path, content) => await Promise.resolve(void files.set(path, content)),
        fetch: globalThis.fetch,
        now: () => new Date(),
        sleep: async () => await Promise.resolve(),
        newKey: () => randomUUID(),
      };
      return { exit: await runCli(argv, terminal), ...said };
    },
  };
}
