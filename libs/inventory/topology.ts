import type { ObservedRelation, RelationKind, ResourceType } from './domain/index.js';

/** What identifies a resource that others may hang on. */
export type Anchor = Readonly<{
  /** Of its row. */
  id: string;
  type: ResourceType;
  cloudId: string;
  accountId: string;
  region: string;
}>;

export type NodeRow = Anchor &
  Readonly<{ name: string; state: string | null; relations: readonly ObservedRelation[] }>;

export type Link = Readonly<{ from: NodeRow; relation: ObservedRelation }>;

export type Dependants = Readonly<{ ofId: string; type: ResourceType; kind: RelationKind; count: number }>;

export type TopologyNode = Readonly<{
  /** Of the row; for what the inventory does not have, made of type and the cloud's id. */
  key: string;
  /** Null: something points to it, and the inventory does not have it. */
  id: string | null;
  type: ResourceType;
  cloudId: string;
  name: string;
  state: string | null;
  accountId: string;
  region: string;
  /** Steps from the resource that was asked for. */
  distance: number;
  /** All that hang on it, shown or not; null where nobody looked. */
  dependants: readonly Readonly<{ type: ResourceType; kind: RelationKind; count: number }>[] | null;
}>;

export type TopologyEdge = Readonly<{ from: string; to: string; kind: RelationKind }>;

export type Neighbourhood = Readonly<{
  root: string;
  nodes: readonly TopologyNode[];
  edges: readonly TopologyEdge[];
  /** True: there is more than the limit let through. */
  cut: boolean;
}>;

/** What there is of each type, and how much of it hangs on what. */
export type TopologySummary = Readonly<{
  types: readonly Readonly<{ type: ResourceType; count: number }>[];
  relations: readonly Readonly<{ from: ResourceType; kind: RelationKind; to: ResourceType; count: number }>[];
}>;
