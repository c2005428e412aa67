import { sentence, type RunRef } from '@springtide/contracts';
import type { EffectLedger } from '@springtide/effects';
import { isRefusedSet } from '@springtide/effects/domain';
import type { RouteMember, RouteState } from '@springtide/provider-kit';
import {
  HOME_GROUP,
  type ReleaseKeeper,
  type Route,
  type RouteChange,
  type RoutesService,
} from '@springtide/traffic';
import { groupsLacking, sharesByCapacity, type Shares } from '@springtide/traffic/domain';
import { z } from 'zod';
import type { OpenRun, RunBook } from './run-book.js';
import { groupOf, machinesOf, type RunMachine } from './run-machines.js';
import { membersByGroup } from './route-members.js';
import { tellAndWake } from './tell-and-wake.js';

const SetShares = z.object({ route: z.string(), shares: z.record(z.string(), z.number()) });
const SetMembers = z.object({
  route: z.string(),
  group: z.string(),
  members: z.array(z.object({ id: z.string() })),
});

/** Compares the entrances of a run with what they should have: gives back what a restarted proxy forgot, tells of others' hands. */
export class EntranceKeeper {
  constructor(
    private readonly book: RunBook,
    private readonly ledger: EffectLedger,
    private readonly routes: RoutesService,
    private readonly releases: ReleaseKeeper,
  ) {}

