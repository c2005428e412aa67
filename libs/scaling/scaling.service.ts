import {
  sentence,
  type ScalingBody,
  type ScalingGroupBody,
  type ScalingInput,
  type ScalingMonthBody,
  type ScalingRestBody,
  type ScalingRestShown,
} from '@springtide/contracts';
import { recordAudit, requirePermission } from '@springtide/identity';
import { MINUTE, SpringtideError, addMs, toInstant, type Clock, type Instant } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { findGroup } from './data/scaling-group.repository.js';
import { findRest, saveRest } from './data/scaling-rest.repository.js';
import { findScaling, listScaling, saveScaling, type StoredScaling } from './data/scaling.repository.js';
import {
  choiceOf,
  decidedByHand,
  mergeWants,
  monthOf,
  projectedIn,
  reasoned,
  spentIn,
  wantOf,
  type ReadyTimes,
  type ReasonedDecision,
} from './domain/index.js';
import type { ScalingEyes } from './scaling-eyes.js';

/** A group decides every minute; one that has said nothing for so long is over. */
const GROUP_SILENT_MS = 15 * MINUTE;

/** Runs of scaling groups that are open, or were at that time or later; whoever has runs knows them. */
export type GroupRuns = (tx: EntityManager, since: Instant) => Promise<readonly string[]>;

/** What the strategies of a service want together, and what limits whoever acts on it. */
export type GroupOrder = Readonly<{
  decision: ReasonedDecision;
  changedAt: Instant | null;
  floor: number;
  month: ScalingMonthBody;
}>;

/** Strategies of services between campaigns, and what they want together. An approved scaling group acts on it. */
export class ScalingService {
  constructor(
    private readonly database: Database,
    private readonly eyes: ScalingEyes,
    private readonly clock: Clock,
    private readonly groupRuns: GroupRuns,
  ) {}

  /** @param version what the caller has seen, if anything. @throws conflict when it was changed since. */
  async put(
    ctx: RequestContext,
    service: string,
    input: ScalingInput,
    version?: number,
  ): Promise<ScalingBody> {
    requirePermission(ctx, 'campaign:write');
    const updatedAt = toInstant(this.clock.now());
    const stored = await this.database.unitOfWork(ctx, async (tx) => {
      const before = await findScaling(tx, service, true);
      requireVersion(service, before?.version ?? 0, version);
      const next = { service, input, version: (before?.version ?? 0) + 1, updatedAt };
      await saveScaling(tx, ctx.tenantId, next);
      await recordAudit(tx, ctx, {
        action: 'scaling.put',
        target: { kind: 'scaling', id: service },
        after: { version: next.version, floor: input.floor, ceiling: input.ceiling },
        show: ['version', 'floor', 'ceiling'],
        at: updatedAt,
      });
      return next;
    });
    return await this.decided(ctx, stored, updatedAt);
  }

  /** @param at another instant than now, to see what schedules and forecasts will want. @throws not-found. */
  async get(ctx: RequestContext, service: string, at?: Instant): Promise<ScalingBody> {
    requirePermission(ctx, 'campaign:read');
    const stored = await this.database.unitOfWork(ctx, (tx) => findScaling(tx, service));
    if (stored === undefined) {
      throw new SpringtideError('not-found', `service "${service}" has no scaling strategies`, {
        nextStep: 'Give it some: springtide scaling set <service> --file <path>',
      });
    }
    return await this.decided(ctx, stored, at ?? toInstant(this.clock.now()));
  }

  /**
   * For a scaling group: what the strategies of a service want together while it has so many machines, the standing fleet
   * included. Campaigns have no say in it: where one runs, the group does not. Undefined when the service has no strategies.
   */
  async decideFor(ctx: RequestContext, service: string, current: number): Promise<GroupOrder | undefined> {
    requirePermission(ctx, 'campaign:read');
    const now = toInstant(this.clock.now());
    const { stored, group } = await this.database.unitOfWork(ctx, async (tx) => ({
      stored: await findScaling(tx, service),
      group: await findGroup(tx, service, addMs(now, -GROUP_SILENT_MS)),
    }));
    if (stored === undefined) return undefined;
    const { input } = stored;
    const changedAt = group?.changedAt ?? null;
    const sight = await this.eyes.sight(ctx, input.strategies, now, null);
    const wants = input.strategies.map((strategy) => wantOf(strategy, sight));
    const month = await this.month(ctx, stored, now);
    const decision = mergeWants(wants, input, { now, current, changedAt });
    return { decision, changedAt, floor: input.floor, month };
  }

