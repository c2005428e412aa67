import { jest } from '@jest/globals';
import { routes, type RunBody } from '@springtide/contracts';
import { closed, expectEverythingBack, planApproveArm, runUntil } from './campaign-story.js';
import { setStage, type Stage } from './stage.js';

jest.setTimeout(280_000);

const PLANNED = 100;
const ASKED = 170;

let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ publicCloud: { behaviour: { bootMs: 800, terminateMs: 500 } } });
}, 120_000);
afterAll(async () => await stage.stop());

/** So many requests per second at the entrance, however long the answers take and the timer is late. @returns how to end. */
function demandOf(perSecond: number): () => void {
  const begun = performance.now();
  let asked = 0;
  const asking = setInterval(() => {
    for (const due = ((performance.now() - begun) / 1_000) * perSecond; asked < due; asked += 1) {
      fetch(stage.entrance).then(
        async (response) => await response.arrayBuffer(),
        // What the entrance refuses it does not count as taken; the run must answer what it does count.
        () => undefined,
      );
    }
  }, 20);
  return () => {
    clearInterval(asking);
  };
}

function readyIn(run: RunBody): number {
  return run.pools.reduce((sum, pool) => sum + pool.ready, 0);
}

describe('demand above plan', () => {
  it('is noticed at the entrance and answered on the approved pools, within the rails; all of it goes back', async () => {
    const demand = (['ramp', 'peak', 'decay'] as const).map((phase) => {
      return { service: 'storefront', phase, requestsPerSecond: PLANNED };
    });
    const timing = { inMs: 40_000, rampMs: 3_000, peakMs: 80_000, decayMs: 2_000 };
    const armed = await planApproveArm(stage, 'more than planned', timing, { demand });
    const leave = demandOf(ASKED);
    const notes = async () => {
      const run = { id: armed.run.id };
      const { items } = await stage.operations.call(routes.runTimeline, {
        params: run,
        query: { limit: 500 },
      });
      return items.filter(({ step }) => step === 'demand.above-plan');
    };
    const planned = armed.plan.allocations.filter((row) => row.phase === 'peak');
    const machines = planned.reduce((sum, row) => sum + row.machines, 0);
    const grown = await runUntil(stage, armed.run.id, 'it has grown beyond its plan', (run) => {
      return run.state === 'holding' && readyIn(run) > machines;
    });
    expect(readyIn(grown)).toBeGreaterThan(machines);
    const [told] = await notes();
    expect(told?.facts).toMatchObject({ service: 'storefront', planned: PLANNED });
    expect(told?.facts['multiple']).toBeGreaterThan(1.3);
    expect(told?.facts['multiple']).toBeLessThanOrEqual(1.5);
    expect(told?.detail).toContain('inside the approved envelope');
    leave();
    await runUntil(stage, armed.run.id, 'it is closed', closed);
    await expectEverythingBack(stage, armed);
  });
});
