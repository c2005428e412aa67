import { simulate } from './simulate.js';

const [first = '1', count = '1'] = process.argv.slice(2);
const begun = performance.now();
for (let seed = Number(first); seed < Number(first) + Number(count); seed += 1) {
  const outcome = await simulate(seed);
  process.stdout.write(
    `seed ${seed}: ${outcome.violations.length === 0 ? 'holds' : 'FAILS'} trace ${outcome.trace} steps ${outcome.steps} virtual ${Math.round(outcome.virtualMs / 1000)} s\n`,
  );
  if (outcome.violations.length > 0 || count === '1')
    for (const line of outcome.story) process.stdout.write(`  ${line}\n`);
  for (const one of outcome.violations) process.stdout.write(`  ${one.invariant}: ${one.what}\n`);
}
process.stdout.write(`${Math.round(performance.now() - begun)} ms\n`);
