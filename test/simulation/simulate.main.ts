import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { readCorpus } from './corpus.js';
import { shrink } from './shrink.js';
import { simulate, type Outcome } from './simulate.js';
import { Tally, tallyOf } from './tally.js';
import { SAFETIES, scenarioOf, without, type Scenario } from './world/scenario.js';
import { describeFault, type Fault } from './world/storm.js';

const HELP = `npm run simulate -- --seed N             tells the story of one seed, and the shortest that fails like it
npm run simulate -- --seeds K [--from N]  K seeds in a row; prints those that fail, and exits with 1 when any does
npm run simulate -- --corpus              every story that ever failed
  --jobs J    processes at once; left out: 2`;

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    corpus: { type: 'boolean', default: false },
    /** To see that it is noticed: clouds promise to remember tokens and do not, and the answer of a purchase is lost. */
    forgetful: { type: 'boolean', default: false },
    /** The same: the first seed that misses one of `SAFETIES`. */
    without: { type: 'string' },
    /** Of a job: every so many-th seed. */
    step: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

/** While thousands are told, people want to see how far it is. */
const TELL_EVERY = 500;

/** Seeds that failed. */
async function main(): Promise<readonly number[]> {
  if (options.seed !== undefined) return await tellOne(Number(options.seed));
  if (options.corpus) return await tellCorpus();
  if (options.seeds === undefined || options.help) {
    process.stdout.write(`${HELP}\n`);
    return [];
  }
  const [from, count, step] = [Number(options.from), Number(options.seeds), Number(options.step)];
  const jobs = Math.min(Number(options.jobs), count);
  return jobs <= 1 || step > 1 || options.without !== undefined
    ? await tellMany(from, count, step)
    : await inJobs(from, count, jobs);
}

async function tellOne(seed: number): Promise<readonly number[]> {
  if (options.forgetful) return await tellForgetful(seed);
  const outcome = await simulate(seed, undefined, scenarioFor(seed));
  print(outcome);
  if (outcome.violations.length === 0) return [];
  const shortest = await shrink(outcome);
  process.stdout.write(
    `\nThe shortest story that fails in the same way (${shortest.faults.length} faults):\n`,
  );
  print(shortest);
  return [seed];
}

async function tellForgetful(seed: number): Promise<readonly number[]> {
  const scenario = scenarioOf(seed);
  const clouds = scenario.clouds.map((cloud) => ({ ...cloud, tokens: 'promised' as const }));
  const when = { atMs: 0, cloud: 0 };
  const faults: readonly Fault[] = [
    { ...when, kind: 'hide-new', lagMs: 2_000, forMs: 300_000 },
    { ...when, kind: 'call', operation: 'RunMachines', effect: 'lose', times: 1, delayMs: 0 },
  ];
  const outcome = await simulate(seed, faults, { ...scenario, clouds });
  print(outcome);
  return outcome.violations.length === 0 ? [] : [seed];
}

async function tellMany(from: number, count: number, step: number): Promise<readonly number[]> {
  const failed: number[] = [];
  const tally = new Tally();
  for (let seed = from; seed < from + count; seed += step) {
    const outcome = await simulate(seed, undefined, scenarioFor(seed));
    tally.add(tallyOf(outcome.judged));
    const what = outcome.violations.map((one) => `${one.invariant} ${one.what.split('\n')[0]}`).join('; ');
    if (what !== '') failed.push(seed);
    process.stdout.write(
      `${seed} ${outcome.trace} ${outcome.steps} ${what === '' ? 'holds' : `FAILS: ${what}`}\n`,
    );
    if (options.without !== undefined && failed.length > 0) break;
  }
  process.stdout.write(step > 1 ? `judged ${tally.text}\n` : tally.report());
  return failed;
}

function scenarioFor(seed: number): Scenario {
  const safety = SAFETIES.find((one) => one === options.without);
  if (options.without !== undefined && safety === undefined)
    throw new Error(`--without takes one of ${SAFETIES.join(', ')}`);
  return safety === undefined ? scenarioOf(seed) : without(scenarioOf(seed), safety);
}

async function tellCorpus(): Promise<readonly number[]> {
  const failed: number[] = [];
  for (const { scenario, reason, faults } of await readCorpus()) {
    const outcome = await simulate(scenario.seed, faults, scenario);
    if (outcome.violations.length === 0) continue;
    failed.push(scenario.seed);
    process.stdout.write(`It failed before: ${reason}\n`);
    print(outcome);
  }
  process.stdout.write(
    failed.length === 0 ? 'Every story that ever failed holds.\n' : `${failed.length} FAIL again.\n`,
  );
  return failed;
}

async function inJobs(from: number, count: number, jobs: number): Promise<readonly number[]> {
  const begun = performance.now();
  const failed: number[] = [];
  const tally = new Tally();
  let told = 0;
  const one = async (job: number) => {
    const range = ['--from', String(from + job), '--seeds', String(count - job), '--step', String(jobs)];
    const child = spawn(process.execPath, [...process.execArgv, import.meta.filename, ...range], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface(child.stdout)) {
      if (/^\d+ .* (holds$|FAILS: )/.test(line)) {
        told += 1;
        if (told % TELL_EVERY === 0) process.stdout.write(`${told} of ${count} told\n`);
      }
      if (line.startsWith('judged ')) tally.add(line.slice('judged '.length));
      if (line.includes(' FAILS: ')) {
        failed.push(Number(line.split(' ')[0]));
        process.stdout.write(`${line}\n`);
      }
    }
  };
  await Promise.all(Array.from({ length: jobs }, async (_, job) => await one(job)));
  const minutes = (performance.now() - begun) / 60_000;
  if (told < count)
    throw new Error(
      `a process ended too soon: ${count - told} of ${count} stories were not told, so none counts`,
    );
  const kept =
    failed.length === 0
      ? 'all hold'
      : `${failed.length} FAIL: ${failed.toSorted((a, b) => a - b).join(', ')}`;
  process.stdout.write(tally.report());
  process.stdout.write(`${count} seeds from ${from}: ${kept}; ${Math.round(count / minutes)} a minute\n`);
  if (failed.length > 0) process.stdout.write(`npm run simulate -- --seed ${failed[0]} tells why.\n`);
  return failed;
}

function print({ seed, faults, story, violations, judged, trace, steps, virtualMs }: Outcome): void {
  process.stdout.write(
    `Seed ${seed}: ${faults.length} faults, ${steps} steps, ${Math.round(virtualMs / 60_000)} minutes of virtual time, trace ${trace}\n`,
  );
  for (const fault of faults)
    process.stdout.write(`  planned at ${Math.round(fault.atMs / 1_000)} s: ${describeFault(fault)}\n`);
  for (const line of story) process.stdout.write(`  ${line}\n`);
  for (const { invariant, what } of violations) process.stdout.write(`  BROKEN ${invariant}: ${what}\n`);
  const open = [...judged].filter(([, { because }]) => because !== null);
  for (const [invariant, { because }] of open)
    process.stdout.write(`  not judged ${invariant}: ${because}\n`);
  if (violations.length === 0) process.stdout.write('  Everything holds.\n');
}

const failed = await main();
process.exit(failed.length > 0 ? 1 : 0);
