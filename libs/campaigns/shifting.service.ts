import {
  sentence,
  type JoinPass,
  type JoinResult,
  type RunRef,
  type Sentence,
  type ShiftOrder,
  type ShiftPlan,
  type ShiftStepResult,
} from '@springtide/contracts';
import { EffectLedger, MachineLife } from '@springtide/effects';
import { SpringtideError, addMs, msBetween } from '@springtide/kernel';
import type { RouteState } from '@springtide/provider-kit';
import { HOME_GROUP, type Route, type RoutesService } from '@springtide/traffic';
import {
  countersBetween,
  judgeStep,
  relievedGroups,
  relievingSteps,
  sameShares,
  sharesByCapacity,
  stepBetween,
  type Shares,
} from '@springtide/traffic/domain';
import { readingsSince } from './data/demand-reading.repository.js';
import { capacityOf } from './domain/index.js';
import { amongHealthy, changeOf, isNear, orderedShares } from './entrance-keeper.service.js';
import type { Heartbeat } from './provisioning.service.js';
import type { OpenRun, RunBook } from './run-book.js';
import { membersByGroup } from './route-members.js';
import { groupOf, machinesOf, type RunMachine } from './run-machines.js';

/** Moves a service's traffic: members first, then shares in steps, each watched; the way back the other way round. */
export class Shifting {
  private readonly life: MachineLife;

  constructor(
    private readonly book: RunBook,
    private readonly ledger: EffectLedger,
    private readonly routes: RoutesService,
  ) {
    this.life = new MachineLife(ledger);
  }

  /** Health is what the proxy sees: a machine counts as capacity when the product that sends it traffic says so. */
  async joinRoute(
    input: RunRef & { service: string; join: string; pass?: JoinPass },
    heartbeat: Heartbeat,
  ): Promise<JoinResult> {
    const { tenantId, runId, service } = input;
    const open = await this.book.open(tenantId, runId);
    const route = await this.routeOf(open, input);
    const machines = (await this.machines(tenantId, runId, service)).filter(({ item }) =>
      ['running', 'ready'].includes(item.state),
    );
    const change = changeOf(open, input, `join/${input.join}`);
    const expected = membersByGroup(open.plan, machines);
    // One look of many changes the entrance only where somebody came.
    if (input.pass?.more === true) await this.routes.giveMembers(route, expected, change, 0);
    else for (const [group, members] of expected) await this.routes.setMembers(route, group, members, change);
    return await this.awaitReady(open, route, input, heartbeat);
  }

  /** Where the shares are and where ready capacity wants them; machines that leave count for nothing. */
  async planShift(order: ShiftOrder): Promise<ShiftPlan> {
    const open = await this.book.open(order.tenantId, order.runId);
    const route = await this.routeOf(open, order);
    const state = await this.routes.read(route);
    const live = sharesOf(state);
    const capacity = await this.capacityNow(open, order, state);
    const to = sharesByCapacity([...capacity].map(([name, able]) => ({ name, capacity: able })));
    // Nobody healthy and nowhere to go: the last good set stays, and the proxy's own checks bring it back to life.
    if (to === undefined) return { from: live ?? {}, to: live ?? {}, fractions: [] };
    const from = live ?? to;
    if (sameShares(from, to))
      return { from, to, fractions: (await this.isInForce(order, route, state, to)) ? [] : [1] };
    if (order.leaving.length > 0) return { from, to, fractions: [1] };
    const load = await this.loadNow(open, order);
    const fractions = relievingSteps(open.policy.shiftFractions, { from, to }, load, capacity);
    const left = open.policy.shiftFractions.length - fractions.length;
    if (left > 0) {
      const facts = { route: route.name, requestsPerSecond: Math.round(load), left };
      await this.book.note(order.tenantId, order.runId, {
        step: 'shift.hurry',
        level: 'warning',
        sentences: [sentence('shift.hurry', facts)],
        facts,
        once: `hurry/${order.shift}/${order.service}`,
      });
    }
    return { from, to, fractions };
  }

  async shiftStep(
    order: ShiftOrder & { step: number; from: Shares; to: Shares; fraction: number },
    heartbeat: Heartbeat,
  ): Promise<ShiftStepResult> {
    const open = await this.book.open(order.tenantId, order.runId);
    const route = await this.routeOf(open, order);
    const shares = stepBetween(order.from, order.to, order.fraction);
    const before = await this.counters(route);
    await this.routes.setShares(route, shares, {
      ...changeOf(open, order, `shift/${order.shift}`),
      batch: order.step,
    });
    await this.watch(open.policy.bakeMs, open.policy.pollMs, heartbeat);
    const samples = countersBetween(before, await this.counters(route));
    const verdict = judgeStep(samples, open.policy.gate, relievedGroups(order.from, order.to));
    const shown = Object.entries(shares)
      .map(([name, share]) => `${name} ${share} %`)
      .join(', ');
    await this.book.note(order.tenantId, order.runId, {
      step: 'shift.step',
      level: verdict.passed ? 'info' : 'warning',
      sentences: [sentence('shift.step', { route: route.name, shares: shown }), verdict.why],
      facts: { route: route.name, ...shares },
      once: `shift/${order.shift}/${order.service}/${order.step}`,
    });
    return verdict;
  }

