import type { DriftBody, ResourceBody, TopologyBody } from '@springtide/contracts';
import type { InventoryPage, InventoryService, TopologyNode } from '@springtide/inventory';
import type { AccountNames } from '../accounts/account-names.js';

type Row = InventoryPage['items'][number];
type Drift = Awaited<ReturnType<InventoryService['listDrift']>>[number];

export function resourceBody(row: Row, names: AccountNames): ResourceBody {
  const { resource, accountId } = row;
  const ownership = 'ownership' in resource ? resource.ownership : undefined;
  const state = 'state' in resource ? (resource.state ?? null) : null;
  return {
    id: row.id,
    type: row.type,
    accountId,
    ...names.of(accountId),
    resourceId: resource.id,
    name: resource.name,
    state: row.goneAt === null ? state : 'gone',
    region: resource.region,
    zone: 'zone' in resource ? (resource.zone ?? null) : null,
    facts: factsOf(resource),
    labels: 'labels' in resource ? { ...resource.labels } : {},
    relations: 'relations' in resource ? [...(resource.relations ?? [])] : [],
    ownership: ownership
      ? {
          intent: ownership.intent,
          campaign: ownership.campaign ?? null,
          service: ownership.service ?? null,
        }
      : null,
    firstSeenAt: row.firstSeen,
    lastSeenAt: row.lastSeen,
    goneAt: row.goneAt,
  };
}

/** What the types that are listed apart know, as the short facts that the others have. */
function factsOf(resource: Row['resource']): ResourceBody['facts'] {
  if ('facts' in resource) return { ...resource.facts };
  if ('machineType' in resource) {
    const { machineType, purchaseOption, addresses, image, launchedAt, stateReason } = resource;
    const given = { image, launchedAt, stateReason };
    return { machineType, purchaseOption, addresses: addresses.join(', '), ...present(given) };
  }
  if ('arch' in resource) {
    const { arch, createdAt, library, digest, syncedAt, placedIn } = resource;
    return { arch, ...present({ createdAt, library, digest, syncedAt, placedIn: placedIn?.join(', ') }) };
  }
  return present({ cidr: resource.cidr, freeAddresses: resource.freeAddresses });
}

function present(facts: Record<string, string | number | undefined>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(facts).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  );
}

export function driftBody(event: Drift, names: AccountNames): DriftBody {
  const { resourceType: type, changes, accountId, ...rest } = event;
  const { accountName } = names.of(accountId);
  return { ...rest, type, accountId, accountName, changes: [...changes] };
}

export function nodeBody(node: TopologyNode, names: AccountNames): TopologyBody['nodes'][number] {
  const { cloudId: resourceId, dependants, ...rest } = node;
  const { accountName } = names.of(node.accountId);
  return { ...rest, resourceId, accountName, dependants: dependants === null ? null : [...dependants] };
}
