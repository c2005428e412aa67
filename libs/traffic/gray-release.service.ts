import type { ReleaseInput, ReleaseStepBody, RouteRelease } from '@springtide/contracts';
import { SpringtideError, asSpringtideError, canonicalJson, toInstant, type Clock } from '@springtide/kernel';
import { recordAudit, requirePermission } from '@springtide/identity';
import type { Database, RequestContext } from '@springtide/platform';
import type { RouteMember, RouteState } from '@springtide/provider-kit';
import { RouteEntity } from './data/route.entity.js';
import {
  SLOW,
  checkRelease,
  countersBetween,
  groupsOfOthers,
  judgeStep,
  relievedGroups,
  sameShares,
  sharesOfRelease,
  type GateVerdict,
} from './domain/index.js';
import { HOME_GROUP, type RouteChange, type RoutesService } from './route.service.js';

const READY_MS = 15_000;
const POLL_MS = 500;

/**
 * A gray release is a row of steps, each of which says all of it: which groups, who is matched to them, and their share
 * of everybody else. A step is watched, and what fails goes back to the step before.
 */
export class GrayReleases {
  constructor(
    private readonly database: Database,
    private readonly routes: RoutesService,
    private readonly clock: Clock,
  ) {}

  /** @throws failed-precondition when the step did not hold; the step before it is in force again then. */
  async step(
    ctx: RequestContext,
    id: string,
    version: number,
    input: ReleaseInput,
  ): Promise<ReleaseStepBody> {
    requirePermission(ctx, 'route:write');
    checkRelease(HOME_GROUP, input);
    const { groups, matches, watch } = input;
    const wanted = { groups, matches };
    await this.refuseBlindly(await this.read(ctx, id, version), input);
    const row = await this.claim(ctx, id, version);
    const change = {
      runId: row.id,
      campaignId: null,
      step: 'release',
      batch: row.version,
      fence: 0,
    };
    const before = row.release;
    let verdict: GateVerdict;
    try {
      const base = await this.apply(row, before, wanted, change);
      const [from, to] = [sharesOfRelease(HOME_GROUP, before), sharesOfRelease(HOME_GROUP, wanted)];
      verdict = await this.watch(row, base, watch, relievedGroups(from, to));
      if (!verdict.passed) throw failed(row.name, verdict);
    } catch (thrown) {
      const why = asSpringtideError(thrown);
      const back = { ...change, step: 'release-rollback' };
      await this.rollBack(ctx, row, wanted, back, why.message).catch((second: unknown) => {
        throw halfway(row.name, why.message, second);
      });
      throw thrown;
    }
    await this.dropGroups(row, before, wanted, change);
    await this.record(ctx, row, 'route.release', wanted, { watched: watchedText(verdict) });
    const { judged, reason, why } = verdict;
    return { ...(await this.routes.get(ctx, id)), watched: { judged, reason, reasonSentences: [why] } };
  }

  /**
   * A step that sends requests to a version is watched, or it is not taken: a watch that can see nothing passes always.
   * Taking traffic away needs no proof.
   */
  private async refuseBlindly(row: RouteEntity, input: ReleaseInput): Promise<void> {
    const { seconds, acceptNoEvidence } = input.watch;
    if (seconds === 0 || acceptNoEvidence || !sendsMore(row.release, input)) return;
    const counters = await this.routes.countsRequests(row);
    if (counters.supported) return;
    throw new SpringtideError(
      'failed-precondition',
      `no evidence: ${counters.reason}, so that nobody could watch this step of route "${row.name}"; nothing was changed`,
      {
        effect: 'none',
        nextStep: 'Watch the new version yourself and accept the step without evidence (acceptNoEvidence).',
      },
    );
  }

