import { Judge, type Violation } from './world/judge.js';
import { scenarioOf } from './world/scenario.js';
import { stormOf, type Fault } from './world/storm.js';
import { World } from './world/world.js';

export type Outcome = Readonly<{
  seed: number;
  faults: readonly Fault[];
  violations: readonly Violation[];
  story: readonly string[];
  /** Of everything that happened, in order. */
  trace: string;
  steps: number;
  virtualMs: number;
}>;

const HOUR = 3_600_000;

/** One whole campaign of this seed, from the click to the proof of absence, in virtual time. */
export async function simulate(
  seed: number,
  faults?: readonly Fault[],
  scenario = scenarioOf(seed),
  onPass?: (pass: Readonly<{ label: string; doing: string }>) => void,
): Promise<Outcome> {
  const storm = faults ?? stormOf(scenario);
  const world = new World(scenario, onPass);
  const judge = new Judge(world);
  const startMs = world.time.ms;
  const failed: Violation[] = [];
  try {
    await world.open(storm);
    await tell(world, judge);
  } catch (thrown) {
    failed.push({
      invariant: 'end',
      what: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
    });
  } finally {
    world.close();
  }
  return {
    seed,
    faults: storm,
    violations: [...judge.violations, ...failed],
    story: world.wholeStory(),
    trace: world.time.trace,
    steps: world.time.steps,
    virtualMs: world.time.ms - startMs,
  };
}

async function tell(world: World, judge: Judge): Promise<void> {
  const { time } = world;
  const given = time.ms + 8 * HOUR;
  await world.live(() => world.isClosed || time.ms > given);
  if (!world.isClosed)
    throw new Error(`the run was not closed within eight hours; open: ${world.engine.openIds().join(', ')}`);
  judge.atClose();
  world.tell('closed');
  const settled = time.ms + (world.scenario.policy === 'demo' ? 5 * 60_000 : HOUR);
  await world.live(() => time.ms > settled);
  judge.atEnd();
}
