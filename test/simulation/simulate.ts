import type { InvariantId } from '@springtide/oracle/domain';
import { eventsOf } from './world/people.js';
import { scenarioOf, type Scenario } from './world/scenario.js';
import type { Fault } from './world/storm.js';
import { StoryOracle, type Broken, type Judged } from './world/story-oracle.js';
import { World } from './world/world.js';

export type Outcome = Readonly<{
  seed: number;
  scenario: Scenario;
  faults: readonly Fault[];
  violations: readonly Broken[];
  /** By invariant. */
  judged: ReadonlyMap<InvariantId, Judged>;
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
  onPass?: (pass: Readonly<{ label: string; doing: string; atMs: number }>) => void,
): Promise<Outcome> {
  const storm = faults ?? eventsOf(scenario);
  const world = new World(scenario, onPass);
  const oracle = new StoryOracle(world, storm);
  const startMs = world.time.ms;
  const failed: Broken[] = [];
  try {
    await world.open(storm);
    await tell(world, oracle);
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
    scenario,
    faults: storm,
    violations: [...oracle.broken, ...failed],
    judged: oracle.judged,
    story: world.wholeStory(),
    trace: world.time.trace,
    steps: world.time.steps,
    virtualMs: world.time.ms - startMs,
  };
}

async function tell(world: World, oracle: StoryOracle): Promise<void> {
  const { time } = world;
  const given = time.ms + 8 * HOUR;
  await world.live(() => world.isClosed || time.ms > given);
  if (!world.isClosed)
    throw new Error(`the run was not closed within eight hours; open: ${world.engine.openIds().join(', ')}`);
  world.tell('closed');
  const closedMs = time.ms;
  await world.live(() => time.ms > closedMs);
  oracle.atClose();
  const settled = time.ms + (world.scenario.policy === 'demo' ? 5 * 60_000 : HOUR);
  await world.live(() => time.ms > settled);
  oracle.atEnd();
}
