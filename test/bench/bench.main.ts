import { plannerBench } from './planner.bench.js';

/** A bench prints JSON lines `{name, value, unit, baseline, ratio}` on stdout. */
type Bench = (args: string[]) => Promise<void>;

const BENCHES: Readonly<Record<string, Bench>> = {
  planner: plannerBench,
};

async function main([names = '', ...args]: string[]): Promise<void> {
  const wanted = names === '' ? Object.keys(BENCHES) : names.split(',');
  for (const name of wanted) {
    const bench = BENCHES[name];
    if (bench === undefined) {
      const known = Object.keys(BENCHES).join(', ');
      process.stderr.write(`there is no bench "${name}", so nothing was measured; known: ${known}\n`);
      process.exitCode = 2;
      return;
    }
    await bench(args);
  }
}

await main(process.argv.slice(2));
