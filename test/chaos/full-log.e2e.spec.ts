import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { jest } from '@jest/globals';
import { nodeArguments } from '../yard/tools/node-arguments.js';
import { measured } from './measured.js';

jest.setTimeout(120_000);

describe('a log whose disk is full', () => {
  it('F30: a log that cannot be written neither ends nor holds up its process', async () => {
    const full = openSync('/dev/full', 'w');
    try {
      const child = spawn(process.execPath, [...nodeArguments(import.meta.dirname, 'log-writer.main')], {
        stdio: ['ignore', full, 'pipe'],
        timeout: 60_000,
      });
      const ended = new Promise<readonly [number | null, string | null]>((resolve) => {
        child.once('exit', (code, signal) => resolve([code, signal]));
      });
      const said = child.stderr === null ? '' : await text(child.stderr);
      expect(said).toContain('went on');
      expect(await ended).toEqual([0, null]);
    } finally {
      closeSync(full);
    }
    await measured('F30', '1,000 lines of a log on a full disk: the process went on and ended by itself');
  });
});
