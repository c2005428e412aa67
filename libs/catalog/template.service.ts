import { recordAudit, requirePermission } from '@springtide/identity';
import { SpringtideError, toInstant, type Clock } from '@springtide/kernel';
import { hashJson, newId, type Database, type RequestContext } from '@springtide/platform';
import { TemplateRepository } from './data/template.repository.js';
import type { TemplateVersion } from './domain/index.js';
import { parseTemplate } from './template-document.js';

export type TemplatePage = Readonly<{ items: readonly TemplateVersion[]; next: string | null }>;

/** `created` false: the newest version says exactly this already, and is returned. */
export type CreatedTemplate = Readonly<{ template: TemplateVersion; created: boolean }>;

/** Versioned compositions of services. A version never changes; a plan refers to one. */
export class TemplateService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores YAML or JSON text as the next version of the template it names. Repeating it stores nothing again.
   * @throws invalid-argument with line and column of every problem.
   * @throws conflict when the text names a version that is not the next one.
   */
  async createVersion(context: RequestContext, text: string): Promise<CreatedTemplate> {
    requirePermission(context, 'template:write');
    const { document, expectedVersion } = parseTemplate(text);
    const hash = hashJson(document);
    return await this.database.unitOfWork(context, async (tx) => {
      const templates = new TemplateRepository(tx, context.tenantId);
      await templates.lockName(document.name);
      const latest = await templates.findByName(document.name);
      const version =
        expectedVersion ?? (latest?.hash === hash ? latest.version : (latest?.version ?? 0) + 1);
      if (latest?.hash === hash && version === latest.version) return { template: latest, created: false };
      requireNext(document.name, version, latest?.version ?? 0);
      const template: TemplateVersion = {
        id: newId(),
        name: document.name,
        version,
        hash,
        document,
        createdAt: toInstant(this.clock.now()),
        createdBy: context.actor.id,
      };
      await templates.add(template);
      await recordAudit(tx, context, {
        action: 'template.create',
        target: { kind: 'template', id: template.id },
        after: { name: template.name, version, hash },
        show: ['name', 'version', 'hash'],
        at: template.createdAt,
      });
      return { template, created: true };
    });
  }

  /** @throws not-found. */
  async getById(context: RequestContext, id: string): Promise<TemplateVersion> {
    requirePermission(context, 'template:read');
    const template = await this.database.unitOfWork(context, (tx) =>
      new TemplateRepository(tx, context.tenantId).find(id),
    );
    if (template) return template;
    throw new SpringtideError('not-found', `there is no template version ${id}`);
  }

  /** The newest version unless one is asked for. @throws not-found. */
  async getByName(context: RequestContext, name: string, version?: number): Promise<TemplateVersion> {
    requirePermission(context, 'template:read');
    const template = await this.database.unitOfWork(context, (tx) =>
      new TemplateRepository(tx, context.tenantId).findByName(name, version),
    );
    if (template) return template;
    const what = version === undefined ? `template "${name}"` : `version ${version} of template "${name}"`;
    throw new SpringtideError('not-found', `there is no ${what}`);
  }

  /** The newest version of each name, by name. Pass `next` as `after` for the next page. */
  async list(
    context: RequestContext,
    page: Readonly<{ limit: number; after?: string }>,
  ): Promise<TemplatePage> {
    requirePermission(context, 'template:read');
    const found = await this.database.unitOfWork(context, (tx) =>
      new TemplateRepository(tx, context.tenantId).listNewest(page.limit + 1, page.after),
    );
    const items = found.slice(0, page.limit);
    return { items, next: found.length > page.limit ? (items.at(-1)?.name ?? null) : null };
  }

  /** Every version of one name, newest first. */
  async listVersions(
    context: RequestContext,
    name: string,
    page: Readonly<{ limit: number; beforeVersion?: number }>,
  ): Promise<readonly TemplateVersion[]> {
    requirePermission(context, 'template:read');
    return await this.database.unitOfWork(context, (tx) =>
      new TemplateRepository(tx, context.tenantId).listVersions(name, page.limit, page.beforeVersion),
    );
  }
}

function requireNext(name: string, version: number, latest: number): void {
  if (version === latest + 1) return;
  throw new SpringtideError(
    'conflict',
    `version ${version} of template "${name}" was not stored: the next version is ${latest + 1}`,
    {
      retry: 'never',
      nextStep:
        'Read the newest version, merge your changes into it, and leave out the version or name the next.',
      facts: { name, latest },
    },
  );
}
