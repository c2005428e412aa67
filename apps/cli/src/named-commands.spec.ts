import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from './program.js';
import type { Terminal } from './session/terminal.js';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const TOLD_IN = ['libs', 'apps', 'workflows', 'providers', 'docs', 'README.md'];
/** What follows the name where it is no command: the owner of a database and of a lease, and one of two. */
const PROSE = new Set(['owner', 'holder', 'or']);

function textsIn(place: string): string[] {
  if (/\.(?:tsx?|md)$/.test(place)) return [readFileSync(join(ROOT, place), 'utf8')];
  if (place.includes('.')) return [];
  const entries = readdirSync(join(ROOT, place), { withFileTypes: true });
  return entries.flatMap((entry) =>
    entry.isDirectory() || /\.(?:tsx?|md)$/.test(entry.name) ? textsIn(join(place, entry.name)) : [],
  );
}

/** The words of commands that errors, notes and documents tell people to type. */
function mentions(): string[] {
  const found = TOLD_IN.flatMap(textsIn).flatMap((text) =>
    [...text.matchAll(/\bspringtide ((?:[a-z][a-z-]+ ?)+)/g)].map(([, words = '']) => words.trim()),
  );
  return [...new Set(found)].filter((words) => !PROSE.has(words.split(' ')[0] ?? '')).toSorted();
}

async function usageOf(words: readonly string[]): Promise<string> {
  let said = '';
  const say = (text: string) => void (said += text);
  const terminal = { out: say, err: say, env: {} } as unknown as Terminal;
  await runCli([...words, '--help'], terminal);
  return /^Usage: springtide (.*)$/m.exec(said)?.[1] ?? said;
}

/** Whether the first words lead to a command, or all of them to a group of commands. */
async function isCommand(mention: string): Promise<boolean> {
  const usage = await usageOf(mention.split(' '));
  const isGroup = usage.endsWith('[command]');
  const named = usage.replace(/ ?\[options\].*$/, '').replace(/\|\S+/g, '');
  return named !== '' && (isGroup ? mention === named : true);
}

describe('commands that people are told to type', () => {
  it('exist', async () => {
    const all = mentions();
    expect(all).toContain('inventory sync');
    const unknown: string[] = [];
    for (const mention of all) if (!(await isCommand(mention))) unknown.push(mention);
    expect(unknown).toEqual([]);
  }, 60_000);

  it('are missed when they do not', async () => {
    expect(await isCommand('machine list')).toBe(false);
    expect(await isCommand('inventory machine')).toBe(false);
    expect(await isCommand('run show flash-sale')).toBe(true);
  });
});
