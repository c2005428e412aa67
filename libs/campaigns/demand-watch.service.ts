import { RUN_CHANGED, runWorkflowId, type RunRef } from '@springtide/contracts';
import type { EffectLedger } from '@springtide/effects';
import type { Mandate } from '@springtide/effects/domain';
import { SpringtideError, addMs, msBetween, type Instant } from '@springtide/kernel';
import { postToOutbox, type Database, type RequestContext } from '@springtide/platform';
import type { RoutesService } from '@springtide/traffic';
import { countersBetween } from '@springtide/traffic/domain';
import type { EntityManager } from 'typeorm';
import { roomBeside } from './approval-room.js';
import { answerNote } from './demand-answer-note.js';
import { RunEntity } from './data/campaign.entity.js';
import {
  addReading,
  findSurge,
  forgetSurge,
  lastCounters,
  readingsSince,
  saveSurge,
  type Counters,
} from './data/demand-reading.repository.js';
import {
  DEMAND_MEMORY_STEPS,
  answerCalm,
  answerSurge,
  capacityOf,
  mayGoEarly,
  multipleToAnswer,
  viewOfDemand,
  type DemandReading,
  type DemandView,
  type PlannedPhase,
  type RunTargets,
  type SurgeAnswer,
} from './domain/index.js';
import { lockRun, openIn, type OpenRun, type RunBook } from './run-book.js';
import { note } from './run-timeline.js';
import type { StrategyFollower } from './strategy-follower.service.js';

type Place = Readonly<{
  ctx: RequestContext;
  open: OpenRun;
  mandate: Mandate;
  service: string;
  now: Instant;
}>;

/** A plan whose demand was entered by hand may be off by about twenty percent either way. */
const USUAL_SIGMA = 0.2;

/**
 * Holds what the entrances of a run take against what was planned, and lets the burst policy correct the plan by it: demand
 * above plan is answered inside the approved envelope, its pools, caps, machines and money; demand below plan lets machines
 * go early only where the campaign allows it, and never before its highest phase.
 */
export class DemandWatch {
  constructor(
    private readonly database: Database,
    private readonly book: RunBook,
    private readonly ledger: EffectLedger,
    private readonly routes: RoutesService,
    private readonly follower: StrategyFollower,
  ) {}

