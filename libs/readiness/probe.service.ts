import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { CredentialVault } from '@springtide/accounts';
import {
  RUN_CHANGED,
  probeWorkflowId,
  type ProbeReport,
  type ProbeInput,
  type ReadinessProbe,
} from '@springtide/contracts';
import type { EffectLedger } from '@springtide/effects';
import { recordAudit, requirePermission } from '@springtide/identity';
import { SpringtideError, addMs, asSpringtideError, toInstant, type Clock } from '@springtide/kernel';
import {
  jobContext,
  newId,
  postToOutbox,
  sha256,
  type Database,
  type Logger,
  type RequestContext,
} from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import type { ProbeEntity } from './data/probe.entity.js';
import {
  changeProbe,
  findProbe,
  insertProbe,
  listProbes,
  mustFindProbe,
  probesAmong,
  probesSince,
  takeReport,
} from './data/probe.repository.js';
import { probePlaces, type ProbeFact, type ProbePlace, type ReadinessSubject } from './domain/index.js';
import type { ProbeMachines } from './probe-machines.js';

export type ProbeParts = Readonly<{
  database: Database;
  vault: CredentialVault;
  ledger: EffectLedger;
  machines: ProbeMachines;
  clock: Clock;
  log: Logger;
  /** Where machines in the clouds reach this installation; without it nothing is bought. */
  baseUrl: string | undefined;
}>;

/** Firewalls change by requests that take days: what was seen a week ago is no evidence for a campaign. */
const PROBE_AGE_MS = 7 * 24 * 60 * 60 * 1_000;
const LOOK_EVERY_MS = 2_000;
const AT_ONCE_MS = 1;

/**
 * Machines that are bought for some minutes to open connections from where a plan's machines will run. Each is an order of
 * one person on record, with limits of its own; whatever comes of it, its machine goes back and is proven gone.
 */
export class ProbeService {
  constructor(private readonly parts: ProbeParts) {}

  get isPossible(): boolean {
    return this.parts.baseUrl !== undefined;
  }

  /** One for each network of the plan; of those that are looked at already there is no second one. */
  async request(ctx: RequestContext, subject: ReadinessSubject): Promise<readonly ReadinessProbe[]> {
    requirePermission(ctx, 'run:operate');
    const { baseUrl, database } = this.parts;
    if (baseUrl === undefined) throw unreachable();
    await this.refuseWhenStopped(ctx.tenantId);
    const places = probePlaces(subject).filter(({ endpoints }) => endpoints.length > 0);
    if (places.length === 0) throw nothingToTry();
    const rows = await Promise.all(
      places.map(async (place) => await this.draft(ctx, subject, place, baseUrl)),
    );
    await database.unitOfWork(ctx, async (tx) => {
      for (const row of rows) await this.begin(tx, ctx, row);
    });
    return await this.list(ctx, subject.campaignId);
  }

  /** Newest first, at most a hundred. */
  async list(ctx: RequestContext, campaignId: string): Promise<readonly ReadinessProbe[]> {
    requirePermission(ctx, 'campaign:read');
    const { database } = this.parts;
    return (await database.unitOfWork(ctx, async (tx) => listProbes(tx, campaignId))).map(toBody);
  }

  /** The newest of each place that came to something and is not too old. */
  async newest(ctx: RequestContext, campaignId: string): Promise<readonly ProbeFact[]> {
    requirePermission(ctx, 'campaign:read');
    const since = addMs(this.now(), -PROBE_AGE_MS);
    const { database } = this.parts;
    const rows = await database.unitOfWork(ctx, async (tx) => probesSince(tx, campaignId, since));
    const newest = new Map<string, ProbeEntity>();
    for (const row of rows) if (!newest.has(row.placeKey)) newest.set(row.placeKey, row);
    return [...newest.values()].map(toFact);
  }

  /**
   * @throws unauthenticated, whatever of it is wrong: nobody learns which probes there are. A failure of ours is none of that:
   * its machine sends the report again.
   */
  async report(tenantId: string, id: string, { token, answers }: ProbeReport): Promise<void> {
    const { database, clock } = this.parts;
    const taken = await database.unitOfWork(jobOf(tenantId), async (tx) => {
      const row = await findProbe(tx, id);
      if (row === null || !isSame(row.tokenHash, sha256(token))) return false;
      const found = row.endpoints.map(({ host, port }, n) => {
        const answer = answers.findLast((one) => one.n === n)?.answer ?? 'untried';
        return { host, port, answer };
      });
      const done = await takeReport(tx, row, { answers: found, reportedAt: clock.now() });
      // The machine has nothing to do any more: it is taken back now, not with the next look.
      const news = { kind: 'signal', workflowId: probeWorkflowId(id), signal: RUN_CHANGED } as const;
      if (done) await postToOutbox(tx, tenantId, news);
      return done;
    });
    if (!taken) throw notTaken();
  }

