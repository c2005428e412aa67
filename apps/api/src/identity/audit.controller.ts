import { Controller } from '@nestjs/common';
import { routes } from '@springtide/contracts';
import { AuditService } from '@springtide/identity';
import type { RequestContext } from '@springtide/platform';
import { z } from 'zod';
import { cutPage, decodeCursor } from '../http/cursor.js';
import { Handle, type Parsed } from '../http/handle.decorator.js';
import { TextAnswer } from '../http/text-answer.js';

@Controller()
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Handle(routes.auditList)
  async list({ ctx, query }: Parsed<typeof routes.auditList>) {
    const before = decodeCursor(query.cursor, z.string().regex(/^\d{1,18}$/));
    const { action, targetId, limit } = query;
    const rows = await this.audit.list(ctx, {
      limit: limit + 1,
      ...(before === undefined ? {} : { before }),
      ...(action === undefined ? {} : { action }),
      ...(targetId === undefined ? {} : { targetId }),
    });
    return cutPage(rows, limit, (record) => record.id);
  }

  @Handle(routes.auditVerify)
  async verify({ ctx }: Parsed<typeof routes.auditVerify>) {
    const { verdict, unsealed } = await this.audit.verifyAuditChain(ctx);
    const { records } = verdict;
    return verdict.ok
      ? { intact: true, records, unsealed, head: verdict.head, brokenAt: null }
      : { intact: false, records, unsealed, head: null, brokenAt: verdict.brokenAt };
  }

  @Handle(routes.auditExport)
  async export({ ctx }: Parsed<typeof routes.auditExport>) {
    const lines = this.lines(ctx);
    return await Promise.resolve(
      new TextAnswer('application/x-ndjson; charset=utf-8', lines, { fileName: 'springtide-audit.ndjson' }),
    );
  }

  private async *lines(ctx: RequestContext): AsyncGenerator<string> {
    for await (const record of this.audit.exportSealed(ctx)) yield `${JSON.stringify(record)}\n`;
  }
}