  /** For the guard. An entrance whose counters cannot be read fails the tick after the others were looked at. */
  async look(run: RunRef): Promise<void> {
    const open = await this.book.open(run.tenantId, run.runId);
    const now = this.book.now();
    const ctx = this.book.context(run.tenantId, run.runId);
    const follows = open.campaign.input.follows === 'strategies';
    if (follows) await this.follower.giveWay({ ctx, open, now });
    if (open.run.control !== 'run' || !isUnderWay(open, now)) return;
    const mandate = await this.ledger.findMandate(run.tenantId, run.runId);
    if (mandate === undefined) throw new SpringtideError('internal', `run ${run.runId} has no mandate`);
    const failures: unknown[] = [];
    for (const { name: service, route } of open.plan.services) {
      try {
        const counters = await this.routes.readCounters(await this.routes.getByName(ctx, route));
        // Where nobody counts, nothing is known; that is no sign of little demand.
        if (counters.length > 0) await this.lookAt({ ctx, open, mandate, service, now }, [...counters]);
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    if (follows) await this.follower.follow({ ctx, open, mandate, now });
    if (failures[0] !== undefined) throw failures[0];
  }

  private async lookAt(place: Place, counters: Counters): Promise<void> {
    const { ctx, open, service, now } = place;
    await this.database.unitOfWork(ctx, async (tx) => {
      const runId = open.run.id;
      const before = await lastCounters(tx, runId, service);
      const requestsPerSecond = before === undefined ? null : rateBetween(before, { at: now, counters });
      await addReading(tx, ctx.tenantId, runId, { service, at: now, counters, requestsPerSecond });
      const isPlanned = open.campaign.input.follows !== 'strategies';
      if (requestsPerSecond !== null && isPlanned) await this.answer(tx, place);
    });
  }

  private async answer(tx: EntityManager, { ctx, service, now, ...rest }: Place): Promise<void> {
    const run = await lockRun(tx, rest.open.run.id);
    const open = await openIn(tx, run.id);
    const place = { ...rest, ctx, service, now, open };
    const { guardEveryMs, surge } = open.policy;
    const readings = await readingsSince(
      tx,
      run.id,
      service,
      addMs(now, -DEMAND_MEMORY_STEPS * guardEveryMs),
    );
    const view = viewOf(place, readings);
    const phase = run.phases.find(({ startsAt, endsAt }) => startsAt <= now && now < endsAt)?.name;
    if (view === undefined || phase === undefined) return;
    const kept = await findSurge(tx, run.id, service);
    const before = kept?.multiple ?? 1;
    const mayFall = mayGoEarly(open.campaign.input.belowPlan, plannedOf(open, service), phase);
    const multiple = multipleToAnswer(view, before, surge, mayFall);
    // Machines that went early went for one phase: the next one begins with what was planned for it.
    if (multiple === before && (multiple >= 1 || kept?.phase === phase)) return;
    const base = kept?.base ?? run.targets.filter((row) => row.service === service);
    const answer = answerOf(place, { multiple, base });
    run.targets = [...run.targets.filter((row) => row.service !== service), ...answer.targets];
    run.revision += 1;
    await tx.save(RunEntity, run);
    if (multiple === 1) await forgetSurge(tx, run.id, service);
    else await saveSurge(tx, ctx.tenantId, run.id, service, { multiple, phase, base });
    const planned = demandOf(open, service)(phase);
    const facts = { service, phase, planned, multiple, revision: run.revision };
    const observed = readings.at(-1)?.requestsPerSecond ?? 0;
    await note(tx, ctx, run.id, answerNote({ ...facts, observed }, answer, view.reason), now);
    const signal = { kind: 'signal', workflowId: runWorkflowId(run.id), signal: RUN_CHANGED } as const;
    await postToOutbox(tx, ctx.tenantId, signal);
  }
}

function isUnderWay({ run }: OpenRun, now: Instant): boolean {
  const isOpen = run.state === 'ramping' || run.state === 'holding';
  return isOpen && run.phases.some(({ startsAt, endsAt }) => startsAt <= now && now < endsAt);
}

function rateBetween(
  before: Readonly<{ at: Instant; counters: Counters }>,
  after: Readonly<{ at: Instant; counters: Counters }>,
): number | null {
  const seconds = msBetween(before.at, after.at) / 1_000;
  if (seconds <= 0) return null;
  const requests = countersBetween(before.counters, after.counters);
  return requests.reduce((sum, group) => sum + group.requests, 0) / seconds;
}

function demandOf({ campaign }: OpenRun, service: string): (phase: string) => number {
  const rows = campaign.input.demand.filter((row) => row.service === service);
  return (phase) => rows.find((row) => row.phase === phase)?.requestsPerSecond ?? 0;
}

function plannedOf(open: OpenRun, service: string): readonly PlannedPhase[] {
  const demand = demandOf(open, service);
  return open.run.phases.map((phase) => ({ ...phase, requestsPerSecond: demand(phase.name) }));
}

function viewOf(
  { open, mandate, service, now }: Place,
  readings: readonly DemandReading[],
): DemandView | undefined {
  const { plan, policy, campaign } = open;
  const others = machinesAtMost(open.run.targets.filter((row) => row.service !== service));
  const reference = campaign.input.demandFrom?.find((row) => row.service === service);
  const levelSigma = reference?.levelSigma ?? USUAL_SIGMA;
  const fleet = {
    machineCapacity: machineOf(open, service),
    standingCapacity: plan.standing.find((row) => row.service === service)?.requestsPerSecond ?? 0,
    leadMs: plan.leadMs,
    stepMs: policy.guardEveryMs,
    ceiling: Math.max(0, mandate.maxMachines - others),
  };
  return viewOfDemand({ planned: plannedOf(open, service), readings, levelSigma, now }, fleet, policy.surge);
}

function machinesAtMost(targets: RunTargets): number {
  const phases = Map.groupBy(targets, ({ phase }) => phase).values();
  return Math.max(0, ...[...phases].map((rows) => rows.reduce((sum, { machines }) => sum + machines, 0)));
}

/** Requests per second of a machine as the plan mixes them; before it has any, of what it may buy. */
function machineOf({ plan }: OpenRun, service: string): number {
  const bought = plan.allocations.filter((row) => row.service === service && row.machines > 0);
  const rows =
    bought.length > 0
      ? bought
      : plan.pools.map(({ id }) => ({ poolId: id, machines: capacityOf(plan, service, id) > 0 ? 1 : 0 }));
  const machines = rows.reduce((sum, row) => sum + row.machines, 0);
  const units = rows.reduce((sum, row) => sum + row.machines * capacityOf(plan, service, row.poolId), 0);
  return machines > 0 && units > 0 ? units / machines : 1;
}

function answerOf(
  { open, mandate, service, now }: Place,
  { multiple, base }: Readonly<{ multiple: number; base: RunTargets }>,
): SurgeAnswer {
  if (multiple === 1) return { targets: base, added: [], uncovered: new Map() };
  const ahead = open.run.phases.filter(({ endsAt }) => endsAt > now);
  const question = {
    ...{ service, multiple, headroom: open.policy.surge.headroom, demand: demandOf(open, service) },
    phases: multiple > 1 ? ahead : ahead.slice(0, 1),
  };
  if (multiple < 1) return answerCalm(base, open.plan, question);
  const wanted = [...open.run.targets.filter((row) => row.service !== service), ...base];
  return answerSurge(base, open.plan, {
    ...question,
    room: (phase) => roomBeside(mandate, open.plan, wanted, phase),
  });
}
