// npm test [-- paths or jest options]: builds what the tests run as processes, runs every spec, and names the lanes
// that this machine could not have. With SPRINGTIDE_YARD=require everything is obtained; a lane left out then fails.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from './build.mjs';
import { obtainSystemPackages } from './obtain-system-packages.mjs';
import { conformanceFolder, forgetRuns, writeMatrix } from './provider-matrix.mjs';

const root = join(import.meta.dirname, '..');
const lanesFile = join(root, 'var', 'test-lanes.jsonl');
const resultFile = join(root, 'var', 'test-result.json');

mkdirSync(join(root, 'var'), { recursive: true });
rmSync(lanesFile, { force: true });
rmSync(resultFile, { force: true });
forgetRuns();
if (process.env.SPRINGTIDE_YARD === 'require') obtainSystemPackages();
build();

/**
 * Specs that start whole clouds, or send real requests and judge what became of them: one after the other, when nothing
 * else runs. A proxy that misses its checks because the machine is busy with another spec has done nothing wrong.
 */
const ALONE = [
  '\\.e2e\\.spec\\.ts$',
  '/providers/(openstack|kubernetes|haproxy|traefik|powerdns|rfc2136)/',
  '/providers/.*(traffic/|-alb|-balancers|-names).*\\.conformance\\.spec\\.ts$',
  '/libs/clusters/',
  '/test/yard/(openstack|kubernetes|traffic)/',
].join('|');

/** Failed spec files that are run a second time; more of them are a defect and no busy machine. */
const MOST_SECOND_TRIES = 6;

const chosen = process.argv.slice(2);
const results =
  chosen.length > 0
    ? [jest('--maxWorkers=2', ...chosen)]
    : [
        jest('--maxWorkers=2', `--testPathIgnorePatterns=/node_modules/|${ALONE}`),
        // In one process: what a spec leaves open must not keep the others from their result.
        jest('--maxWorkers=1', '--forceExit', `--testPathPatterns=${ALONE}`),
      ];
const again = chosen.length > 0 ? undefined : secondTry();
const rounds = again === undefined ? results : [...results.map(withoutFailedFiles), again];
const sum = (count) => rounds.reduce((total, result) => total + result[count], 0);

for (const lane of leftOut()) {
  process.stdout.write(`Left out: ${lane.lane}, because ${lane.reason}. To run it: ${lane.command}\n`);
}
// A run of chosen tests says nothing about the other providers.
if (chosen.length === 0) process.stdout.write(writeMatrix());
const passed = sum('numPassedTests');
const failed = sum('numFailedTests') + sum('numRuntimeErrorTestSuites');
process.stdout.write(`${passed} passed, ${failed} failed, ${sum('numPendingTests')} skipped\n`);
process.exit(failed > 0 || passed === 0 ? 1 : Math.max(...rounds.map(({ status }) => status)));

/**
 * What failed in a long run on a busy machine is run once more by itself, so that a deadline missed beside other work is
 * told from a defect. The specs that needed it are named: each is unsteady, and to be mended. Many failures are no
 * matter of a busy machine, and stay what they are.
 */
function secondTry() {
  const files = results.flatMap(failedFiles);
  if (files.length === 0 || files.length > MOST_SECOND_TRIES) return undefined;
  const result = jest('--maxWorkers=1', '--forceExit', '--runTestsByPath', ...files);
  const still = failedFiles(result);
  const unsteady = files.filter((file) => !still.includes(file)).map((file) => relative(root, file));
  if (unsteady.length > 0) {
    process.stdout.write(`Unsteady, failed at first and passed alone: ${unsteady.join(', ')}\n`);
  }
  return result;
}

function failedFiles({ testResults }) {
  return testResults.filter(({ status }) => status === 'failed').map(({ name }) => name);
}

/** The counts of a round without the specs that were run again. */
function withoutFailedFiles(result) {
  const left = result.testResults.filter(({ status }) => status !== 'failed');
  const count = (wanted) =>
    left.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === wanted).length;
  return {
    ...result,
    status: 0,
    numPassedTests: count('passed'),
    numFailedTests: 0,
    numRuntimeErrorTestSuites: 0,
    numPendingTests: count('pending'),
  };
}

/** One run of Jest: what it counted, and how it ended. */
function jest(...args) {
  rmSync(resultFile, { force: true });
  const { status } = spawnSync(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--json',
      `--outputFile=${resultFile}`,
      ...args,
    ],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, SPRINGTIDE_CONFORMANCE_FOLDER: conformanceFolder },
    },
  );
  if (!existsSync(resultFile)) {
    process.stderr.write('The tests did not run to their end.\n');
    process.exit(status || 1);
  }
  return { ...JSON.parse(readFileSync(resultFile, 'utf8')), status: status ?? 1 };
}

function leftOut() {
  if (!existsSync(lanesFile)) return [];
  const lines = readFileSync(lanesFile, 'utf8').trim().split('\n');
  return [...new Map(lines.map((line) => [line, JSON.parse(line)])).values()];
}
