import { RUN_CHANGED, clausesFact, ordersFact, runWorkflowId, sentence } from '@springtide/contracts';
import type { Mandate } from '@springtide/effects/domain';
import type { Instant } from '@springtide/kernel';
import { postToOutbox, type Database, type RequestContext } from '@springtide/platform';
import { saveGroup, type GroupOrder, type ScalingService } from '@springtide/scaling';
import type { RoutesService } from '@springtide/traffic';
import type { EntityManager } from 'typeorm';
import { roomBeside } from './approval-room.js';
import { RunEntity } from './data/campaign.entity.js';
import { endedBy, followTargets, groupEndsBy, type Followed, type RunTargets } from './domain/index.js';
import { inItsMonth } from './group-month.js';
import { keepRest } from './group-rest.js';
import { otherHolders } from './route-holders.js';
import { lockRun, openIn, type OpenRun } from './run-book.js';
import { note, type TimelineNote } from './run-timeline.js';

type FollowPlace = Readonly<{ ctx: RequestContext; open: OpenRun; mandate: Mandate; now: Instant }>;

type Decided = GroupOrder & Readonly<{ service: string; home: number }>;

/**
 * A scaling group is a run that follows strategies instead of its plan: what was approved for the plan is what it may have
 * at most, and everything else about it, from the first purchase to the proof that nothing is left, is as in any run.
 */
export class StrategyFollower {
  constructor(
    private readonly database: Database,
    private readonly scaling: ScalingService,
    private readonly routes: RoutesService,
  ) {}

  /** A campaign on a route of the group goes before it: the group ends early enough to be gone by then. */
  async giveWay({ ctx, open: { run, plan, campaign }, now }: Omit<FollowPlace, 'mandate'>): Promise<void> {
    await this.database.unitOfWork(ctx, async (tx) => {
      const holders = await otherHolders(
        tx,
        campaign.id,
        plan.services.map(({ route }) => route),
      );
      const { policy } = await openIn(tx, run.id);
      const by = groupEndsBy(holders, policy.yieldMs);
      const end = run.phases.at(-1)?.endsAt;
      if (by === undefined || end === undefined || end <= by || end <= now) return;
      const locked = await lockRun(tx, run.id);
      await keepRest(tx, { run: locked, plan, campaign }, { holders, now });
      locked.phases = [...endedBy(locked.phases, by > now ? by : now)];
      locked.revision += 1;
      await tx.save(RunEntity, locked);
      const who = holders.filter(({ follows }) => !follows).map(({ name }) => `"${name}"`);
      const sentences = [sentence('scaling.gives-way', { who: who.join(', '), at: by })];
      await note(tx, ctx, run.id, { step: 'scaling.gives-way', sentences, once: `gives-way/${by}` }, now);
      await wake(tx, ctx, run.id);
    });
  }

