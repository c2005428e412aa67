import { parseInstant, toInstant } from '@springtide/kernel';
import { LessThan, type EntityManager } from 'typeorm';
import type { TemplateVersion } from '../domain/index.js';
import { readStoredTemplate } from '../template-document.js';
import { TemplateVersionEntity, type TemplateVersionRow } from './template.entity.js';

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

  /** By name; only the newest version of each. */
  async listNewest(limit: number, afterName = ''): Promise<TemplateVersion[]> {
    const rows = await this.tx
      .createQueryBuilder(TemplateVersionEntity, 't')
      .distinctOn(['t.name'])
      .where('t.tenantId = :tenantId and t.name > :afterName', { tenantId: this.tenantId, afterName })
      .orderBy('t.name', 'ASC')
      .addOrderBy('t.version', 'DESC')
      .limit(limit)
      .getMany();
    return rows.map(toTemplate);
  }

  async listVersions(name: string, limit: number, before = 2_147_483_647): Promise<TemplateVersion[]> {
    const rows = await this.tx.find(TemplateVersionEntity, {
      where: { tenantId: this.tenantId, name, version: LessThan(before) },
      order: { version: 'desc' },
      take: limit,
    });
    return rows.map(toTemplate);
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
