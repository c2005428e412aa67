import type { EntityManager } from 'typeorm';
import type { RelationKind, ResourceType } from '../domain/index.js';
import type { Anchor, Dependants, Link, NodeRow } from '../topology.js';

/** Kubernetes is an account of its own, and its nodes and volumes are machines and disks of others. */
const CROSSING = `('node', 'volume', 'cluster')`;

const NODE = `r.id, r.resource_type as type, r.cloud_id as "cloudId", r.account_id as "accountId", r.region, r.name,
  r.state, coalesce(r.observed -> 'relations', '[]') as relations`;

/** How one tenant's resources hang together. Everything is cut by the database; nothing here reads a whole account. */
export class TopologyQueries {
  constructor(
    private readonly tx: EntityManager,
    private readonly tenantId: string,
  ) {}

  async node(id: string): Promise<NodeRow | undefined> {
    const rows = await this.tx.query<NodeRow[]>(
      `select ${NODE} from inventory_resource r where r.tenant_id = $1 and r.id = $2 and r.gone_at is null`,
      [this.tenantId, id],
    );
    return rows[0];
  }

  /**
   * What the links point to: in the account and region of the one that tells, else in that account, else, for what
   * crosses accounts, anywhere in the tenant.
   */
  async targets(links: readonly Link[]): Promise<(NodeRow & { link: number })[]> {
    if (links.length === 0) return [];
    return await this.tx.query(
      `select l.link, found.* from ${json('l', 'link int, "fromType" text, to_type text, to_id text, account uuid, region text')}
       cross join lateral (
         select ${NODE} from inventory_resource r
         where r.tenant_id = $1 and r.resource_type = l.to_type and r.cloud_id = l.to_id and r.gone_at is null
           and (r.account_id = l.account or l."fromType" in ${CROSSING})
         order by r.account_id = l.account desc, r.region = l.region desc, r.id limit 1
       ) found`,
      [
        this.tenantId,
        JSON.stringify(
          links.map(({ from, relation }, link) => ({
            link,
            fromType: from.type,
            to_type: relation.to,
            to_id: relation.id,
            account: from.accountId,
            region: from.region,
          })),
        ),
      ],
    );
  }

  /** How many hang on each of these, by type and kind. */
  async dependants(anchors: readonly Anchor[]): Promise<Dependants[]> {
    if (anchors.length === 0) return [];
    return await this.tx.query(
      `select a.id as "ofId", d.from_type as type, d.kind, count(*)::int as count
       from ${json('a', ANCHOR)}
       join inventory_relation d on d.tenant_id = $1 and d.to_type = a.type and d.to_id = a."cloudId"
         and (d.account_id = a."accountId" and d.region = a.region
           or d.account_id <> a."accountId" and d.from_type in ${CROSSING})
       group by a.id, d.from_type, d.kind order by a.id, d.from_type, d.kind`,
      [this.tenantId, anchorsJson(anchors)],
    );
  }

  /** The first few of each group, by the cloud's id. */
  async members(
    groups: readonly Readonly<{ anchor: Anchor; type: ResourceType }>[],
    each: number,
  ): Promise<(NodeRow & { ofId: string })[]> {
    if (groups.length === 0) return [];
    const rows = groups.map(({ anchor, type }) => ({ ...anchorOf(anchor), from_type: type }));
    return await this.tx.query(
      `select a.id as "ofId", ${NODE} from ${json('a', `${ANCHOR}, from_type text`)}
       cross join lateral (
         select distinct d.account_id, d.region, d.from_type, d.from_id from inventory_relation d
         where d.tenant_id = $1 and d.to_type = a.type and d.to_id = a."cloudId" and d.from_type = a.from_type
           and (d.account_id = a."accountId" and d.region = a.region
             or d.account_id <> a."accountId" and d.from_type in ${CROSSING})
         order by d.account_id, d.region, d.from_type, d.from_id limit $3
       ) m
       join inventory_resource r on r.tenant_id = $1 and r.account_id = m.account_id and r.region = m.region
         and r.resource_type = m.from_type and r.cloud_id = m.from_id and r.gone_at is null`,
      [this.tenantId, JSON.stringify(rows), each],
    );
  }

  async countTypes(accountId: string | null): Promise<{ type: ResourceType; count: number }[]> {
    return await this.tx.query(
      `select resource_type as type, count(*)::int as count from inventory_resource
       where tenant_id = $1 and gone_at is null and ($2::uuid is null or account_id = $2)
       group by resource_type order by resource_type`,
      [this.tenantId, accountId],
    );
  }

  async countRelations(
    accountId: string | null,
  ): Promise<{ from: ResourceType; kind: RelationKind; to: ResourceType; count: number }[]> {
    return await this.tx.query(
      `select from_type as "from", kind, to_type as "to", count(*)::int as count from inventory_relation
       where tenant_id = $1 and ($2::uuid is null or account_id = $2)
       group by from_type, kind, to_type order by from_type, kind, to_type`,
      [this.tenantId, accountId],
    );
  }
}

const ANCHOR = `id uuid, type text, "cloudId" text, "accountId" uuid, region text`;

function json(name: string, columns: string): string {
  return `json_to_recordset($2::json) as ${name}(${columns})`;
}

function anchorOf({ id, type, cloudId, accountId, region }: Anchor): Anchor {
  return { id, type, cloudId, accountId, region };
}

function anchorsJson(anchors: readonly Anchor[]): string {
  return JSON.stringify(anchors.map(anchorOf));
}
