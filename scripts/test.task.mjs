// npm test [-- paths or jest options]: builds what the tests run as processes, runs every spec, and names the lanes
// that this machine could not have. With SPRINGTIDE_YARD=require everything is obtained; a lane left out then fails.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
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

const jest = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${resultFile}`,
    '--maxWorkers=2',
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, SPRINGTIDE_CONFORMANCE_FOLDER: conformanceFolder },
  },
);

if (!existsSync(resultFile)) {
  process.stderr.write('The tests did not run to their end.\n');
  process.exit(jest.status || 1);
}
const result = JSON.parse(readFileSync(resultFile, 'utf8'));
for (const lane of leftOut()) {
  process.stdout.write(`Left out: ${lane.lane}, because ${lane.reason}. To run it: ${lane.command}\n`);
}
// A run of chosen tests says nothing about the other providers.
if (process.argv.length === 2) process.stdout.write(writeMatrix());
const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
process.stdout.write(
  `${result.numPassedTests} passed, ${failed} failed, ${result.numPendingTests} skipped\n`,
);
process.exit(failed > 0 || result.numPassedTests === 0 ? 1 : (jest.status ?? 1));

function leftOut() {
  if (!existsSync(lanesFile)) return [];
  const lines = readFileSync(lanesFile, 'utf8').trim().split('\n');
  return [...new Map(lines.map((line) => [line, JSON.parse(line)])).values()];
}
