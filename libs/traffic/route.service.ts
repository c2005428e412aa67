import { randomUUID } from 'node:crypto';
import type { RouteBody, RouteInput } from '@springtide/contracts';
import { SpringtideError, asSpringtideError, canonicalJson, toInstant, type Clock } from '@springtide/kernel';
import { recordAudit, requirePermission } from '@springtide/identity';
import type { EffectLedger } from '@springtide/effects';
import type { Database, RequestContext } from '@springtide/platform';
import type {
  Capability,
  CloudClient,
  RouteCounters,
  RouteMatch,
  RouteMember,
  RouteState,
} from '@springtide/provider-kit';
import { RouteEntity } from './data/route.entity.js';
import { groupsLacking, type Shares } from './domain/index.js';

/** Name of the group that takes all traffic when no campaign runs. */
export const HOME_GROUP = 'home';

export type Route = Readonly<{
  id: string;
  tenantId: string;
  name: string;
  accountId: string;
  service: string;
  healthPath: string;
  home: readonly Readonly<{ id: string; address: string; port: number; machineType: string }>[];
  version: number;
}>;

/** Who changes a route, for the ledger. */
export type RouteChange = Readonly<{
  runId: string;
  campaignId: string | null;
  step: string;
  batch: number;
  fence: number;
}>;

/** Traffic entrances of the tenant, and the only way to move their traffic. */
export class RoutesService {
  constructor(
    private readonly database: Database,
    private readonly ledger: EffectLedger,
    private readonly clock: Clock,
  ) {}

  /** Declares a route and gives all its traffic to the home group. */
  async create(ctx: RequestContext, input: RouteInput): Promise<RouteBody> {
    requirePermission(ctx, 'route:write');
    const client = await this.ledger.dependencies.clouds.open(ctx.tenantId, input.accountId);
    const live = await client.traffic.readRoute(input.name);
    const route = (await this.halfDeclared(ctx, input, live)) ?? (await this.store(ctx, input));
    const change = { runId: route.id, campaignId: null, step: 'declare', batch: 0, fence: 0 };
    await this.setMembers(route, HOME_GROUP, route.home, change);
    if (route.home.length > 0) await this.awaitHealthy(route, [HOME_GROUP], 15_000);
    if (route.home.length > 0) await this.setShares(route, { [HOME_GROUP]: 100 }, change);
    return await this.get(ctx, route.id);
  }

  /** The same declaration, stored by a process that ended before the home group had its traffic. */
  private async halfDeclared(
    ctx: RequestContext,
    input: RouteInput,
    live: RouteState,
  ): Promise<Route | undefined> {
    if (live.groups.some((group) => group.weight > 0)) return undefined;
    const row = await this.database.unitOfWork(
      ctx,
      async (tx) => await tx.findOneBy(RouteEntity, { name: input.name }),
    );
    if (row === null) return undefined;
    const { name, accountId, service, healthPath, home } = row;
    const stored = canonicalJson({ name, accountId, service, healthPath, home });
    return stored === canonicalJson({ ...input }) ? row : undefined;
  }

  private async store(ctx: RequestContext, input: RouteInput): Promise<Route> {
    const id = randomUUID();
    const at = this.clock.now();
    const release = { groups: [], matches: [] };
    await this.database.unitOfWork(ctx, async (tx) => {
      await tx.insert(RouteEntity, {
        id,
        tenantId: ctx.tenantId,
        ...input,
        release,
        version: 1,
        createdAt: at,
      });
      await recordAudit(tx, ctx, {
        action: 'route.create',
        target: { kind: 'route', id },
        after: { name: input.name, service: input.service },
        at: toInstant(at),
      });
    });
    return await this.getByName(ctx, input.name);
  }

  async list(ctx: RequestContext, page: { limit: number; cursor?: string | undefined }) {
    requirePermission(ctx, 'route:read');
    const rows = await this.database.unitOfWork(ctx, async (tx) =>
      tx
        .createQueryBuilder(RouteEntity, 'route')
        .where(page.cursor === undefined ? 'true' : 'route.name > :cursor', { cursor: page.cursor })
        .orderBy('route.name')
        .limit(page.limit + 1)
        .getMany(),
    );
    const items = rows.slice(0, page.limit);
    const next = rows.length > page.limit ? (items.at(-1)?.name ?? null) : null;
    return { items: await Promise.all(items.map(async (row) => await this.withLive(row))), next };
  }

  async get(ctx: RequestContext, id: string): Promise<RouteBody> {
    requirePermission(ctx, 'route:read');
    const row = await this.database.unitOfWork(ctx, async (tx) => await tx.findOneBy(RouteEntity, { id }));
    if (row === null) throw new SpringtideError('not-found', `there is no route ${id}`);
    return await this.withLive(row);
  }

  /** @throws not-found, naming the route. */
  async getByName(ctx: RequestContext, name: string): Promise<Route> {
    const row = await this.database.unitOfWork(ctx, async (tx) => await tx.findOneBy(RouteEntity, { name }));
    if (row !== null) return row;
    throw new SpringtideError('not-found', `there is no route "${name}"; its service cannot get traffic`, {
      nextStep: 'Declare the route first: springtide route create.',
    });
  }

  async read(route: Route): Promise<RouteState> {
    const client = await this.ledger.dependencies.clouds.open(route.tenantId, route.accountId);
    return await client.traffic.readRoute(route.name);
  }