  /** Back to the last good set, minus groups that have nobody healthy any more. */
  async rollBackShift(
    order: ShiftOrder & { to: Shares; reason: string; why?: Sentence | undefined },
  ): Promise<void> {
    const open = await this.book.open(order.tenantId, order.runId);
    const route = await this.routeOf(open, order);
    await this.routes.setShares(route, order.to, changeOf(open, order, `rollback/${order.shift}`));
    await this.book.note(order.tenantId, order.runId, {
      step: 'shift.rollback',
      level: 'problem',
      sentences: [
        sentence('shift.rollback', { route: route.name }),
        order.why ?? sentence('quoted', { text: `${order.reason}.` }),
      ],
      facts: { route: route.name },
      once: `rollback/${order.shift}/${order.service}`,
    });
  }

  /** Takes leaving machines out of the proxy; it drains them first. */
  async leaveRoute(order: ShiftOrder): Promise<void> {
    const open = await this.book.open(order.tenantId, order.runId);
    const route = await this.routeOf(open, order);
    const machines = await this.machines(order.tenantId, order.runId, order.service);
    const leaving = machines.filter(({ item }) => order.leaving.includes(item.machineId ?? ''));
    const staying = machines.filter(
      ({ item }) =>
        ['running', 'ready'].includes(item.state) && !order.leaving.includes(item.machineId ?? ''),
    );
    const rest = membersByGroup(open.plan, staying);
    for (const group of new Set(leaving.map((machine) => groupOf(machine.poolId)))) {
      await this.routes.setMembers(
        route,
        group,
        rest.get(group) ?? [],
        changeOf(open, order, `leave/${order.shift}`),
      );
    }
  }

  /** Everything to the standing fleet, in one step: the safe direction needs no gate. */
  async sendTrafficHome(input: RunRef & { service: string }): Promise<void> {
    const open = await this.book.open(input.tenantId, input.runId);
    const route = await this.routeOf(open, input);
    const change = changeOf(open, input, `home/${input.fence}`);
    const standing = new Map([[HOME_GROUP, route.home]]);
    const state = await this.routes.giveMembers(route, standing, change, open.policy.readyTimeoutMs);
    const home = state.groups.find((group) => group.name === HOME_GROUP);
    const others = state.groups.filter((group) => group.name !== HOME_GROUP);
    if (home === undefined || home.members.length === 0) {
      await this.book.note(input.tenantId, input.runId, {
        step: 'shift.no-home',
        level: 'problem',
        sentences: [sentence('shift.no-home', { route: route.name })],
        once: `no-home/${route.name}`,
      });
      return;
    }
    const shares = Object.fromEntries([
      [HOME_GROUP, 100],
      ...others.map((group) => [group.name, 0] as const),
    ]);
    await this.routes.setShares(route, shares, change);
    for (const group of others) await this.routes.setMembers(route, group.name, [], change);
    await this.book.note(input.tenantId, input.runId, {
      step: 'shift.home',
      sentences: [sentence('shift.home', { route: route.name })],
      facts: { route: route.name },
      once: `home/${route.name}`,
    });
  }

  private async awaitReady(
    open: OpenRun,
    route: Route,
    input: RunRef & { service: string; pass?: JoinPass },
    heartbeat: Heartbeat,
  ): Promise<JoinResult> {
    const startedAt = this.book.now();
    const { more = false, withinMs = Infinity, since = startedAt } = input.pass ?? {};
    for (;;) {
      const healthy = healthyIds(await this.routes.read(route));
      const machines = await this.machines(input.tenantId, input.runId, input.service);
      const running = machines.filter(({ item }) => item.state === 'running');
      await this.markReady(
        input.tenantId,
        running.filter(({ item }) => healthy.has(item.machineId ?? '')),
      );
      const left = running.filter(({ item }) => !healthy.has(item.machineId ?? ''));
      const ready =
        machines.filter(({ item }) => item.state === 'ready').length + running.length - left.length;
      heartbeat(`${ready} ready, ${left.length} not yet healthy`);
      const seen = { ready, unhealthy: left.length, since: more ? this.book.now() : since };
      if (left.length === 0) return seen;
      if (!more && msBetween(since, this.book.now()) > open.policy.readyTimeoutMs) {
        await this.giveUp(input, left);
        return seen;
      }
      if (msBetween(startedAt, this.book.now()) >= withinMs) return seen;
      await this.ledger.dependencies.clock.sleep(open.policy.pollMs);
    }
  }

  private async markReady(tenantId: string, machines: readonly RunMachine[]): Promise<void> {
    for (const [intentId, own] of Map.groupBy(machines, (machine) => machine.intentId)) {
      await this.life.markReady(
        tenantId,
        intentId,
        own.flatMap(({ item }) => (item.machineId === null ? [] : [item.machineId])),
      );
    }
  }