  /** Sets the targets to what the strategies want now. A service that fails does not keep the others. */
  async follow(place: FollowPlace): Promise<void> {
    const failures: unknown[] = [];
    for (const service of place.open.plan.services) {
      try {
        await this.followOne(place, service);
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    if (failures[0] !== undefined) throw failures[0];
  }

  private async followOne(
    place: FollowPlace,
    { name: service, route }: Readonly<{ name: string; route: string }>,
  ): Promise<void> {
    const { ctx, open, now } = place;
    const { home } = await this.routes.getByName(ctx, route);
    const phase = open.run.phases.find(({ endsAt }) => endsAt > now)?.name;
    const wanted = countOf(open.run.targets.filter((row) => row.service === service && row.phase === phase));
    const answer = await this.scaling.decideFor(ctx, service, home.length + wanted);
    await this.database.unitOfWork(ctx, async (tx) => {
      if (answer === undefined) return await note(tx, ctx, open.run.id, silenceNote(service, wanted), now);
      await this.set(tx, place, { service, home: home.length, ...answer });
    });
  }

  private async set(tx: EntityManager, place: FollowPlace, wanted: Decided): Promise<void> {
    const { ctx, mandate, now } = place;
    const { service, home } = wanted;
    const run = await lockRun(tx, place.open.run.id);
    const { plan } = await openIn(tx, run.id);
    const phases = run.phases.filter(({ endsAt }) => endsAt > now).map(({ name }) => name);
    const [phase] = phases;
    if (phase === undefined) return;
    const own = (row: RunTargets[number]) => row.service === service && row.phase === phase;
    const others = run.targets.filter((row) => row.service !== service);
    const room = roomBeside(mandate, plan, others, phase);
    const until = run.phases.at(-1)?.endsAt ?? now;
    const follow = (machines: number) =>
      followTargets(run.targets, plan, { service, phases, machines, room });
    const decided = inItsMonth(wanted, { plan, phase, until, now, follow });
    const { decision } = decided;
    const followed = follow(Math.max(0, decision.machines - home));
    const [before, after] = [run.targets.filter(own), followed.targets.filter(own)];
    const isChanged = !isSame(before, after);
    if (isChanged) {
      run.targets = followed.targets;
      run.revision += 1;
      await tx.save(RunEntity, run);
      await wake(tx, ctx, run.id);
    }
    if (isChanged || followed.missing > 0) {
      const entry = followNote(decided, { before, after, missing: followed.missing });
      await note(
        tx,
        ctx,
        run.id,
        isChanged ? { ...entry, once: `${entry.once}/${run.revision}` } : entry,
        now,
      );
    }
    await saveGroup(tx, ctx.tenantId, service, {
      campaignId: run.campaignId,
      runId: run.id,
      until,
      decidedAt: now,
      changedAt: isChanged ? now : decided.changedAt,
      pools: after.map(({ poolId, machines: count }) => ({ poolId, machines: count })),
      missing: followed.missing,
      heldBack: wanted.decision.machines - decision.machines,
      decision,
    });
  }
}

async function wake(tx: EntityManager, ctx: RequestContext, runId: string): Promise<void> {
  await postToOutbox(tx, ctx.tenantId, {
    kind: 'signal',
    workflowId: runWorkflowId(runId),
    signal: RUN_CHANGED,
  });
}

function countOf(rows: RunTargets): number {
  return rows.reduce((sum, { machines }) => sum + machines, 0);
}

function isSame(before: RunTargets, after: RunTargets): boolean {
  const rows = (list: RunTargets) => list.map(({ poolId, machines }) => `${poolId}=${machines}`).toSorted();
  return rows(before).join() === rows(after).join();
}

function silenceNote(service: string, machines: number): TimelineNote {
  const sentences = [sentence('scaling.silent', { service, machines })];
  return {
    step: 'scaling.silent',
    level: 'problem',
    sentences,
    once: `scaling/${service}/silent/${machines}`,
  };
}

function followNote(
  { service, home, decision }: Decided,
  { before, after, missing }: Readonly<{ before: RunTargets; after: RunTargets }> & Pick<Followed, 'missing'>,
): TimelineNote {
  const [from, to] = [countOf(before), countOf(after)];
  const pools = ordersFact(after.map(({ poolId, machines }) => ({ poolId, machines })));
  const set = { service, machines: decision.machines, home, to, from };
  const [why] = decision.reasons.slice(-1);
  return {
    step: to < from ? 'scaling.in' : 'scaling.out',
    level: missing === 0 ? 'info' : 'problem',
    sentences: [
      to === 0 ? sentence('scaling.set', set) : sentence('scaling.set-on', { ...set, pools }),
      sentence('scaling.because', { reasons: clausesFact(decision.reasonSentences) }),
      ...(missing === 0 ? [] : [sentence('scaling.missing', { missing })]),
    ],
    facts: { service, from, to, home, missing, why: why ?? '' },
    once: `scaling/${service}/${decision.machines}/${missing}`,
  };
}