  /** For the guard. An entrance that cannot be read fails the tick after the others were looked after. */
  async keep(run: RunRef): Promise<void> {
    const open = await this.book.open(run.tenantId, run.runId);
    const failures: unknown[] = [];
    for (const service of open.plan.services) {
      try {
        const context = this.book.context(run.tenantId, run.runId);
        await this.keepRoute(open, run, await this.routes.getByName(context, service.route));
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    if (failures[0] !== undefined) throw failures[0];
  }

  private async keepRoute(open: OpenRun, run: RunRef, route: Route): Promise<void> {
    await this.takeOutFailed(open, run, route);
    const context = this.book.context(run.tenantId, run.runId);
    await this.releases.keep(context, route.id, { shares: false });
    const expected = await this.expectedOf(open, run, route);
    const lacking = groupsLacking(expected, (await this.routes.read(route)).groups);
    // While a phase moves members itself, only the standing fleet, which no phase touches, tells of a restart.
    const steady = open.run.state === 'holding';
    if (lacking.length === 0 && steady) return await this.tellOfHands(run, route);
    if (lacking.length === 0 || !(steady || lacking.includes(HOME_GROUP))) return;
    const change = changeOf(open, run, `reassert/${this.book.now()}`);
    const { readyTimeoutMs } = open.policy;
    const state = await this.routes.giveMembers(route, expected, change, readyTimeoutMs);
    const shares = await this.lastSharesOf(run, route, state);
    if (shares !== undefined) await this.routes.setShares(route, shares, change);
    await this.book.note(run.tenantId, run.runId, {
      step: 'guard.entrance',
      level: 'warning',
      sentences: [sentence('guard.entrance', { route: route.name, groups: lacking.join(', ') })],
      facts: { route: route.name, groups: lacking.length },
      once: `entrance/${route.name}/${this.book.now()}`,
    });
  }

  /**
   * Shares that this run did not order: somebody moved them at the entrance itself. They are told, and the run is woken,
   * which compares them with what is ready and moves them back in steps that are watched. An order under way says nothing.
   */
  private async tellOfHands(run: RunRef, route: Route): Promise<void> {
    const order = await lastOrder(this.ledger, run, route.name);
    const state = await this.routes.read(route);
    const now = await lastOrder(this.ledger, run, route.name);
    if (order === undefined || order.key !== now?.key || !order.carriedOut) return;
    const ordered = amongHealthy(state, order.shares);
    const live = amongHealthy(
      state,
      Object.fromEntries(state.groups.map(({ name, weight }) => [name, weight])),
    );
    if (ordered === undefined || live === undefined || isNear(ordered, live)) return;
    const once = `shares/${order.key}`;
    await tellAndWake(this.book, run, 'guard.shares', (told) => {
      if (told.includes(once)) return [];
      const facts = { route: route.name, now: inWords(live), ordered: inWords(ordered) };
      return [{ level: 'warning', sentences: [sentence('guard.shares', facts)], facts, once }];
    });
  }

  /**
   * A machine that failed, or that its cloud takes back, gets no more traffic from now on; the phase that replaces it may
   * take longer than it has left. Where nobody else could serve, it stays while it lasts.
   */
  private async takeOutFailed(open: OpenRun, run: RunRef, route: Route): Promise<void> {
    const machines = await this.machinesFor(open, run, route);
    const ordered = await this.lastMembersOf(run, route);
    const inRoute = ({ poolId, item }: RunMachine) =>
      ordered.get(groupOf(poolId))?.has(item.machineId ?? '') === true;
    const failed = machines.filter((machine) => machine.item.state === 'failed' && inRoute(machine));
    if (failed.length === 0) return;
    const staying = membersByGroup(
      open.plan,
      machines.filter((machine) => machine.item.state === 'ready' && inRoute(machine)),
    );
    const change = changeOf(open, run, `notice/${this.book.now()}`);
    const groups = [...new Set(failed.map(({ poolId }) => groupOf(poolId)))];
    const empty = groups.filter((group) => !staying.has(group));
    if (empty.length > 0) {
      const shares = await this.lastSharesOf(run, route, await this.routes.read(route), empty);
      if (shares === undefined) return;
      await this.routes.setShares(route, shares, change);
    }
    for (const group of groups) await this.routes.setMembers(route, group, staying.get(group) ?? [], change);
  }

  private async machinesFor(open: OpenRun, run: RunRef, route: Route): Promise<readonly RunMachine[]> {
    const service = open.plan.services.find((one) => one.route === route.name)?.name;
    const intents = await this.ledger.listIntents(run.tenantId, { runId: run.runId, kind: 'create' });
    return machinesOf(intents).filter((machine) => machine.service === service);
  }

  private async expectedOf(
    open: OpenRun,
    run: RunRef,
    route: Route,
  ): Promise<ReadonlyMap<string, readonly RouteMember[]>> {
    const machines = await this.machinesFor(open, run, route);
    const ready = machines.filter((machine) => machine.item.state === 'ready');
    const ordered = await this.lastMembersOf(run, route);
    const expected = new Map<string, readonly RouteMember[]>([[HOME_GROUP, route.home]]);
    for (const [group, members] of membersByGroup(open.plan, ready)) {
      expected.set(
        group,
        members.filter(({ id }) => ordered.get(group)?.has(id) === true),
      );
    }
    return expected;
  }

  /**
   * Whom this run put into each group with its last order. Who was taken out on purpose is ready for a while yet, and
   * must not be put back; an order under way says nothing, and one that was refused left the one before it in force.
   */
  private async lastMembersOf(run: RunRef, route: Route): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const sets = await this.ledger.listIntents(run.tenantId, { runId: run.runId, kind: 'set' });
    const ordered = new Map<string, ReadonlySet<string>>();
    for (const intent of sets) {
      const set = SetMembers.safeParse(intent.spec).data;
      if (set?.route !== route.name || isRefusedSet(intent)) continue;
      const ids = intent.state === 'settled' ? set.members.map(({ id }) => id) : [];
      ordered.set(set.group, new Set(ids));
    }
    return ordered;
  }

  /** The last good set of this run, among those who can take traffic now; before the first shift, all is at home. */
  private async lastSharesOf(
    run: RunRef,
    route: Route,
    state: RouteState,
    without: readonly string[] = [],
  ): Promise<Shares | undefined> {
    const last = await orderedShares(this.ledger, run, route.name);
    const healthy = new Set(
      state.groups
        .filter((group) => !without.includes(group.name) && group.members.some((m) => m.healthy))
        .map((group) => group.name),
    );
    const wanted = Object.entries(last ?? { [HOME_GROUP]: 100 });
    return sharesByCapacity(
      wanted.map(([name, share]) => ({ name, capacity: healthy.has(name) ? share : 0 })),
    );
  }
}

/** The last shares that a run has ordered for an entrance and that were carried out. */
export async function orderedShares(
  ledger: EffectLedger,
  { tenantId, runId }: Pick<RunRef, 'tenantId' | 'runId'>,
  route: string,
): Promise<Shares | undefined> {
  const sets = await ledger.listIntents(tenantId, { runId, kind: 'set' });
  return sets
    .filter((intent) => intent.state === 'settled')
    .map((intent) => SetShares.safeParse(intent.spec).data)
    .findLast((set) => set?.route === route)?.shares;
}

type ShareOrder = Readonly<{ key: string; carriedOut: boolean; shares: Shares }>;

/** The latest shares that a run has sent to an entrance, or is about to send. */
async function lastOrder(
  ledger: EffectLedger,
  { tenantId, runId }: Pick<RunRef, 'tenantId' | 'runId'>,
  route: string,
): Promise<ShareOrder | undefined> {
  const orders = (await ledger.listIntents(tenantId, { runId, kind: 'set' })).flatMap((intent) => {
    const set = SetShares.safeParse(intent.spec).data;
    if (set?.route !== route || isRefusedSet(intent)) return [];
    const { id, generation, state, sentAt, createdAt } = intent;
    const carriedOut = state === 'settled';
    return [{ key: `${id}.${generation}`, carriedOut, at: sentAt ?? createdAt, shares: set.shares }];
  });
  return orders.toSorted((a, b) => (a.at < b.at ? -1 : 1)).at(-1);
}

/** As whole percentages of those groups that can answer; undefined where none can. */
export function amongHealthy({ groups }: RouteState, shares: Shares): Shares | undefined {
  return sharesByCapacity(
    groups.map(({ name, members }) => ({
      name,
      capacity: members.some(({ healthy }) => healthy) ? (shares[name] ?? 0) : 0,
    })),
  );
}

/** Products round shares to weights of their own, and tell them back so. */
const ROUNDING = 3;

export function isNear(a: Shares, b: Shares): boolean {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.every((name) => Math.abs((a[name] ?? 0) - (b[name] ?? 0)) <= ROUNDING);
}

function inWords(shares: Shares): string {
  return Object.entries(shares)
    .map(([name, share]) => `${name} ${share} %`)
    .join(', ');
}

/** Who changes an entrance, for the ledger. */
export function changeOf(open: OpenRun, run: RunRef, step: string): RouteChange {
  const { runId, fence } = run;
  return { runId, campaignId: open.run.campaignId, step: `${step}/${fence}`, batch: 0, fence };
}
