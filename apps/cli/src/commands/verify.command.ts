import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { CliFailure } from '../output/cli-failure.js';
import { EXIT, type ExitCode } from '../output/exit-code.js';
import { flag, type CommandLine } from './command-line.js';

const HELP = `
Judges the twelve invariants from the clouds' own listings and the database, never through the API. It runs on a machine
of the installation, in the environment of a worker (database, vault key, endpoints), and changes nothing anywhere.
Exit codes: 0 nothing is violated, 1 something is, or nothing could be judged.`;

/** The verifier lies in the worker's program: it needs the database and the vault, which this one has not. */
export function addVerifyCommand(program: Command, line: CommandLine): void {
  program
    .command('verify')
    .description('whether everything is as promised: no orphan, no machine twice, no money unseen')
    .addOption(flag('--once', 'one look; the exit code says what it found'))
    .addOption(
      flag('--every <duration>', 'look again and again, for example 60s or 5m; 60s unless said otherwise'),
    )
    .addOption(flag('--json', 'one line of JSON for each look'))
    .addHelpText('after', HELP)
    .action(async (given: { once?: true; every?: string; json?: true }) => {
      const args = [
        ...(given.once === undefined ? [] : ['--once']),
        ...(given.every === undefined ? [] : ['--every', given.every]),
        ...(given.json === undefined ? [] : ['--json']),
      ];
      line.exitCode = await runVerifier(args);
    });
}

async function runVerifier(args: readonly string[]): Promise<ExitCode> {
  const place = fileURLToPath(new URL('../../../worker/src/main.js', import.meta.url));
  if (!existsSync(place)) {
    throw new CliFailure(
      'The verifier is not on this machine; nothing was judged.',
      EXIT.error,
      'Run springtide verify where a worker of the installation is installed.',
    );
  }
  const child = spawn(process.execPath, [place, 'verify', ...args], { stdio: 'inherit' });
  // The terminal sends signals to the whole group: the child ends by itself, and this waits for it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code === 0) return EXIT.ok;
  return code === EXIT.usage ? EXIT.usage : EXIT.error;
}