  /** One step, repeated until `waitMs` is null: then its machine is proven gone. */
  async look({ tenantId, probeId }: ProbeInput): Promise<Readonly<{ waitMs: number | null }>> {
    const row = await this.find(tenantId, probeId);
    if (row.state === 'gone') return { waitMs: null };
    if (row.state === 'releasing') return await this.release(row);
    const over = await this.whyOver(row);
    if (over !== undefined) return await this.end(row, over.outcome, over.problem);
    return row.state === 'buying' ? await this.buy(row) : await this.wait(row);
  }

  /** @returns the runs among them that are no probes: those somebody else takes back. */
  async takeBackLapsed(tenantId: string, runIds: readonly string[]): Promise<readonly string[]> {
    if (runIds.length === 0) return [];
    const { database, log } = this.parts;
    const own = await database.unitOfWork(jobOf(tenantId), async (tx) => probesAmong(tx, runIds));
    for (const probeId of own) {
      try {
        const { waitMs } = await this.look({ tenantId, probeId });
        if (waitMs === AT_ONCE_MS) await this.look({ tenantId, probeId });
      } catch (thrown) {
        // It keeps no other one waiting, and is asked for again with the next pass.
        const { code, message } = asSpringtideError(thrown);
        log.warn({ tenant: tenantId, probeId, code, reason: message }, 'a probe could not be taken back yet');
      }
    }
    return runIds.filter((id) => !own.includes(id));
  }

  private async draft(
    ctx: RequestContext,
    { campaignId, planId }: ReadinessSubject,
    { key, name, pool, sheet, endpoints }: ProbePlace,
    baseUrl: string,
  ): Promise<ProbeEntity> {
    const { tenantId } = ctx;
    const id = newId();
    const token = randomBytes(32).toString('base64url');
    const requestedAt = this.parts.clock.now();
    const { accountId, region, zone, id: poolId, machineType, purchaseOption, pricePerHour } = pool;
    const { image, subnet, securityGroups, minimumBillingSeconds } = sheet;
    const launch = { region, zone, poolId, machineType, purchaseOption, pricePerHour };
    return {
      ...{ id, tenantId, campaignId, planId, accountId, placeKey: key, place: name },
      launch: { ...launch, image, subnet, securityGroups, minimumBillingSeconds },
      endpoints: endpoints.map(({ host, port }) => ({ host, port })),
      reportUrl: `${baseUrl.replace(/\/+$/, '')}/api/v1/probes/${tenantId}/${id}/report`,
      secret: await this.parts.vault.seal(placeOf({ tenantId, id }), token),
      tokenHash: sha256(token),
      ...{ state: 'buying', outcome: null, problem: null, machineId: null, machineState: null },
      requestedBy: ctx.actor.name,
      requestedAt,
      answerBy: new Date(requestedAt.getTime() + this.parts.machines.patienceMs),
      ...{ reportedAt: null, endedAt: null, goneAt: null, answers: [] },
    };
  }

  private async begin(tx: EntityManager, ctx: RequestContext, row: ProbeEntity): Promise<void> {
    if (!(await insertProbe(tx, row))) return;
    const { id, campaignId, planId, accountId, place, launch } = row;
    await recordAudit(tx, ctx, {
      action: 'readiness.probe',
      target: { kind: 'probe', id },
      after: { campaignId, planId, accountId, place, machineType: launch.machineType, region: launch.region },
      show: ['place'],
      at: this.now(),
    });
    await postToOutbox(tx, ctx.tenantId, {
      kind: 'start',
      workflow: 'probe',
      workflowId: probeWorkflowId(id),
      input: { tenantId: ctx.tenantId, probeId: id },
    });
  }

  private async whyOver(row: ProbeEntity): Promise<Ending | undefined> {
    if (row.reportedAt !== null) return { outcome: 'answered', problem: null };
    const stop = await this.parts.ledger.findStopSwitch(row.tenantId);
    if (stop?.engaged === true) return { outcome: 'stopped', problem: stop.reason };
    if (this.parts.clock.now() < row.answerBy) return undefined;
    return { outcome: 'silent', problem: null };
  }

  private async buy(row: ProbeEntity) {
    const { machines, vault } = this.parts;
    if (row.secret === null) throw new SpringtideError('internal', `probe ${row.id} has no token any more`);
    const token = z.string().parse(await vault.open(placeOf(row), row.secret));
    try {
      const answer = await machines.buy(row, token);
      if (answer.status === 'unknown') return { waitMs: Math.max(LOOK_EVERY_MS, answer.retryAfterMs) };
      if (answer.status === 'refused') return await this.end(row, 'unbought', answer.refusal.message);
      const why = answer.refusals.map(({ message }) => message).join('; ');
      if (answer.accepted === 0) return await this.end(row, 'unbought', why);
    } catch (thrown) {
      const error = asSpringtideError(thrown);
      if (error.retry === 'same' || error.effect === 'maybe') throw error;
      return await this.end(row, 'unbought', error.message);
    }
    await this.change(row, { state: 'waiting' }, ['buying']);
    return { waitMs: LOOK_EVERY_MS };
  }

