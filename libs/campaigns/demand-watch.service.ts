import { RUN_CHANGED, runWorkflowId, type RunRef } from '@springtide/contracts';
import type { EffectLedger } from '@springtide/effects';
import type { Mandate } from '@springtide/effects/domain';
import { SpringtideError, addMs, msBetween, type Instant } from '@springtide/kernel';
import { postToOutbox, type Database, type RequestContext } from '@springtide/platform';
import type { RoutesService } from '@springtide/traffic';
import { countersBetween } from '@springtide/traffic/domain';
import type { EntityManager } from 'typeorm';
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
import { answerSurge, surgeOf, type RunTargets, type SurgeAnswer } from './domain/index.js';
import { lockRun, openIn, type OpenRun, type RunBook } from './run-book.js';
import { note } from './run-timeline.js';

type Place = Readonly<{
  ctx: RequestContext;
  open: OpenRun;
  mandate: Mandate;
  service: string;
  now: Instant;
}>;

/** Multiples that differ by less say the same: the ground is not moved for noise. */
const SAME = 0.05;

/**
 * Holds what the entrances of a run take against what was planned, and answers demand above plan inside the approved
 * envelope: its pools, caps, machines and money. Demand below plan changes nothing: what was approved for a phase stays
 * until it ends, and only what was added goes again after calm.
 */
export class DemandWatch {
  constructor(
    private readonly database: Database,
    private readonly book: RunBook,
    private readonly ledger: EffectLedger,
    private readonly routes: RoutesService,
  ) {}

  /** For the guard. An entrance whose counters cannot be read fails the tick after the others were looked at. */
  async look(run: RunRef): Promise<void> {
    const open = await this.book.open(run.tenantId, run.runId);
    const now = this.book.now();
    if (open.run.control !== 'run' || !isUnderWay(open, now)) return;
    const ctx = this.book.context(run.tenantId, run.runId);
    const mandate = await this.ledger.findMandate(run.tenantId, run.runId);
    if (mandate === undefined) throw new SpringtideError('internal', `run ${run.runId} has no mandate`);
    const failures: unknown[] = [];
    for (const { name: service, route } of open.plan.services) {
      try {
        const counters = await this.routes.readCounters(await this.routes.getByName(ctx, route));
        await this.lookAt({ ctx, open, mandate, service, now }, [...counters]);
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    if (failures[0] !== undefined) throw failures[0];
  }

  private async lookAt(place: Place, counters: Counters): Promise<void> {
    const { ctx, open, service, now } = place;
    await this.database.unitOfWork(ctx, async (tx) => {
      const runId = open.run.id;
      const before = await lastCounters(tx, runId, service);
      const requestsPerSecond = before === undefined ? null : rateBetween(before, { at: now, counters });
      await addReading(tx, ctx.tenantId, runId, { service, at: now, counters, requestsPerSecond });
      if (requestsPerSecond !== null) await this.answer(tx, place);
    });
  }

  private async answer(tx: EntityManager, place: Place): Promise<void> {
    const { ctx, service, now } = place;
    const run = await lockRun(tx, place.open.run.id);
    const open = await openIn(tx, run.id);
    const { surge } = open.policy;
    const readings = await readingsSince(tx, run.id, service, addMs(now, -surge.calmMs));
    const multiple = surgeOf(readings, plannedOf(open, service), surge, now);
    const kept = await findSurge(tx, run.id, service);
    if (Math.abs(multiple - (kept?.multiple ?? 1)) < SAME) return;
    const base = kept?.base ?? run.targets.filter((row) => row.service === service);
    const answer = answerOf({ ...place, open }, { multiple, base });
    run.targets = [...run.targets.filter((row) => row.service !== service), ...answer.targets];
    run.revision += 1;
    await tx.save(RunEntity, run);
    if (multiple === 1) await forgetSurge(tx, run.id, service);
    else await saveSurge(tx, ctx.tenantId, run.id, service, { multiple, base });
    await note(tx, ctx, run.id, noteOf(place, run.revision, { multiple, readings, answer }), now);
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

function plannedOf(open: OpenRun, service: string) {
  const demand = demandOf(open, service);
  return open.run.phases.map((phase) => ({ ...phase, requestsPerSecond: demand(phase.name) }));
}

function answerOf(
  { open, mandate, service, now }: Place,
  { multiple, base }: Readonly<{ multiple: number; base: RunTargets }>,
): SurgeAnswer {
  if (multiple === 1) return { targets: base, added: [], uncovered: new Map() };
  const wanted = [...open.run.targets.filter((row) => row.service !== service), ...base];
  return answerSurge(base, open.plan, {
    service,
    multiple,
    headroom: open.policy.surge.headroom,
    phases: open.run.phases.filter(({ endsAt }) => endsAt > now),
    demand: demandOf(open, service),
    room: (phase) => {
      const rows = wanted.filter((row) => row.phase === phase);
      const price = (id: string) =>
        Number(open.plan.pools.find((p) => p.id === id)?.pricePerHour.amount ?? 0);
      return {
        machines: mandate.maxMachines - rows.reduce((sum, row) => sum + row.machines, 0),
        perHour:
          Number(mandate.maxPerHour.amount) -
          rows.reduce((sum, row) => sum + row.machines * price(row.poolId), 0),
      };
    },
  });
}

function noteOf(
  { open, service, now }: Place,
  revision: number,
  {
    multiple,
    readings,
    answer,
  }: { multiple: number; readings: readonly { requestsPerSecond: number }[]; answer: SurgeAnswer },
) {
  const phase = open.run.phases.find(({ startsAt, endsAt }) => startsAt <= now && now < endsAt)?.name ?? '';
  const observed = Math.round(readings.at(-1)?.requestsPerSecond ?? 0);
  const planned = demandOf(open, service)(phase);
  const short = Math.ceil(Math.max(0, ...answer.uncovered.values()));
  const facts = { service, observed, planned, multiple: Math.round(multiple * 100) / 100, short };
  const asks = `${service} takes ${observed} requests/s where ${Math.round(planned)} were planned for ${phase}`;
  const once = `surge/${service}/${revision}`;
  if (multiple === 1) {
    const detail = `${asks}: demand is back at the plan, and so are the targets. What was added goes back.`;
    return { step: 'demand.calm', detail, facts, once };
  }
  const added = answer.added.map(
    ({ machines, poolId, phase: when }) => `${machines} × ${poolId} for ${when}`,
  );
  const what = added.length === 0 ? 'the targets carry it already' : `added: ${added.join(', ')}`;
  const missing =
    short === 0
      ? ''
      : ` ${short} requests/s stay uncovered: neither the approved pools nor the approval's machines and money per hour leave more room. Plan and approve more, or expect slow answers.`;
  return {
    step: 'demand.above-plan',
    level: short === 0 ? ('warning' as const) : ('problem' as const),
    detail: `${asks}; it is answered at ${facts.multiple} times the plan inside the approved envelope: ${what}.${missing}`,
    facts,
    once,
  };
}
