import { randomUUID } from 'node:crypto';
import type { WorkloadBody, WorkloadInput, WorkloadSpecBody } from '@springtide/contracts';
import { recordAudit, requirePermission } from '@springtide/identity';
import { SpringtideError, asSpringtideError, canonicalJson, toInstant, type Clock } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import type { WorkloadSpec, WorkloadState } from '@springtide/provider-kit';
import type { EntityManager } from 'typeorm';
import type { ClusterEffects } from './cluster-effects.js';
import type { WorkloadEntity } from './data/workload.entity.js';
import {
  insertWorkload,
  listWorkloads,
  lockWorkloadByName,
  markRemoved,
  mustFindWorkload,
  saveDecision,
} from './data/workload.repository.js';
import { versionBefore } from './domain/index.js';

type Parts = Readonly<{ database: Database; effects: ClusterEffects; clock: Clock }>;

/** Workloads of a tenant: decided here, run in their clusters, changed only through the ledger. */
export class WorkloadService {
  constructor(private readonly parts: Parts) {}

  /** Deploys, or changes what runs to exactly this. The same spec again sends what was decided before. */
  async apply(ctx: RequestContext, { clusterId, spec, adopt }: WorkloadInput): Promise<WorkloadBody> {
    requirePermission(ctx, 'cluster:write');
    const row = await this.decide(ctx, clusterId, spec, adopt);
    return await this.sendApply(ctx, row);
  }

  async scale(ctx: RequestContext, id: string, replicas: number): Promise<WorkloadBody> {
    requirePermission(ctx, 'cluster:write');
    const row = await this.change(ctx, id, 'workload.scale', (spec) => ({ ...spec, replicas }));
    const state = await this.parts.effects.send(
      'set',
      this.place(row, 'scale'),
      { replicas },
      async ({ client, control }) => client.workloads.scale(this.owned(row), replicas, control),
    );
    return toBody(row, state);
  }

  /** With as many members as now: going back in version is no reason to go back in size. */
  async rollBack(ctx: RequestContext, id: string): Promise<WorkloadBody> {
    requirePermission(ctx, 'cluster:write');
    const before = await this.find(ctx, id);
    const client = await this.parts.effects.open(ctx.tenantId, before.accountId);
    const spec = versionBefore(await client.workloads.revisions(before.spec as WorkloadSpec));
    const row = await this.change(ctx, id, 'workload.rollback', ({ replicas }) => ({
      ...plain(spec),
      replicas,
    }));
    return await this.sendApply(ctx, row);
  }

  /** Repeated until it says `gone`. */
  async remove(ctx: RequestContext, id: string, volumes: 'keep' | 'delete'): Promise<'removing' | 'gone'> {
    requirePermission(ctx, 'cluster:write');
    const row = await this.markRemoving(ctx, id);
    if (row.removedAt !== null) return 'gone';
    const outcome = await this.parts.effects.send(
      'delete',
      this.place(row, 'remove'),
      { volumes },
      async ({ client, control }) => client.workloads.remove(this.owned(row), volumes, control),
    );
    if (outcome === 'gone') {
      const at = this.parts.clock.now();
      await this.parts.database.unitOfWork(ctx, async (tx) => await markRemoved(tx, id, at));
    }
    return outcome;
  }

  async get(ctx: RequestContext, id: string): Promise<WorkloadBody> {
    requirePermission(ctx, 'cluster:read');
    return await this.withLive(ctx, await this.find(ctx, id));
  }

  async list(
    ctx: RequestContext,
    page: Readonly<{ limit: number; clusterId?: string | undefined; afterId?: string | undefined }>,
  ): Promise<readonly WorkloadBody[]> {
    requirePermission(ctx, 'cluster:read');
    const rows = await this.parts.database.unitOfWork(ctx, async (tx) => await listWorkloads(tx, page));
    return await Promise.all(rows.map(async (row) => await this.withLive(ctx, row)));
  }

  private async decide(
    ctx: RequestContext,
    accountId: string,
    spec: WorkloadSpecBody,
    adopt: boolean,
  ): Promise<WorkloadEntity> {
    const at = this.parts.clock.now();
    const { namespace, name, kind } = spec;
    return await this.parts.database.unitOfWork(ctx, async (tx) => {
      const known = await lockWorkloadByName(tx, { accountId, namespace, name, kind });
      if (known === undefined) {
        const id = randomUUID();
        await this.audit(tx, ctx, 'workload.deploy', id, undefined, spec, at);
        const row = { id, tenantId: ctx.tenantId, accountId, namespace, name, kind, spec, adopt };
        return await insertWorkload(tx, { ...row, createdAt: at });
      }
      refuseRemoving(known);
      if (canonicalJson(known.spec) === canonicalJson(spec)) return known;
      await this.audit(tx, ctx, 'workload.change', known.id, known.spec, spec, at);
      return await saveDecision(tx, known, { spec, adopt });
    });
  }