  /** Members first, and healthy; then who is matched; then the shares. @returns the counters from before. */
  private async apply(
    row: RouteEntity,
    before: RouteRelease,
    wanted: RouteRelease,
    change: RouteChange,
  ): Promise<Awaited<ReturnType<RoutesService['readCounters']>>> {
    const live = await this.routes.read(row);
    const shares = sharesOfRelease(HOME_GROUP, wanted);
    const moves = !sameShares(shares, sharesOfRelease(HOME_GROUP, before));
    if (moves) refuseBesideCampaign(row.name, groupsOfOthers(HOME_GROUP, [before, wanted], live.groups));
    for (const { name, members } of wanted.groups) {
      await this.routes.setMembers(row, name, members, change);
    }
    await this.routes.awaitHealthy(
      row,
      wanted.groups.map(({ name }) => name),
      READY_MS,
    );
    const counters = await this.routes.readCounters(row);
    await this.match(row, live, wanted, change);
    if (moves) {
      const gone = before.groups.map(({ name }) => [name, 0] as const);
      await this.routes.setShares(row, { ...Object.fromEntries(gone), ...shares }, change);
    }
    return counters;
  }

  private async match(
    row: RouteEntity,
    live: RouteState,
    { matches }: RouteRelease,
    change: RouteChange,
  ): Promise<void> {
    // A product that cannot match is not asked to match nothing.
    if (matches.length > 0 || (live.matches ?? []).length > 0) {
      await this.routes.setMatches(row, matches, change);
    }
  }

  /** Ends early on the first bad reading. */
  private async watch(
    row: RouteEntity,
    base: Awaited<ReturnType<RoutesService['readCounters']>>,
    watch: ReleaseInput['watch'],
    relieved: ReadonlySet<string>,
  ): Promise<GateVerdict> {
    const { minimumRequests, maxErrorPercent } = watch;
    const policy = { minimumRequests, maxErrorRatio: maxErrorPercent / 100, slow: SLOW };
    const until = this.clock.now().getTime() + watch.seconds * 1_000;
    for (;;) {
      const samples = countersBetween(base, await this.routes.readCounters(row));
      const verdict = judgeStep(samples, policy, relieved);
      const leftMs = until - this.clock.now().getTime();
      if (!verdict.passed || leftMs <= 0) return verdict;
      await this.clock.sleep(Math.min(POLL_MS, leftMs));
    }
  }

  private async rollBack(
    ctx: RequestContext,
    row: RouteEntity,
    wanted: RouteRelease,
    change: RouteChange,
    reason: string,
  ): Promise<void> {
    const before = row.release;
    const live = await this.routes.read(row);
    await this.match(row, live, before, change);
    const shares = sharesOfRelease(HOME_GROUP, before);
    const now = Object.fromEntries(live.groups.map(({ name, weight }) => [name, weight]));
    const others = groupsOfOthers(HOME_GROUP, [before, wanted], live.groups);
    if (others.length === 0 && live.groups.some(({ weight }) => weight > 0) && !sameShares(now, shares)) {
      const gone = wanted.groups.map(({ name }) => [name, 0] as const);
      await this.routes.setShares(row, { ...Object.fromEntries(gone), ...shares }, change);
    }
    for (const { name, members } of before.groups) await this.routes.setMembers(row, name, members, change);
    await this.dropGroups(row, wanted, before, change);
    await this.record(ctx, row, 'route.release.rollback', before, { reason });
  }

  /** Groups that this step no longer names: they have neither matches nor shares by now. */
  private async dropGroups(
    row: RouteEntity,
    before: RouteRelease,
    after: RouteRelease,
    change: RouteChange,
  ): Promise<void> {
    const kept = new Set(after.groups.map(({ name }) => name));
    const none: readonly RouteMember[] = [];
    for (const { name } of before.groups) {
      if (!kept.has(name)) await this.routes.setMembers(row, name, none, change);
    }
  }

  private async read(ctx: RequestContext, id: string, version: number): Promise<RouteEntity> {
    const row = await this.database.unitOfWork(ctx, async (tx) => await tx.findOneBy(RouteEntity, { id }));
    return requireAt(row, id, version);
  }