  /** Whether the product behind the route tells requests per group at all, as this account is set up. */
  async countsRequests(route: Route): Promise<Capability> {
    const client = await this.ledger.dependencies.clouds.open(route.tenantId, route.accountId);
    const product = client.manifest.capabilities.requestCounters ?? { supported: true };
    if (!product.supported) return product;
    const counted = await countersOf(client, route.name);
    return 'uncounted' in counted ? { supported: false, reason: counted.uncounted } : product;
  }

  /** Whether a removed member that is not listed any more has surely no connection left. */
  async showsDraining(route: Route): Promise<boolean> {
    const client = await this.ledger.dependencies.clouds.open(route.tenantId, route.accountId);
    return client.manifest.capabilities.showsDraining?.supported === true;
  }

  /** Empty where nobody counts: then nothing can be judged, and nothing is held up for it. */
  async readCounters(route: Route): Promise<readonly RouteCounters[]> {
    const client = await this.ledger.dependencies.clouds.open(route.tenantId, route.accountId);
    const counted = await countersOf(client, route.name);
    return 'uncounted' in counted ? [] : counted;
  }

  async setMembers(
    route: Route,
    group: string,
    members: readonly RouteMember[],
    change: RouteChange,
  ): Promise<void> {
    const plain = members.map(({ id, address, port }) => ({ id, address, port }));
    const place = this.place(route, { ...change, step: `${change.step}/members/${group}` });
    await this.ledger.set(place, { route: route.name, group, members: plain }, async (deadline) => {
      const client = await this.ledger.dependencies.clouds.open(route.tenantId, route.accountId);
      await client.traffic.setMembers(route.name, group, plain, { deadline });
    });
  }

  async setShares(route: Route, shares: Shares, change: RouteChange): Promise<RouteState> {
    const place = this.place(route, { ...change, step: `${change.step}/shares` });
    return await this.ledger.set(place, { route: route.name, shares }, async (deadline) => {
      const client = await this.ledger.dependencies.clouds.open(route.tenantId, route.accountId);
      return await client.traffic.setWeights(route.name, shares, { deadline });
    });
  }

  async setMatches(route: Route, matches: readonly RouteMatch[], change: RouteChange): Promise<RouteState> {
    const place = this.place(route, { ...change, step: `${change.step}/matches` });
    return await this.ledger.set(place, { route: route.name, matches }, async (deadline) => {
      const client = await this.ledger.dependencies.clouds.open(route.tenantId, route.accountId);
      return await client.traffic.setMatches(route.name, matches, { deadline });
    });
  }

  /** Gives the proxy the members that it should have and lacks. @returns the route as it is then. */
  async giveMembers(
    route: Route,
    expected: ReadonlyMap<string, readonly RouteMember[]>,
    change: RouteChange,
    healthyWithinMs: number,
  ): Promise<RouteState> {
    const state = await this.read(route);
    const lacking = groupsLacking(expected, state.groups);
    if (lacking.length === 0) return state;
    for (const group of lacking) await this.setMembers(route, group, expected.get(group) ?? [], change);
    return await this.awaitHealthy(route, lacking, healthyWithinMs);
  }

  /** Waits until every member of the groups is healthy in the proxy's own eyes, or the time is over. */
  async awaitHealthy(route: Route, groups: readonly string[], waitMs: number): Promise<RouteState> {
    const until = this.clock.now().getTime() + waitMs;
    for (;;) {
      const state = await this.read(route);
      const wanted = state.groups.filter((group) => groups.includes(group.name));
      const healthy = wanted.every((group) =>
        group.members.every((member) => member.healthy || member.draining),
      );
      if (healthy || this.clock.now().getTime() >= until) return state;
      await this.clock.sleep(300);
    }
  }

  private place(route: Route, change: RouteChange) {
    return {
      tenantId: route.tenantId,
      runId: change.runId,
      campaignId: change.campaignId,
      step: `${change.step}/${route.name}`,
      batch: change.batch,
      accountId: route.accountId,
      region: 'all',
      service: route.service,
      poolId: null,
      fence: change.fence,
    };
  }

  private async withLive(row: RouteEntity): Promise<RouteBody> {
    const base = {
      id: row.id,
      name: row.name,
      accountId: row.accountId,
      service: row.service,
      healthPath: row.healthPath,
      home: [...row.home],
      release: row.release,
      version: row.version,
    };
    try {
      const state = await this.read(row);
      const live = state.groups.map((group) => ({
        name: group.name,
        weight: group.weight,
        healthy: group.members.filter((member) => member.healthy).length,
        members: group.members.length,
      }));
      const matches = state.matches?.map(({ name, group, when }) => ({
        name,
        group,
        when: 'header' in when ? when : { sourceRanges: [...when.sourceRanges] },
      }));
      return { ...base, entrance: state.entrance, live, matches: matches ?? null, problem: null };
    } catch (thrown) {
      // The route exists in our books even when the proxy does not answer: shown, with the reason.
      return {
        ...base,
        entrance: null,
        live: null,
        matches: null,
        problem: asSpringtideError(thrown).message,
      };
    }
  }
}

async function countersOf(
  client: CloudClient,
  route: string,
): Promise<readonly RouteCounters[] | Readonly<{ uncounted: string }>> {
  try {
    return await client.traffic.readCounters(route);
  } catch (thrown) {
    const { code, message } = asSpringtideError(thrown);
    if (code !== 'unsupported') throw thrown;
    return { uncounted: message };
  }
}