  private async change(
    ctx: RequestContext,
    id: string,
    action: string,
    next: (spec: WorkloadSpecBody) => WorkloadSpecBody,
  ): Promise<WorkloadEntity> {
    return await this.parts.database.unitOfWork(ctx, async (tx) => {
      const known = await mustFindWorkload(tx, id, true);
      refuseRemoving(known);
      const spec = next(known.spec);
      await this.audit(tx, ctx, action, id, known.spec, spec, this.parts.clock.now());
      return await saveDecision(tx, known, { spec });
    });
  }

  private async markRemoving(ctx: RequestContext, id: string): Promise<WorkloadEntity> {
    return await this.parts.database.unitOfWork(ctx, async (tx) => {
      const known = await mustFindWorkload(tx, id, true);
      if (known.removingAt !== null) return known;
      const at = this.parts.clock.now();
      await this.audit(tx, ctx, 'workload.remove', id, known.spec, undefined, at);
      return await saveDecision(tx, known, { removingAt: at });
    });
  }

  private async sendApply(ctx: RequestContext, row: WorkloadEntity): Promise<WorkloadBody> {
    const spec = row.spec as WorkloadSpec;
    const state = await this.parts.effects.send(
      'set',
      this.place(row, 'apply'),
      { spec: row.spec },
      async ({ client, control, ownership }) =>
        client.workloads.apply({ token: ownership.token, ownership, spec, adopt: row.adopt }, control),
    );
    return toBody(row, state);
  }

  private async find(ctx: RequestContext, id: string): Promise<WorkloadEntity> {
    return await this.parts.database.unitOfWork(ctx, async (tx) => await mustFindWorkload(tx, id));
  }

  private async withLive(ctx: RequestContext, row: WorkloadEntity): Promise<WorkloadBody> {
    try {
      const client = await this.parts.effects.open(ctx.tenantId, row.accountId);
      const state = await client.workloads.read(row);
      return state === 'gone' ? toBody(row, null, 'the cluster has no such workload') : toBody(row, state);
    } catch (thrown) {
      // What was decided is shown even when the cluster does not answer, with the reason.
      return toBody(row, null, asSpringtideError(thrown).message);
    }
  }

  private place({ tenantId, accountId, id, version, name }: WorkloadEntity, step: string) {
    return { tenantId, accountId, subject: id, step, batch: version, service: name };
  }

  private owned({ namespace, name, kind }: WorkloadEntity) {
    return { namespace, name, kind, installation: this.parts.effects.installation };
  }

  private async audit(
    tx: EntityManager,
    ctx: RequestContext,
    action: string,
    id: string,
    before: unknown,
    after: unknown,
    at: Date,
  ): Promise<void> {
    await recordAudit(tx, ctx, {
      action,
      target: { kind: 'workload', id },
      before,
      after,
      at: toInstant(at),
    });
  }
}

function refuseRemoving({ removingAt, namespace, name }: WorkloadEntity): void {
  if (removingAt === null) return;
  throw new SpringtideError(
    'failed-precondition',
    `workload ${namespace}/${name} is being removed; nothing was changed`,
    { nextStep: 'Wait until it is gone, then deploy it again.' },
  );
}

/** The cluster's copy of a spec as plain data, as the table keeps it. */
function plain(spec: WorkloadSpec): WorkloadSpecBody {
  return structuredClone(spec) as WorkloadSpecBody;
}

function toBody(
  row: WorkloadEntity,
  state: WorkloadState | null,
  problem: string | null = null,
): WorkloadBody {
  return {
    id: row.id,
    clusterId: row.accountId,
    spec: row.spec,
    version: row.version,
    removing: row.removingAt !== null,
    live:
      state === null
        ? null
        : {
            phase: state.phase,
            image: state.image,
            desired: state.desired,
            current: state.current,
            updated: state.updated,
            ready: state.ready,
            obstacles: state.obstacles.map(({ code, members, message }) => ({ code, members, message })),
          },
    problem,
    createdAt: toInstant(row.createdAt),
  };
}