  /** How its machine does is told with the finding, should it never report. */
  private async wait(row: ProbeEntity) {
    const machine = await this.parts.machines.look(row);
    if (machine !== undefined) {
      await this.change(row, { machineId: machine.id, machineState: machine.state }, ['waiting']);
    }
    return { waitMs: LOOK_EVERY_MS };
  }

  private async end(row: ProbeEntity, outcome: Ending['outcome'], problem: string | null) {
    // Before it is taken back: afterwards nobody could say any more whether it ran.
    const machine = await this.parts.machines.look(row).catch((thrown: unknown) => {
      const { message } = asSpringtideError(thrown);
      return { id: row.machineId, state: `${row.machineState ?? 'unknown'}, now not readable: ${message}` };
    });
    const seen = machine === undefined ? {} : { machineId: machine.id, machineState: machine.state };
    const ending = { state: 'releasing', outcome, problem, endedAt: this.parts.clock.now() } as const;
    await this.change(row, { ...seen, ...ending, secret: null }, ['buying', 'waiting']);
    return { waitMs: AT_ONCE_MS };
  }

  private async release(row: ProbeEntity) {
    if ((await this.parts.machines.takeBack(row)) > 0) return { waitMs: LOOK_EVERY_MS };
    await this.change(row, { state: 'gone', goneAt: this.parts.clock.now() }, ['releasing']);
    return { waitMs: null };
  }

  private async refuseWhenStopped(tenantId: string): Promise<void> {
    const stop = await this.parts.ledger.findStopSwitch(tenantId);
    if (stop?.engaged === true) throw stopped(stop.reason);
  }

  private async find(tenantId: string, id: string): Promise<ProbeEntity> {
    return await this.parts.database.unitOfWork(jobOf(tenantId), async (tx) => mustFindProbe(tx, id));
  }

  private async change(
    { tenantId, id }: ProbeEntity,
    changes: Parameters<typeof changeProbe>[3],
    from: Parameters<typeof changeProbe>[2],
  ): Promise<ProbeEntity> {
    const { database } = this.parts;
    return await database.unitOfWork(jobOf(tenantId), async (tx) => changeProbe(tx, id, from, changes));
  }

  private now() {
    return toInstant(this.parts.clock.now());
  }
}

type Ending = Readonly<{
  outcome: NonNullable<ReadinessProbe['outcome']>;
  problem: string | null;
}>;

function jobOf(tenantId: string): RequestContext {
  return jobContext('readiness-probes', tenantId, 'readiness-probes');
}

function placeOf({ tenantId, id }: Pick<ProbeEntity, 'tenantId' | 'id'>) {
  return { tenantId, accountId: id, version: 1 };
}

function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a, 'hex'), Buffer.from(b, 'hex'));
}

function toBody(row: ProbeEntity): ReadinessProbe {
  const { id, campaignId, planId, place, launch, state, outcome, problem, machineId, machineState } = row;
  return {
    ...{ id, campaignId, planId, place, machineType: launch.machineType },
    ...{ state, outcome, problem, machineId, machineState },
    requestedBy: row.requestedBy,
    requestedAt: toInstant(row.requestedAt),
    answerBy: toInstant(row.answerBy),
    reportedAt: row.reportedAt && toInstant(row.reportedAt),
    goneAt: row.goneAt && toInstant(row.goneAt),
    answers: [...row.answers],
  };
}

function toFact(row: ProbeEntity): ProbeFact {
  const { id, placeKey, outcome, problem, machineId, machineState, answers } = row;
  const at = toInstant(row.reportedAt ?? row.endedAt ?? row.answerBy);
  const requestedAt = toInstant(row.requestedAt);
  return { id, placeKey, outcome, problem, machineId, machineState, requestedAt, at, answers };
}

function unreachable(): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    'no address is set at which machines in the clouds reach Springtide, so a probe could not report; no machine was bought',
    { nextStep: 'Have the operator set SPRINGTIDE_PROBE_URL (docs/operator-guide.md, Probes).' },
  );
}

function nothingToTry(): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    'no service of this plan names an address that it calls, so there is nothing to try; no machine was bought',
    { nextStep: 'List under “reaches” of each service in the template what it calls: name, host and port.' },
  );
}

function stopped(reason: string): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `the stop switch is pulled (${reason}); no machine was bought`,
    { nextStep: 'Release the stop switch first.' },
  );
}

function notTaken(): SpringtideError {
  return new SpringtideError(
    'unauthenticated',
    'this report is not taken: no probe waits for it, or not any more; nothing was changed',
  );
}
