#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { runCli } from './program.js';
import type { Terminal } from './session/terminal.js';

const terminal: Terminal = {
  out: (data) => void process.stdout.write(data),
  err: (data) => void process.stderr.write(data),
  env: process.env,
  readText: async (path) => await readFile(path, 'utf8'),
  readStdin: async () => await text(process.stdin),
  writeSecretText: async (path, content) => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}`;
    await writeFile(draft, content, { mode: 0o600 });
    await chmod(draft, 0o600);
    await rename(draft, path);
  },
  writeFile: async (path, content) => {
    await writeFile(path, content);
  },
  fetch: async (url, { giveUpMs, ...init }) =>
    await fetch(url, {
      ...init,
      redirect: 'error',
      ...(giveUpMs === undefined ? {} : { signal: AbortSignal.timeout(giveUpMs) }),
    }),
  now: () => new Date(),
  sleep: async (ms) => {
    await wait(ms);
  },
  newKey: () => randomUUID(),
};

// A reader that has seen enough, such as `head`, is no failure of ours.
process.stdout.on('error', (thrown: NodeJS.ErrnoException) => process.exit(thrown.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runCli(process.argv.slice(2), terminal);
