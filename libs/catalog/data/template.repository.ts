import { parseInstant, toInstant } from '@springtide/kernel';
import type { EntityManager } from 'typeorm';
import type { TemplateVersion } from '../domain/index.js';
import { readStoredTemplate } from '../template-document.js';
import { TemplateVersionEntity, type TemplateVersionRow } from './template.entity.js';

export type TemplateCursor = Readonly<{ name: string; version: number }>;

/** Template versions of one tenant, inside the transaction it was made for. */
export class TemplateRepository {
  constructor(
    private readonly tx: EntityManager,
    private readonly tenantId: string,
  ) {}

  /** Versions of one name are numbered without a gap: creators of the same name wait for each other. */
  async lockName(name: string): Promise<void> {
    await this.tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
      `catalog-template|${this.tenantId}|${name}`,
    ]);
  }

  async find(id: string): Promise<TemplateVersion | undefined> {
    return read(await this.tx.findOneBy(TemplateVersionEntity, { tenantId: this.tenantId, id }));
  }

  async findByName(name: string, version?: number): Promise<TemplateVersion | undefined> {
    const row = await this.tx.findOne(TemplateVersionEntity, {
      where: { tenantId: this.tenantId, name, ...(version === undefined ? {} : { version }) },
      order: { version: 'desc' },
    });
    return read(row);
  }

  async add(template: TemplateVersion): Promise<void> {
    await this.tx.insert(TemplateVersionEntity, {
      ...template,
      document: template.document as object,
      tenantId: this.tenantId,
      createdAt: parseInstant(template.createdAt),
    });
  }

  /** By name, newest version first. */
  async list(limit: number, after?: TemplateCursor, name?: string): Promise<TemplateVersion[]> {
    const query = this.tx
      .createQueryBuilder(TemplateVersionEntity, 't')
      .where('t.tenantId = :tenantId', { tenantId: this.tenantId })
      .orderBy('t.name', 'ASC')
      .addOrderBy('t.version', 'DESC')
      .limit(limit);
    if (name !== undefined) query.andWhere('t.name = :name', { name });
    if (after)
      query.andWhere('(t.name > :n or (t.name = :n and t.version < :v))', {
        n: after.name,
        v: after.version,
      });
    return (await query.getMany()).map(toTemplate);
  }
}

function read(row: TemplateVersionRow | null): TemplateVersion | undefined {
  return row ? toTemplate(row) : undefined;
}

function toTemplate(row: TemplateVersionRow): TemplateVersion {
  const { id, name, version, hash, createdBy } = row;
  return {
    id,
    name,
    version,
    hash,
    document: readStoredTemplate(row.document),
    createdAt: toInstant(row.createdAt),
    createdBy,
  };
}