  /** One step at a time: whoever has read an older version comes too late. */
  private async claim(ctx: RequestContext, id: string, version: number): Promise<RouteEntity> {
    return await this.database.unitOfWork(ctx, async (tx) => {
      const lock = { mode: 'pessimistic_write' } as const;
      const row = requireAt(await tx.findOne(RouteEntity, { where: { id }, lock }), id, version);
      row.version += 1;
      await tx.update(RouteEntity, { id }, { version: row.version, stepSince: this.clock.now() });
      return row;
    });
  }

  /** Unless a later step has begun: then that one says what is in force. */
  private async record(
    ctx: RequestContext,
    row: RouteEntity,
    action: string,
    release: RouteRelease,
    why: Readonly<{ watched: string } | { reason: string }>,
  ): Promise<void> {
    await this.database.unitOfWork(ctx, async (tx) => {
      await tx.update(RouteEntity, { id: row.id, version: row.version }, { release, stepSince: null });
      await recordAudit(tx, ctx, {
        action,
        target: { kind: 'route', id: row.id },
        after: {
          name: row.name,
          groups: release.groups.map(({ name, share }) => `${name} ${share} %`).join(', '),
          matches: release.matches.map(({ name, group }) => `${name} → ${group}`).join(', '),
          ...why,
        },
        show: ['name', 'groups', 'matches', 'watched', 'reason'],
        at: toInstant(this.clock.now()),
      });
    });
  }
}

/** Whoever reads the record later must see that nobody judged. */
function watchedText({ judged, reason }: GateVerdict): string {
  return judged ? reason : `kept unjudged: ${reason}`;
}

function requireAt(row: RouteEntity | null, id: string, version: number): RouteEntity {
  if (row === null) throw new SpringtideError('not-found', `there is no route ${id}`);
  if (row.version !== version) throw changedMeanwhile(row, version);
  return row;
}

/** More of the requests than before may go to a version: by its share, or by a match that was not there. */
function sendsMore(before: RouteRelease, wanted: RouteRelease): boolean {
  const shareOf = new Map(before.groups.map(({ name, share }) => [name, share]));
  const known = new Set(before.matches.map((match) => canonicalJson(match)));
  return (
    wanted.groups.some(({ name, share }) => share > (shareOf.get(name) ?? 0)) ||
    wanted.matches.some((match) => !known.has(canonicalJson(match)))
  );
}

function refuseBesideCampaign(route: string, others: readonly string[]): void {
  if (others.length === 0) return;
  throw new SpringtideError(
    'failed-precondition',
    `a campaign spreads the traffic of route "${route}" over ${others.join(', ')}; its shares were not changed`,
    {
      effect: 'none',
      nextStep: 'Leave the shares as they are and change matches only, or wait for its end.',
    },
  );
}

function failed(route: string, { reason }: GateVerdict): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `the release step of route "${route}" did not hold (${reason}); the step before it is in force again`,
    { effect: 'none', nextStep: 'Look at the new version, then repeat the step.', facts: { route, reason } },
  );
}

function halfway(route: string, first: string, second: unknown): SpringtideError {
  const { code, message } = asSpringtideError(second);
  return new SpringtideError(
    code,
    `a release step of route "${route}" failed (${first}), and the way back did too (${message}); requests may go either way`,
    {
      effect: 'maybe',
      cause: second,
      nextStep: 'Send the step that should be in force; a step says all of it.',
    },
  );
}

function changedMeanwhile(row: RouteEntity, version: number): SpringtideError {
  return new SpringtideError(
    'conflict',
    `route "${row.name}" was changed meanwhile (version ${row.version}, yours is ${version}); nothing was changed`,
    { retry: 'never', nextStep: 'Read it again and repeat your change.', facts: { version: row.version } },
  );
}
