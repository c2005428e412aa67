import type { MachineBody } from '@springtide/contracts';
import type { InventoryPage } from '@springtide/inventory';
import type { AccountNames } from '../accounts/account-names.js';

type MachineRow = InventoryPage<'machine'>['items'][number];

export function machineBody(row: MachineRow, names: AccountNames): MachineBody {
  const { resource, accountId } = row;
  const { ownership } = resource;
  return {
    id: row.id,
    accountId,
    ...names.of(accountId),
    machineId: resource.id,
    name: resource.name,
    state: row.goneAt === null ? resource.state : 'gone',
    region: resource.region,
    zone: resource.zone,
    machineType: resource.machineType,
    purchaseOption: resource.purchaseOption,
    addresses: [...resource.addresses],
    image: resource.image ?? null,
    launchedAt: resource.launchedAt ?? null,
    ownership: ownership
      ? {
          intent: ownership.intent,
          campaign: ownership.campaign ?? null,
          service: ownership.service ?? null,
        }
      : null,
    stateReason: resource.stateReason ?? null,
    firstSeenAt: row.firstSeen,
    lastSeenAt: row.lastSeen,
    goneAt: row.goneAt,
  };
}
