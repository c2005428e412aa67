import type { Dependants, Link, Neighbourhood, NodeRow, TopologyEdge, TopologyNode } from './topology.js';

/** Gathers nodes and edges around one resource, up to a number of nodes. */
export class NeighbourhoodMap {
  readonly #nodes = new Map<string, TopologyNode>();
  readonly #edges = new Map<string, TopologyEdge>();
  #cut = false;

  constructor(
    readonly root: NodeRow,
    private readonly limit: number,
  ) {
    this.#nodes.set(root.id, nodeOf(root, 0));
  }

  /** What the links point to; what the inventory does not have is shown as missing. */
  addTargets(
    links: readonly Link[],
    found: readonly (NodeRow & Readonly<{ link: number }>)[],
    distance: number,
  ): NodeRow[] {
    const targets = new Map(found.map((row) => [row.link, row]));
    const fresh: NodeRow[] = [];
    for (const [index, link] of links.entries()) {
      const target = targets.get(index);
      const node = target === undefined ? missingNode(link, distance) : nodeOf(target, distance);
      const known = this.#nodes.has(node.key);
      if (!known && !this.#add(node)) continue;
      if (!known && target !== undefined) fresh.push(target);
      this.#connect(link.from.id, node.key, link.relation.kind);
    }
    return fresh;
  }

  noteDependants(of: readonly NodeRow[], groups: readonly Dependants[]): void {
    for (const { id } of of) {
      const node = this.#nodes.get(id);
      const dependants = groups
        .filter((group) => group.ofId === id)
        .map(({ type, kind, count }) => ({ type, kind, count }));
      if (node) this.#nodes.set(id, { ...node, dependants });
    }
  }

  /** What hangs on a node that is here already. */
  addMembers(members: readonly (NodeRow & Readonly<{ ofId: string }>)[], distance: number): NodeRow[] {
    const fresh: NodeRow[] = [];
    for (const member of members) {
      const anchor = this.#nodes.get(member.ofId);
      const known = this.#nodes.has(member.id);
      if (anchor === undefined || (!known && !this.#add(nodeOf(member, distance)))) continue;
      if (!known) fresh.push(member);
      for (const { kind, to, id } of member.relations) {
        if (to === anchor.type && id === anchor.cloudId) this.#connect(member.id, anchor.key, kind);
      }
    }
    return fresh;
  }

  finished(): Neighbourhood {
    return {
      root: this.root.id,
      nodes: [...this.#nodes.values()],
      edges: [...this.#edges.values()],
      cut: this.#cut,
    };
  }

  #add(node: TopologyNode): boolean {
    if (this.#nodes.size >= this.limit) {
      this.#cut = true;
      return false;
    }
    this.#nodes.set(node.key, node);
    return true;
  }

  #connect(from: string, to: string, kind: TopologyEdge['kind']): void {
    this.#edges.set(`${from} ${kind} ${to}`, { from, to, kind });
  }
}

function nodeOf(row: NodeRow, distance: number): TopologyNode {
  const { id, type, cloudId, name, state, accountId, region } = row;
  return { key: id, id, type, cloudId, name, state, accountId, region, distance, dependants: null };
}

function missingNode({ from, relation }: Link, distance: number): TopologyNode {
  return {
    key: `${from.accountId}/${relation.to}/${relation.id}`,
    id: null,
    type: relation.to,
    cloudId: relation.id,
    name: relation.id,
    state: null,
    accountId: from.accountId,
    region: from.region,
    distance,
    dependants: null,
  };
}