  /**
   * Keeps a group off that gave way to a campaign, or lets it come back by itself again.
   * @throws not-found, failed-precondition when there is none that could come back.
   */
  async letComeBack(ctx: RequestContext, service: string, comesBack: boolean): Promise<ScalingBody> {
    requirePermission(ctx, 'run:operate');
    const at = toInstant(this.clock.now());
    await this.database.unitOfWork(ctx, async (tx) => {
      const stored = await findRest(tx, service, true);
      const rest = stored && decidedByHand(stored.rest, comesBack, ctx.actor.name, at);
      if (stored === undefined || rest === undefined) throw nothingToDecide(service, stored?.rest);
      await saveRest(tx, ctx.tenantId, { ...stored, rest });
      await recordAudit(tx, ctx, {
        action: 'scaling.return',
        target: { kind: 'scaling', id: service },
        after: { comesBack, campaignId: rest.campaignId },
        show: ['comesBack', 'campaignId'],
        at,
      });
    });
    return await this.get(ctx, service);
  }

  /** Boot and warm-up times of a service's machines, by type: what a lead time must cover. */
  async readyTimes(ctx: RequestContext, service: string): Promise<readonly ReadyTimes[]> {
    requirePermission(ctx, 'effect:read');
    return await this.eyes.readyTimes(ctx, service);
  }

  async list(ctx: RequestContext): Promise<readonly ScalingBody[]> {
    requirePermission(ctx, 'campaign:read');
    const all = await this.database.unitOfWork(ctx, (tx) => listScaling(tx));
    const now = toInstant(this.clock.now());
    const bodies: ScalingBody[] = [];
    for (const stored of all) bodies.push(await this.decided(ctx, stored, now));
    return bodies;
  }

  /** @param groupUntil when the group that runs ends; its machines are counted until then. */
  private async month(
    ctx: RequestContext,
    { service, input }: StoredScaling,
    now: Instant,
    groupUntil?: Instant,
  ): Promise<ScalingMonthBody> {
    const month = monthOf(now);
    const runs = await this.database.unitOfWork(ctx, async (tx) => await this.groupRuns(tx, month.from));
    const usages = await this.eyes.usages(ctx, service, runs);
    return {
      ...month,
      timeZone: 'UTC',
      limit: input.moneyPerMonth,
      spent: [...spentIn(month, usages, now)],
      projected: [...projectedIn(month, usages, { at: now, until: groupUntil ?? month.until })],
    };
  }

  private async decided(ctx: RequestContext, stored: StoredScaling, now: Instant): Promise<ScalingBody> {
    const { service, input, version, updatedAt } = stored;
    const silentSince = addMs(toInstant(this.clock.now()), -GROUP_SILENT_MS);
    const { group, rest } = await this.database.unitOfWork(ctx, async (tx) =>
      standOf(await findGroup(tx, service, silentSince), (await findRest(tx, service))?.rest),
    );
    const { current, campaignMachines, changedAt } = await this.eyes.ground(ctx, service);
    // Machines of its own group are what the strategies wanted before, not the want of a campaign.
    const others = group === undefined ? campaignMachines : null;
    const sight = await this.eyes.sight(ctx, input.strategies, now, others);
    const wants = input.strategies.map((strategy) => wantOf(strategy, sight));
    const decision = mergeWants(wants, input, { now, current: current ?? 0, changedAt });
    const blind = current === null ? [sentence('decided.uncounted', { service })] : [];
    return {
      ...input,
      ...{ service, version, updatedAt, current, advisory: group === undefined, group: group ?? null },
      rest,
      month: await this.month(ctx, stored, toInstant(this.clock.now()), group?.until),
      decision: reasoned(decision, [...blind, ...decision.reasonSentences]),
    };
  }
}

type Stand = Readonly<{ group: ScalingGroupBody | undefined; rest: ScalingRestShown | null }>;

/** A group that has left acts no more, however lately it decided. */
function standOf(group: ScalingGroupBody | undefined, rest: ScalingRestBody | undefined): Stand {
  if (rest === undefined || rest.reason === 'came-back') return { group, rest: null };
  const isGone = group?.runId === rest.runId && rest.moneyLeft !== null;
  return { group: isGone ? undefined : group, rest: { ...rest, choice: choiceOf(rest) } };
}

function nothingToDecide(service: string, rest: ScalingRestBody | undefined): SpringtideError {
  if (rest === undefined) {
    const what = `no scaling group of "${service}" rests; nothing was changed, and nothing was bought or ended`;
    const nextStep = 'See which services have one, and what acts on them: springtide scaling list';
    return new SpringtideError('failed-precondition', what, { nextStep });
  }
  return new SpringtideError(
    'failed-precondition',
    `nothing was changed, since nothing can be decided about the scaling group "${rest.name}" now: ${rest.text}`,
    { nextStep: `Look at what acts on the service: springtide scaling show ${service}` },
  );
}

function requireVersion(service: string, version: number, seen: number | undefined): void {
  if (seen === undefined || seen === version) return;
  throw new SpringtideError(
    'conflict',
    `the strategies of "${service}" were changed meanwhile (version ${version}, yours is ${seen}); nothing was changed`,
    { retry: 'never', nextStep: 'Read them again and repeat your change.', facts: { version } },
  );
}