  private async giveUp(input: RunRef & { service: string }, machines: readonly RunMachine[]): Promise<void> {
    const ids = new Set(machines.flatMap(({ item }) => (item.machineId === null ? [] : [item.machineId])));
    for (const intent of await this.ledger.listIntents(input.tenantId, {
      runId: input.runId,
      kind: 'create',
    })) {
      if (!intent.items.some((item) => ids.has(item.machineId ?? ''))) continue;
      await this.ledger.change(intent, (current) => ({
        ...current,
        items: current.items.map((item) =>
          item.state === 'running' && ids.has(item.machineId ?? '')
            ? {
                ...item,
                state: 'failed',
                refusal: { code: 'timeout', message: 'the proxy never found it healthy' },
              }
            : item,
        ),
      }));
    }
    await this.book.note(input.tenantId, input.runId, {
      step: 'join.unhealthy',
      level: 'warning',
      sentences: [sentence('join.unhealthy', { count: machines.length, service: input.service })],
      facts: { count: machines.length },
      once: `unhealthy/${[...ids].toSorted((a, b) => a.localeCompare(b)).join(',')}`.slice(0, 400),
    });
  }

  /** Requests per second at the entrance by the latest look of the guard; 0 where nobody looked lately. */
  private async loadNow({ policy }: OpenRun, { tenantId, runId, service }: ShiftOrder): Promise<number> {
    const since = addMs(this.book.now(), -2 * policy.guardEveryMs);
    const readings = await this.book.within(tenantId, runId, async (tx) =>
      readingsSince(tx, runId, service, since),
    );
    return readings.at(-1)?.requestsPerSecond ?? 0;
  }

  /** Requests per second that each group of the entrance can serve now; 0 for one that has nobody healthy. */
  private async capacityNow(
    open: OpenRun,
    order: ShiftOrder,
    state: RouteState,
  ): Promise<ReadonlyMap<string, number>> {
    const ready = (await this.machines(order.tenantId, order.runId, order.service)).filter(
      ({ item }) => item.state === 'ready' && !order.leaving.includes(item.machineId ?? ''),
    );
    const standing = open.plan.standing.find((row) => row.service === order.service)?.requestsPerSecond ?? 0;
    const groups = new Map<string, number>(state.groups.map((group) => [group.name, 0]));
    groups.set(HOME_GROUP, standing);
    for (const machine of ready) {
      const group = groupOf(machine.poolId);
      groups.set(group, (groups.get(group) ?? 0) + capacityOf(open.plan, order.service, machine.poolId));
    }
    const live = new Set(
      state.groups.filter((g) => g.members.some((m) => m.healthy)).map((group) => group.name),
    );
    return new Map([...groups].map(([name, capacity]) => [name, live.has(name) ? capacity : 0]));
  }

  /**
   * Whether what is live is what was ordered. It need not be: a proxy sends a group whose last member died nothing, and whoever
   * comes back under one of its addresses would be sent its whole share at once; and where members have weights of their own,
   * those who join a group that serves take their part without being told. That is watched as a step, and nobody else's hand.
   */
  private async isInForce(
    order: ShiftOrder,
    { name }: Route,
    state: RouteState,
    to: Shares,
  ): Promise<boolean> {
    const shares = await orderedShares(this.ledger, order, name);
    if (shares === undefined) return true;
    const dead = state.groups.filter(({ members }) => !members.some(({ healthy }) => healthy));
    if (dead.some((group) => (shares[group.name] ?? 0) > 0)) return false;
    return isNear(amongHealthy(state, shares) ?? to, to);
  }

  private async counters(route: Route) {
    return await this.routes.readCounters(route);
  }

  private async watch(ms: number, pollMs: number, heartbeat: Heartbeat): Promise<void> {
    const { clock } = this.ledger.dependencies;
    for (let left = ms; left > 0; left -= pollMs) {
      await clock.sleep(Math.min(left, pollMs));
      heartbeat('watching the step');
    }
  }

  private async machines(tenantId: string, runId: string, service: string): Promise<readonly RunMachine[]> {
    return machinesOf(await this.ledger.listIntents(tenantId, { runId, kind: 'create', service }));
  }

  private async routeOf(open: OpenRun, input: RunRef & { service: string }): Promise<Route> {
    const name = open.plan.services.find((service) => service.name === input.service)?.route;
    if (name === undefined)
      throw new SpringtideError('internal', `service ${input.service} is not in the plan`);
    return await this.routes.getByName(this.book.context(input.tenantId, input.runId), name);
  }
}

/**
 * What is live, as whole percentages: once a member died, the proxy's own shares are fractions. A group that has nobody
 * left has no share to begin from, whatever its product still says: no step may lead there.
 */
function sharesOf(state: RouteState): Shares | undefined {
  return sharesByCapacity(
    state.groups.map(({ name, weight, members }) => ({
      name,
      capacity: members.some((member) => member.healthy) ? weight : 0,
    })),
  );
}

function healthyIds(state: RouteState): ReadonlySet<string> {
  return new Set(
    state.groups.flatMap((group) =>
      group.members.filter((member) => member.healthy).map((member) => member.id),
    ),
  );
}
