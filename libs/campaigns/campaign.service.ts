import { CampaignInput, type CampaignBody } from '@springtide/contracts';
import { recordAudit, requirePermission, requireUser } from '@springtide/identity';
import { SpringtideError, toInstant, type Clock } from '@springtide/kernel';
import type { TemplateService as TemplateStore } from '@springtide/catalog';
import { newId, type Database, type RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { CampaignEntity } from './data/campaign.entity.js';
import {
  checkCampaign,
  inUtc,
  isEditable,
  moved,
  requireStartToSkip,
  type CampaignStatus,
} from './domain/index.js';

/** Campaigns on the calendar. Nothing here buys anything. */
export class CampaignsService {
  constructor(
    private readonly database: Database,
    private readonly templates: TemplateStore,
    private readonly clock: Clock,
  ) {}

  async create(ctx: RequestContext, given: CampaignInput): Promise<CampaignBody> {
    requirePermission(ctx, 'campaign:write');
    const user = requireUser(ctx);
    const input = inUtc(given);
    await this.check(ctx, input);
    const now = this.clock.now();
    const entity: CampaignEntity = {
      id: newId(),
      tenantId: ctx.tenantId,
      name: input.name,
      status: 'draft',
      input,
      authorId: user.id,
      authorName: ctx.actor.name,
      lastEditorId: user.id,
      version: 1,
      currentPlanId: null,
      currentRunId: null,
      createdAt: now,
      updatedAt: now,
    };
    await this.database.unitOfWork(ctx, async (tx) => {
      await tx.insert(CampaignEntity, entity);
      await this.audit(tx, ctx, 'campaign.create', entity);
    });
    return asBody(entity);
  }

  async list(
    ctx: RequestContext,
    page: Readonly<{ limit: number; cursor?: string | undefined; status?: CampaignStatus | undefined }>,
  ): Promise<{ items: CampaignBody[]; next: string | null }> {
    requirePermission(ctx, 'campaign:read');
    const after = readCursor(page.cursor);
    const rows = await this.database.unitOfWork(ctx, async (tx) => {
      const query = tx
        .createQueryBuilder(CampaignEntity, 'c')
        .orderBy('c.createdAt', 'DESC')
        .addOrderBy('c.id', 'ASC');
      if (page.status !== undefined) query.andWhere('c.status = :status', { status: page.status });
      if (after !== undefined) {
        query.andWhere('(c.created_at < :at or (c.created_at = :at and c.id > :id))', after);
      }
      return await query.limit(page.limit + 1).getMany();
    });
    const items = rows.slice(0, page.limit);
    const last = items.at(-1);
    const next = rows.length > page.limit && last ? `${last.createdAt.toISOString()}~${last.id}` : null;
    return { items: items.map((row) => asBody(row)), next };
  }

  async get(ctx: RequestContext, id: string): Promise<CampaignBody> {
    requirePermission(ctx, 'campaign:read');
    return asBody(await this.database.unitOfWork(ctx, async (tx) => await findCampaign(tx, id)));
  }

  /** Replaces a campaign that is not armed. Its plan and approval, if any, are void: they were for something else. */
  async update(
    ctx: RequestContext,
    id: string,
    version: number,
    given: CampaignInput,
  ): Promise<CampaignBody> {
    requirePermission(ctx, 'campaign:write');
    const user = requireUser(ctx);
    const input = inUtc(given);
    await this.check(ctx, input);
    return await this.database.unitOfWork(ctx, async (tx) => {
      const row = await lockCampaign(tx, id);
      requireVersion(row, version);
      if (!isEditable(row.status)) {
        throw new SpringtideError(
          'failed-precondition',
          `campaign "${row.name}" is ${row.status} and cannot be edited; nothing was changed`,
          { nextStep: 'Change the run with a command (target, extend, budget), or abort it.' },
        );
      }
      Object.assign(row, {
        name: input.name,
        input,
        status: 'draft',
        currentPlanId: null,
        lastEditorId: user.id,
        version: row.version + 1,
        updatedAt: this.clock.now(),
      });
      await tx.save(CampaignEntity, row);
      await this.audit(tx, ctx, 'campaign.update', row);
      return asBody(row);
    });
  }

  async cancel(ctx: RequestContext, id: string, version: number): Promise<CampaignBody> {
    requirePermission(ctx, 'campaign:write');
    return await this.database.unitOfWork(ctx, async (tx) => {
      const row = await lockCampaign(tx, id);
      requireVersion(row, version);
      row.status = moved(row.status, 'cancelled');
      row.version += 1;
      row.updatedAt = this.clock.now();
      await tx.save(CampaignEntity, row);
      await this.audit(tx, ctx, 'campaign.cancel', row);
      return asBody(row);
    });
  }

  private async check(ctx: RequestContext, input: CampaignInput): Promise<void> {
    const template = await this.templates.getById(ctx, input.templateId);
    const services = template.document.services.map((service) => service.name);
    checkCampaign(input, services, toInstant(this.clock.now()));
    requireStartToSkip(input);
  }

  private async audit(
    tx: EntityManager,
    ctx: RequestContext,
    action: string,
    row: CampaignEntity,
  ): Promise<void> {
    await recordAudit(tx, ctx, {
      action,
      target: { kind: 'campaign', id: row.id },
      after: { name: row.name, status: row.status, version: row.version, budget: row.input.budget },
      show: ['name', 'status', 'version', 'budget', 'currency', 'amount'],
      at: toInstant(row.updatedAt),
    });
  }
}

/** @throws not-found. */
export async function findCampaign(tx: EntityManager, id: string): Promise<CampaignEntity> {
  const row = await tx.findOneBy(CampaignEntity, { id });
  if (row === null) throw new SpringtideError('not-found', `there is no campaign ${id}`);
  return row;
}

/** Locked until the transaction ends. @throws not-found. */
export async function lockCampaign(tx: EntityManager, id: string): Promise<CampaignEntity> {
  const row = await tx.findOne(CampaignEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (row === null) throw new SpringtideError('not-found', `there is no campaign ${id}`);
  return row;
}

function requireVersion(row: CampaignEntity, version: number): void {
  if (row.version === version) return;
  throw new SpringtideError(
    'conflict',
    `campaign "${row.name}" was changed meanwhile (version ${row.version}, yours is ${version}); nothing was changed`,
    { retry: 'never', nextStep: 'Read it again and repeat your change.', facts: { version: row.version } },
  );
}

function readCursor(cursor: string | undefined): { at: string; id: string } | undefined {
  if (cursor === undefined) return undefined;
  const [at, id] = cursor.split('~');
  if (at === undefined || id === undefined || Number.isNaN(Date.parse(at))) {
    throw new SpringtideError('invalid-argument', 'this cursor is not one of ours; start the list again');
  }
  return { at, id };
}

export function asBody(row: CampaignEntity): CampaignBody {
  return {
    ...CampaignInput.parse(row.input),
    id: row.id,
    status: row.status,
    version: row.version,
    author: { id: row.authorId, name: row.authorName },
    createdAt: toInstant(row.createdAt),
    updatedAt: toInstant(row.updatedAt),
    currentPlanId: row.currentPlanId,
    currentRunId: row.currentRunId,
  };
}
