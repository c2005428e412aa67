import { asSpringtideError, canonicalJson, toInstant, type Clock } from '@springtide/kernel';
import { recordAudit } from '@springtide/identity';
import type { Database, RequestContext } from '@springtide/platform';
import type { RouteState } from '@springtide/provider-kit';
import { RouteEntity } from './data/route.entity.js';
import { groupsLacking, sameShares, sharesOfRelease } from './domain/index.js';
import { HOME_GROUP, type RoutesService } from './route.service.js';

const READY_MS = 15_000;
/** Longer than any step and its way back take: health and watch are a minute each at most. A step that died is over after it. */
const LONGEST_STEP_MS = 5 * 60_000;

/** A proxy that does not answer holds up one of these, and not the others. */
const AT_ONCE = 8;

/** Routes that could not be looked after, and why. */
export type NotKept = Readonly<{ route: string; why: string }>;

/** Gives back what a proxy that was started again has forgotten: a gray release, and the standing fleet outside campaigns. */
export class ReleaseKeeper {
  constructor(
    private readonly database: Database,
    private readonly routes: RoutesService,
    private readonly clock: Clock,
  ) {}

  /**
   * Members of the released groups and who is matched to them. Whoever spreads the route's traffic gives back the shares:
   * with `shares` that is nobody else, and the standing fleet and its shares beside the release are given back too.
   * @returns whether anything was forgotten.
   */
  async keep(ctx: RequestContext, id: string, { shares }: Readonly<{ shares: boolean }>): Promise<boolean> {
    const row = await this.between(ctx, id);
    if (row === undefined) return false;
    const { groups, matches } = row.release;
    const home = shares && row.home.length > 0 ? [[HOME_GROUP, row.home] as const] : [];
    const expected = new Map([...home, ...groups.map(({ name, members }) => [name, members] as const)]);
    if (expected.size === 0) return false;
    const live = await this.routes.read(row);
    const lacking = groupsLacking(expected, live.groups);
    // In what words a product tells its conditions is its own affair.
    const forgot = groups.length > 0 && namesOf(live.matches ?? []) !== namesOf(matches);
    const isLost = lacking.length > 0 || (shares && servesNobody(live));
    if (!isLost && !forgot) return false;
    // What was read above may be the middle of a step that has begun since.
    if ((await this.between(ctx, id))?.version !== row.version) return false;
    const at = toInstant(this.clock.now());
    const change = { runId: row.id, campaignId: null, step: `keep/${at}`, batch: row.version, fence: 0 };
    const state = await this.routes.giveMembers(row, expected, change, READY_MS);
    if (forgot) await this.routes.setMatches(row, matches, change);
    const wanted = sharesOfRelease(HOME_GROUP, row.release);
    const now = Object.fromEntries(state.groups.map(({ name, weight }) => [name, weight]));
    if (shares && !sameShares(now, wanted)) await this.routes.setShares(row, wanted, change);
    await this.database.unitOfWork(ctx, async (tx) => {
      const after = { name: row.name, groups: lacking.join(', '), matches: matches.length };
      const target = { kind: 'route', id };
      const action = groups.length > 0 ? 'route.release.kept' : 'route.kept';
      await recordAudit(tx, ctx, { action, target, after, at });
    });
    return true;
  }

  /** The route between two steps of its release; nothing while one is taken, which says itself what is in force. */
  private async between(ctx: RequestContext, id: string): Promise<RouteEntity | undefined> {
    const row = await this.database.unitOfWork(ctx, async (tx) => await tx.findOneBy(RouteEntity, { id }));
    const since = row?.stepSince?.getTime() ?? Number.NEGATIVE_INFINITY;
    return row === null || this.clock.now().getTime() - since < LONGEST_STEP_MS ? undefined : row;
  }

  /** For a schedule: every route of the tenant that no campaign looks after. */
  async keepAll(ctx: RequestContext, inCampaigns: ReadonlySet<string>): Promise<readonly NotKept[]> {
    const rows = await this.database.unitOfWork(ctx, async (tx) => await tx.find(RouteEntity));
    const failures: NotKept[] = [];
    const queue = rows.filter(({ name }) => !inCampaigns.has(name)).values();
    const keeper = async () => {
      for (const { id, name } of queue) {
        try {
          await this.keep(ctx, id, { shares: true });
        } catch (thrown) {
          failures.push({ route: name, why: asSpringtideError(thrown).message });
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, keeper));
    return failures;
  }
}

function namesOf(matches: readonly Readonly<{ name: string; group: string }>[]): string {
  return canonicalJson(matches.map(({ name, group }) => [name, group]));
}

/** The members came back and their shares did not: whoever began to give them back got no further. */
function servesNobody({ groups }: RouteState): boolean {
  const isAlive = groups.some(({ members }) => members.some((member) => member.healthy));
  return isAlive && groups.every(({ weight }) => weight === 0);
}
