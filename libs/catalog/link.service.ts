import type { AccountService } from '@springtide/accounts';
import type { LinkBody, LinkInput } from '@springtide/contracts';
import { recordAudit, requirePermission } from '@springtide/identity';
import { SpringtideError, toInstant, type Clock } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';

type Row = Readonly<{
  name: string;
  account_id: string;
  region: string;
  free_mbps: number;
  evidence: string;
  updated_at: Date;
  updated_by: string;
}>;

/** Lines between home and places of clouds. No cloud tells them: their owners declare them, with evidence. */
export class LinkService {
  constructor(
    private readonly database: Database,
    private readonly accounts: Pick<AccountService, 'get'>,
    private readonly clock: Clock,
  ) {}

  /** @throws not-found for an account that is not there, already-exists where another line to the same place has been declared. */
  async put(ctx: RequestContext, name: string, input: LinkInput): Promise<LinkBody> {
    requirePermission(ctx, 'catalog:write');
    const updatedAt = toInstant(this.clock.now());
    const { accountId, region, freeMbps, evidence } = input;
    await this.accounts.get(ctx, accountId);
    return await this.database.unitOfWork(ctx, async (tx) => {
      const [other] = await tx.query<Pick<Row, 'name'>[]>(
        `select name from catalog_site_link where account_id = $1 and region = $2 and name <> $3`,
        [accountId, region, name],
      );
      if (other !== undefined) throw placeTaken(other.name);
      await tx.query(
        `insert into catalog_site_link (tenant_id, name, account_id, region, free_mbps, evidence, updated_at, updated_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (tenant_id, name) do update set account_id = excluded.account_id, region = excluded.region,
           free_mbps = excluded.free_mbps, evidence = excluded.evidence, updated_at = excluded.updated_at,
           updated_by = excluded.updated_by`,
        [ctx.tenantId, name, accountId, region, freeMbps, evidence, updatedAt, ctx.actor.name],
      );
      await recordAudit(tx, ctx, {
        action: 'link.put',
        target: { kind: 'link', id: name },
        after: input,
        show: ['region', 'freeMbps', 'evidence'],
        at: updatedAt,
      });
      return { ...input, name, updatedAt, updatedBy: ctx.actor.name };
    });
  }

  async list(ctx: RequestContext): Promise<readonly LinkBody[]> {
    requirePermission(ctx, 'catalog:read');
    const rows = await this.database.unitOfWork(
      ctx,
      async (tx) => await tx.query<Row[]>('select * from catalog_site_link order by name limit 1000'),
    );
    return rows.map(({ name, account_id, region, free_mbps, evidence, updated_at, updated_by }) => ({
      ...{ name, accountId: account_id, region, freeMbps: free_mbps, evidence },
      ...{ updatedAt: toInstant(updated_at), updatedBy: updated_by },
    }));
  }

  /** @throws not-found. */
  async remove(ctx: RequestContext, name: string): Promise<void> {
    requirePermission(ctx, 'catalog:write');
    await this.database.unitOfWork(ctx, async (tx) => {
      const gone = await tx.query<unknown[]>(
        `with removed as (delete from catalog_site_link where name = $1 returning name) select name from removed`,
        [name],
      );
      if (gone.length === 0) {
        throw new SpringtideError('not-found', `there is no link "${name}"; nothing was changed`);
      }
      await recordAudit(tx, ctx, {
        action: 'link.delete',
        target: { kind: 'link', id: name },
        show: [],
        at: toInstant(this.clock.now()),
      });
    });
  }
}

function placeTaken(name: string): SpringtideError {
  return new SpringtideError(
    'already-exists',
    `link "${name}" is declared for this account and region already; nothing was changed`,
    { nextStep: 'Change that one, or delete it first. Several lines to one place are declared as one.' },
  );
}
