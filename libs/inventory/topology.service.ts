import { requirePermission } from '@springtide/identity';
import { SpringtideError } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import { TopologyQueries } from './data/topology.queries.js';
import { NeighbourhoodMap } from './neighbourhood-map.js';
import type { Dependants, Neighbourhood, NodeRow, TopologySummary } from './topology.js';

/** So many of one kind are shown around one resource; a group with more is told as a number. */
const EACH = 12;

/** How resources hang together: around one of them, and over a whole account or tenant. */
export class TopologyService {
  constructor(private readonly database: Database) {}

  /**
   * What the resource hangs on and what hangs on it, so many steps far. Groups that are too large to be drawn are
   * counted, and only those around the resource itself show their first members.
   * @throws not-found, also for what is gone: nothing hangs together with it any more.
   */
  async around(
    context: RequestContext,
    id: string,
    reach: Readonly<{ depth: number; limit: number }>,
  ): Promise<Neighbourhood> {
    return await this.read(context, async (queries) => {
      const root = await queries.node(id);
      if (!root) throw new SpringtideError('not-found', `there is no living resource ${id} in the inventory`);
      const map = new NeighbourhoodMap(root, reach.limit);
      let frontier: readonly NodeRow[] = [root];
      for (let distance = 1; distance <= reach.depth && frontier.length > 0; distance += 1) {
        frontier = await step(queries, map, frontier, distance);
      }
      return map.finished();
    });
  }

  async summary(context: RequestContext, accountId?: string): Promise<TopologySummary> {
    return await this.read(context, async (queries) => ({
      types: await queries.countTypes(accountId ?? null),
      relations: await queries.countRelations(accountId ?? null),
    }));
  }

  private async read<T>(context: RequestContext, work: (queries: TopologyQueries) => Promise<T>): Promise<T> {
    requirePermission(context, 'inventory:read');
    return await this.database.unitOfWork(context, async (tx) =>
      work(new TopologyQueries(tx, context.tenantId)),
    );
  }
}

/** One step outwards, both ways. @returns the nodes that are new. */
async function step(
  queries: TopologyQueries,
  map: NeighbourhoodMap,
  frontier: readonly NodeRow[],
  distance: number,
): Promise<NodeRow[]> {
  const links = frontier.flatMap((from) => from.relations.map((relation) => ({ from, relation })));
  const targets = await queries.targets(links);
  const fresh = map.addTargets(links, targets, distance);
  const groups = await queries.dependants(frontier);
  map.noteDependants(frontier, groups);
  const drawn = groups.filter((group) => group.count <= EACH || group.ofId === map.root.id);
  const members = await queries.members(onePerType(frontier, drawn), EACH);
  return [...fresh, ...map.addMembers(members, distance)];
}

function onePerType(frontier: readonly NodeRow[], groups: readonly Dependants[]) {
  const byId = new Map(frontier.map((node) => [node.id, node]));
  const once = new Map(groups.map((group) => [`${group.ofId} ${group.type}`, group]));
  return [...once.values()].flatMap(({ ofId, type }) => {
    const anchor = byId.get(ofId);
    return anchor === undefined ? [] : [{ anchor, type }];
  });
}
