// Puts what the conformance runs left in var/conformance into docs/provider-matrix.md: every rule × every provider.
// The page is written only when every provider was held to the rules on this machine; otherwise it says who was not.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs', 'provider-matrix.md');
const rulesFile = join(root, 'libs', 'provider-kit', 'conformance', 'RULES.md');

/** Given to the test run in SPRINGTIDE_CONFORMANCE_FOLDER. */
export const conformanceFolder = join(root, 'var', 'conformance');

const KINDS = [
  ['provider', 'P', 'Account and machines'],
  ['traffic', 'T', 'Traffic'],
  ['workload', 'W', 'Workloads'],
];
const UNWRITTEN = 'provider does not speak to its cloud yet';
const MARKS = { provoked: 'P', injected: 'I', 'our reading': 'R' };

export function forgetRuns() {
  rmSync(conformanceFolder, { recursive: true, force: true });
  mkdirSync(conformanceFolder, { recursive: true });
}

/**
 * @param partial write it although not every provider was held to the rules here; the page then says which.
 * @returns one line that says what was done.
 */
export function writeMatrix(partial = false) {
  const runs = readRuns().filter((run) => !run.unavailable?.endsWith(UNWRITTEN));
  const missing = providersWithRules().filter((id) => !runs.some((run) => run.provider === id));
  const doubtful = runs.filter((run) => run.unavailable !== null || counted(run, 'failed') > 0);
  if (runs.length === 0) return '';
  if (missing.length + doubtful.length > 0 && !partial) {
    const names = [...missing, ...doubtful.map((run) => run.name)].join(', ');
    return `docs/provider-matrix.md stays as it is: not held to every rule in this run: ${names}\n`;
  }
  writeFileSync(page, textOf(labelled(runs), missing));
  return `docs/provider-matrix.md was written from ${runs.length} runs.\n`;
}

function readRuns() {
  if (!existsSync(conformanceFolder)) return [];
  return readdirSync(conformanceFolder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(conformanceFolder, name), 'utf8')))
    .toSorted((a, b) => `${a.provider} ${a.name}`.localeCompare(`${b.provider} ${b.name}`, 'en'));
}

function providersWithRules() {
  const folder = join(root, 'providers');
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .filter((id) => readdirSync(join(folder, id)).some((file) => file.endsWith('.conformance.spec.ts')))
    .filter((id) => !isUnwritten(join(folder, id, 'testing', 'harness.ts')));
}

/** A folder as the scaffold makes it has nothing to be held to yet. */
function isUnwritten(file) {
  return existsSync(file) && readFileSync(file, 'utf8').includes(`${UNWRITTEN}'`);
}

/** A provider that is run in several ways has numbered columns. */
function labelled(runs) {
  return runs.map((run) => {
    const alike = runs.filter((other) => other.provider === run.provider && other.kind === run.kind);
    const label = alike.length === 1 ? run.provider : `${run.provider} ${alike.indexOf(run) + 1}`;
    return { ...run, label };
  });
}

function textOf(runs, missing) {
  const rules = readRules();
  const tables = KINDS.flatMap(([kind, letter, title]) => {
    const own = runs.filter((run) => run.kind === kind);
    if (own.length === 0) return [];
    return [
      `## ${title}`,
      tableOf(
        own,
        rules.filter((rule) => rule.id.startsWith(letter)),
      ),
    ];
  });
  return `${[INTRODUCTION, ...absent(missing), servicesOf(runs), ...tables, '## Skipped, and why', skippedOf(runs)].join('\n\n')}\n`;
}

const INTRODUCTION = `# What each provider was held to

Written by \`npm test\` from the runs themselves; not edited by hand. The rules and their reasons are in
[RULES.md](../libs/provider-kit/conformance/RULES.md).

- **P**: passed, and what the rule is about was provoked in software that others wrote, over the wire
- **I**: passed, with something injected by a fault rule or a front of ours before that software
- **R**: passed against a simulator of ours, which is our reading of the vendor's documents
- **–**: skipped, with its reason at the end of this page`;

function absent(missing) {
  return missing.length === 0
    ? []
    : [`Not in these runs, so nothing is said of them: ${missing.join(', ')}.`];
}

function servicesOf(runs) {
  const rows = runs.map((run) => {
    const passed = run.outcomes.filter((each) => each.outcome === 'passed');
    const by = (evidence) => passed.filter((each) => each.evidence === evidence).length;
    const provoked = by('provoked');
    const share = passed.length === 0 ? '–' : `${Math.round((100 * provoked) / passed.length)} %`;
    const title = KINDS.find(([kind]) => kind === run.kind)?.[2];
    const cells = [
      run.label,
      title,
      run.name,
      run.engine ?? 'not said',
      passed.length,
      counted(run, 'skipped'),
    ];
    return [...cells, provoked, by('injected'), by('our reading'), share];
  });
  const head = [
    'column',
    'rules about',
    'run',
    'behind the wire',
    'passed',
    'skipped',
    'P',
    'I',
    'R',
    'P of passed',
  ];
  return table(head, rows);
}

function tableOf(runs, rules) {
  const rows = rules.map((rule) => [rule.id, rule.title, ...runs.map((run) => markOf(run, rule.id))]);
  return table(['id', 'rule', ...runs.map((run) => run.label)], rows);
}

function markOf(run, id) {
  const outcome = run.outcomes.find((each) => each.id === id);
  if (outcome === undefined) return '';
  if (outcome.outcome === 'skipped') return '–';
  if (outcome.outcome === 'failed') return '**failed**';
  return MARKS[outcome.evidence] ?? 'passed';
}

function skippedOf(runs) {
  const sections = runs.flatMap((run) => {
    const byReason = new Map();
    for (const { id, outcome, reason } of run.outcomes) {
      if (outcome === 'skipped') byReason.set(reason, [...(byReason.get(reason) ?? []), id]);
    }
    const lines = [...byReason].map(([reason, ids]) => `- ${ids.join(', ')}: ${reason}`);
    return lines.length === 0 ? [] : [`### ${run.name}\n\n${lines.join('\n')}`];
  });
  return sections.join('\n\n');
}

function readRules() {
  const rows = readFileSync(rulesFile, 'utf8').matchAll(
    /^\| ([PTW]-\d+) *\| *(?:MUST|SHOULD) *\| (.*?) *\|/gm,
  );
  return [...rows].map(([, id, title]) => ({ id, title }));
}

function counted(run, outcome) {
  return run.outcomes.filter((each) => each.outcome === outcome).length;
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

if (process.argv[1] === import.meta.filename) process.stdout.write(writeMatrix(true));
