import type { CrashProfile } from './crash-profiles.js';
import { crashPoints, once, plansFor, twice, type CrashPlan, type CrashPoint } from './crash-windows.js';
import type { Fault } from './world/storm.js';

/** When somebody copies a machine of ours: its purchase is settled by then with fewer machines than it asked for. */
const COPIED_MS = 50_000;
const PASSES = 4;

/**
 * The reconciler has something to do over several passes: it sees a machine that nobody bought, sees it again, ends it when
 * its grace is over; and a machine vanishes, which it believes only when several listings agree.
 */
function withWorkForTheReconciler({ name, scenario, faults }: CrashProfile): CrashProfile {
  const others = faults.filter(({ kind }) => kind !== 'room');
  const accidents: readonly Fault[] = [
    { atMs: 0, kind: 'room', cloud: 0, machines: 2, forMs: 40_000 },
    { atMs: COPIED_MS, kind: 'clone', cloud: 0, nth: 0 },
    { atMs: COPIED_MS + 32_000, kind: 'vanish', cloud: 0, nth: 1 },
  ];
  return { name, scenario, faults: [...others, ...accidents] };
}

/** Deaths in each of the passes that have something to do, and in the pass that comes after such a death. */
async function reconcilerPlans(profile: CrashProfile): Promise<readonly CrashPlan[]> {
  const points = (await crashPoints(profile, Number.POSITIVE_INFINITY)).filter(
    ({ doing, atMs }) => doing === 'reconcilePass' && atMs > COPIED_MS,
  );
  let pass = 0;
  const inPass = points.flatMap((point): CrashPoint[] => {
    if (point.label === 'send list') pass += 1;
    return pass >= 1 && pass <= PASSES ? [{ ...point, step: `reconcile, pass ${pass}` }] : [];
  });
  return inPass.flatMap((point) => [
    once(point),
    ...(/^(arrive|answer) (list|terminate)$/.test(point.label) ? [twice(point)] : []),
  ]);
}

/** Every plan of a cloud: the steps of a campaign, and the passes of the reconciler. */
export async function everyPlan(profile: CrashProfile, passes: number): Promise<readonly Told[]> {
  const busy = withWorkForTheReconciler(profile);
  const steps = plansFor(await crashPoints(profile, passes));
  const reconciler = await reconcilerPlans(busy);
  return [
    ...steps.map((plan) => ({ profile, plan })),
    ...reconciler.map((plan) => ({ profile: busy, plan })),
  ];
}

type Told = Readonly<{ profile: CrashProfile; plan: CrashPlan }>;

/** One plan for each cell of step and window; another one for each profile, so that all of them together see most. */
export function oneOfEach(all: readonly Told[], turn: number): readonly Told[] {
  return [...cellsOf(all).values()].flatMap((plans) => plans[turn % plans.length] ?? []);
}

/** Each cell once, on one profile after the other. */
export function oneForAll(matrices: readonly (readonly Told[])[]): readonly Told[] {
  const cells = [...cellsOf(matrices.flat()).values()];
  return cells.flatMap((plans, at) => plans[at % plans.length] ?? []);
}

function cellsOf(all: readonly Told[]): ReadonlyMap<string, readonly Told[]> {
  return Map.groupBy(all, ({ plan }) => `${plan.window} ${plan.step}`);
}
