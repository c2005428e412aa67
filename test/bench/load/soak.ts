import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { SHORT, closed, planApproveArm, runUntil, type Armed } from '../../e2e/campaign-story.js';
import { openChaosWorld, type ChaosWorld } from '../../chaos/chaos-world.js';

type Slope = Readonly<{ startBytes: number; bytesPerHour: number }>;

export type SoakResult = Readonly<{
  campaigns: number;
  faults: number;
  wrong: readonly string[];
  /** By process of the product. */
  slopes: ReadonlyMap<string, Slope>;
}>;

const FAULT_EVERY_MS = 10_000;
const SAMPLE_EVERY_MS = 2_000;
/** Compiling code and filling caches is no leak. */
const WARM_UP = 0.3;
/** Longer than any fault lasts. */
const PATIENCE_MS = 60_000;
/** A plan is refused while a cloud's prices cannot be read. */
const PLANS = 5;
/** Workers need most of a minute to notice that a connection to the engine went dark; planning must fit before the start. */
const TIMING = { ...SHORT, inMs: 75_000 };

/** Whole campaigns, one after the other, with a fault every ten seconds, for at least so long. Nothing is restarted. */
export async function runSoak(forMs: number): Promise<SoakResult> {
  const world = await openChaosWorld({ patientMs: PATIENCE_MS });
  const over = new AbortController();
  const samples = new Map<string, { at: number; bytes: number }[]>();
  const background = [disturb(world, over.signal), sample(world, samples, over.signal)];
  try {
    const until = performance.now() + forMs;
    let campaigns = 0;
    for (; performance.now() < until; campaigns += 1) {
      const { run } = await armed(world, `soak ${campaigns}`);
      await runUntil(world, run.id, 'it is closed', closed, 300_000);
    }
    over.abort();
    const [faults = 0] = await Promise.all(background);
    const wrong = await world.oracle.verdict();
    const slopes = new Map([...samples].map(([name, own]) => [name, slopeOf(own)]));
    return { campaigns, faults, wrong, slopes };
  } finally {
    over.abort();
    await world.stop();
  }
}

async function armed(world: ChaosWorld, name: string): Promise<Armed> {
  for (let plan = 1; ; plan += 1) {
    try {
      return await planApproveArm(world, `${name}.${plan}`, TIMING);
    } catch (thrown) {
      if (plan === PLANS) throw thrown;
    }
  }
}

/** @returns how many faults there were. */
async function disturb(world: ChaosWorld, signal: AbortSignal): Promise<number> {
  for (let faults = 0; ; faults += 1) {
    if (!(await rested(FAULT_EVERY_MS, signal))) return faults;
    const kinds = [lose, refuse, repeat, darkEngine, cutDatabase];
    await kinds[Math.floor(Math.random() * kinds.length)]?.(world);
  }
}

async function lose({ faults }: ChaosWorld): Promise<void> {
  faults.add({ times: 2, do: { kind: 'lose' } });
  await Promise.resolve();
}

async function refuse({ faults }: ChaosWorld): Promise<void> {
  const refused = faults.add({ share: 0.5, do: { kind: 'refuse', status: 503 } });
  await wait(3_000);
  refused.release();
}

async function repeat({ faults }: ChaosWorld): Promise<void> {
  faults.add({ times: 5, do: { kind: 'repeat', times: 3 } });
  await Promise.resolve();
}

async function darkEngine({ engine }: ChaosWorld): Promise<void> {
  engine.gate.set('dark');
  await wait(3_000);
  engine.gate.set('open');
}

async function cutDatabase({ postgres }: ChaosWorld): Promise<void> {
  postgres.gate.set('closed');
  await wait(1_000);
  postgres.gate.set('open');
}

/** @returns 0, which is how many faults it made. */
async function sample(
  world: ChaosWorld,
  samples: Map<string, { at: number; bytes: number }[]>,
  signal: AbortSignal,
): Promise<number> {
  const processes = new Map([
    ['api', world.api],
    ...world.workers.map((one, at) => [`worker-${at + 1}`, one] as const),
  ]);
  while (await rested(SAMPLE_EVERY_MS, signal)) {
    for (const [name, { pid }] of processes) {
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      const bytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
      const own = samples.get(name) ?? [];
      samples.set(name, [...own, { at: performance.now(), bytes }]);
    }
  }
  return 0;
}

async function rested(ms: number, signal: AbortSignal): Promise<boolean> {
  return await wait(ms, undefined, { signal }).then(
    () => true,
    () => false,
  );
}

/** Least squares over what came after the warm-up. */
function slopeOf(samples: readonly { at: number; bytes: number }[]): Slope {
  const warm = samples.slice(Math.floor(samples.length * WARM_UP));
  const mean = (pick: (one: { at: number; bytes: number }) => number) =>
    warm.reduce((sum, one) => sum + pick(one), 0) / warm.length;
  const [at, bytes] = [mean((one) => one.at), mean((one) => one.bytes)];
  const covariance = warm.reduce((sum, one) => sum + (one.at - at) * (one.bytes - bytes), 0);
  const variance = warm.reduce((sum, one) => sum + (one.at - at) ** 2, 0);
  return { startBytes: warm[0]?.bytes ?? 0, bytesPerHour: (covariance / variance) * 3_600_000 };
}
