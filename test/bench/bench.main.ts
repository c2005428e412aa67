/** A bench prints JSON lines `{name, value, unit, baseline, ratio}` on stdout. */
type Bench = (args: string[]) => Promise<void>;

/** Loaded only when asked for: one bench must not need what another one does. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  planner: async () => (await import('./planner.bench.js')).plannerBench,
  inventory: async () => (await import('./inventory.bench.js')).inventoryBench,
  effects: async () => (await import('./effects.bench.js')).effectsBench,
  launch: async () => (await import('./launch.bench.js')).launchBench,
  load: async () => (await import('./load.bench.js')).loadBench,
  recovery: async () => (await import('./recovery.bench.js')).recoveryBench,
  limiter: async () => (await import('./limiter.bench.js')).limiterBench,
  burst: async () => (await import('./burst.bench.js')).burstBench,
};

async function main([names = '', ...args]: string[]): Promise<void> {
  const wanted = names === '' ? Object.keys(BENCHES) : names.split(',');
  for (const name of wanted) {
    const load = BENCHES[name];
    if (load === undefined) {
      const known = Object.keys(BENCHES).join(', ');
      process.stderr.write(`there is no bench "${name}", so nothing was measured; known: ${known}\n`);
      process.exitCode = 2;
      return;
    }
    const bench = await load();
    await bench(args);
  }
}

await main(process.argv.slice(2));
