import { LIVE_ITEM_STATES, type EffectItem, type Intent } from '@springtide/effects/domain';
import { sha256 } from '@springtide/platform';
import type { Delivered } from './domain/index.js';

export type RunMachine = Readonly<{
  intentId: string;
  accountId: string;
  region: string;
  service: string;
  poolId: string;
  item: EffectItem;
}>;

/** Every machine of a run that the ledger knows, whatever became of it. */
export function machinesOf(intents: readonly Intent[]): readonly RunMachine[] {
  return intents
    .filter((intent) => intent.kind === 'create')
    .flatMap((intent) =>
      intent.items.map((item) => ({
        intentId: intent.id,
        accountId: intent.accountId,
        region: intent.region,
        service: intent.service ?? '',
        poolId: intent.poolId ?? '',
        item,
      })),
    );
}

/** What counts against a target: alive and not on its way out, or asked for and unanswered. */
export function deliveredOf(machines: readonly RunMachine[]): readonly Delivered[] {
  return machines
    .filter(({ item }) => item.abandoned === null)
    .filter(({ item }) => ['open', 'accepted', 'running', 'ready'].includes(item.state))
    .map((machine) => ({
      ...machine,
      machineId: machine.item.machineId,
      acceptedAt: machine.item.acceptedAt,
    }));
}

export function isLive(machine: RunMachine): boolean {
  return LIVE_ITEM_STATES.includes(machine.item.state);
}

/**
 * Name of a route's backend group for the machines of one pool: one machine type each, so that shares follow capacity.
 * Readable as far as letters and length allow; the hash keeps pools apart that differ in other letters only.
 */
export function groupOf(poolId: string): string {
  const readable = poolId.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const short = readable
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 32)
    .replaceAll(/-+$/g, '');
  return [short, sha256(poolId).slice(0, 6)].filter((part) => part !== '').join('-');
}
