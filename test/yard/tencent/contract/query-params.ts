import type { ActionContract, ApiContract } from './api-contract.js';

type Tree = Map<string, Tree | string>;

/** Parameters of a GET, where `Filters.0.Values.1=web` is the second value of the first filter. */
export function paramsOfQuery(
  contracts: ApiContract,
  contract: ActionContract,
  query: string,
): Readonly<Record<string, unknown>> {
  const tree: Tree = new Map();
  for (const [path, value] of new URLSearchParams(query)) plant(tree, path.split('.'), value);
  return objectOf(contracts, contract, contract.request, tree);
}

function plant(tree: Tree, [head = '', ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    tree.set(head, value);
    return;
  }
  const below = tree.get(head);
  const branch: Tree = below instanceof Map ? below : new Map();
  tree.set(head, branch);
  plant(branch, rest, value);
}

function objectOf(
  contracts: ApiContract,
  contract: ActionContract,
  name: string,
  tree: Tree,
): Readonly<Record<string, unknown>> {
  const members = contracts.membersOf(contract.product, name);
  const entries = [...tree].map(([key, value]): [string, unknown] => {
    const member = members.get(key);
    if (member === undefined) return [key, value];
    const one = (part: Tree | string) => valueOf(contracts, contract, member.type, part);
    if (!member.list || !(value instanceof Map)) return [key, one(value)];
    return [key, [...value].toSorted(([a], [b]) => Number(a) - Number(b)).map(([, part]) => one(part))];
  });
  return Object.fromEntries(entries);
}

/** What does not read as its type stays text, and is then refused as such. */
function valueOf(
  contracts: ApiContract,
  contract: ActionContract,
  type: string,
  value: Tree | string,
): unknown {
  if (value instanceof Map) return objectOf(contracts, contract, type, value);
  if (['int64', 'uint64', 'float'].includes(type) && value !== '' && !Number.isNaN(Number(value))) {
    return Number(value);
  }
  if (type === 'bool' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  return value;
}
