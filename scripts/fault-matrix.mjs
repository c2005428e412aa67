// Puts the fault matrix (test/chaos/fault-rows.ts) and what runs of test/chaos left in var/chaos into
// docs/reliability.md, between its markers. `node scripts/fault-matrix.mjs --run` runs them first, which takes minutes;
// `--partial` writes it although some did not run; with `--keep` those keep what an earlier run had left in the page.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAULT_ROWS } from '../test/chaos/fault-rows.ts';

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs', 'reliability.md');
const folder = join(root, 'var', 'chaos');
const BEGIN = '<!-- fault matrix: written by scripts/fault-matrix.mjs -->';
const END = '<!-- end of fault matrix -->';

export function forgetChaos() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

/**
 * @param partial write it although not every row that measures ran; the page then says so in that row.
 * @param keep such a row keeps what the page has of it.
 * @returns one line that says what was done.
 */
export function writeFaultMatrix(partial = false, keep = false) {
  const seen = readSeen();
  if (seen.size === 0) return '';
  const text = readFileSync(page, 'utf8');
  const kept = keep ? figuresIn(text) : new Map();
  const missing = FAULT_ROWS.filter(({ id, proofs }) => measures(proofs) && !seen.has(id)).map(
    ({ id }) => id,
  );
  if (missing.some((id) => !kept.has(id)) && !partial)
    return `docs/reliability.md stays as it is: not seen in this run: ${missing.join(', ')}\n`;
  const [from, to] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
  if (to < from) throw new Error('docs/reliability.md has lost its markers');
  writeFileSync(page, `${text.slice(0, from)}\n\n${tableOf(seen, kept)}\n\n${text.slice(to)}`);
  return `The fault matrix in docs/reliability.md was written from ${seen.size} rows of this run.\n`;
}

function measures(proofs) {
  return proofs.some(({ file }) => file.startsWith('test/chaos/'));
}

function readSeen() {
  const files = existsSync(folder) ? readdirSync(folder).toSorted() : [];
  const notes = files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  return Map.groupBy(notes, ({ row }) => row);
}

/** What the page says was seen of each row. */
function figuresIn(text) {
  const rows = [...text.matchAll(/^\| (F\d+) +\|(.*)\|$/gm)];
  const figures = rows.map(([, id, rest]) => [id, rest.split(' | ').map((cell) => cell.trim())[4] ?? '']);
  return new Map(figures.filter(([, figure]) => figure !== '' && figure !== 'not run'));
}

function tableOf(seen, kept) {
  const rows = FAULT_ROWS.map((row) => {
    const notes = seen.get(row.id) ?? [];
    const figures =
      notes.length === 0 && measures(row.proofs)
        ? (kept.get(row.id) ?? 'not run')
        : notes.map((note) => note.seen).join('. ');
    const where = row.proofs.map(({ file, test }) => `${linkTo(file)} “${test}”`).join('; ');
    return [row.id, row.fault, row.injected, row.expected, row.pass, figures, where, row.open ?? ''];
  });
  return table(
    ['id', 'fault', 'injected', 'expected', 'passes with', 'seen in this run', 'shown by', 'not shown'],
    rows,
  );
}

function linkTo(file) {
  return `[${file.split('/').at(-1)}](../${file})`;
}

/** Padded as the formatter would. */
function table(head, rows) {
  const lines = [head, ...rows].map((row) => row.map((cell) => String(cell).replaceAll('|', '\\|')));
  const widths = head.map((_, at) => Math.max(3, ...lines.map((line) => [...line[at]].length)));
  const text = (line) =>
    `| ${line.map((cell, at) => cell + ' '.repeat(widths[at] - [...cell].length)).join(' | ')} |`;
  const [first, ...rest] = lines.map(text);
  return [first, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest].join('\n');
}

function runChaos() {
  const jest = ['node_modules/jest/bin/jest.js', 'test/chaos', '--maxWorkers=1', '--forceExit'];
  const options = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  return spawnSync(process.execPath, [...options, ...jest], { cwd: root, stdio: 'inherit' }).status ?? 1;
}

if (process.argv[1] === import.meta.filename) {
  let status = 0;
  if (process.argv.includes('--run')) {
    forgetChaos();
    status = runChaos();
  }
  process.stdout.write(writeFaultMatrix(process.argv.includes('--partial'), process.argv.includes('--keep')));
  process.exitCode = status;
}
