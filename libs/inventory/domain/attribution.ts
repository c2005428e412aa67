import type { Observed, ObservedMachine, ObservedOwnership } from './observed.js';
import type { FieldChange } from './reconciliation.js';

/** What the ledger knows of one machine of an account. */
export type LedgerMachine = Readonly<{
  machineId: string;
  region: string;
  intentId: string;
  runId: string;
  campaignId: string | null;
  /** Its end was asked for. */
  releasing: boolean;
  /** Asked for and not seen running yet, or on its way out and not seen gone yet. */
  inFlight: boolean;
}>;

export type LedgerMachines = ReadonlyMap<string, LedgerMachine>;

/**
 * Who did it. `springtide`: the ledger or the ownership mark says that we did. `outside`: it was not asked for by us;
 * `trail` is what the cloud itself says about it, where it says anything.
 */
export type Doer =
  | Readonly<{ by: 'springtide'; intentId: string; runId: string | null; campaignId: string | null }>
  | Readonly<{ by: 'outside'; trail: string | null }>;

type IntentLike = Readonly<{
  id: string;
  runId: string;
  campaignId: string | null;
  region: string;
  items: readonly Readonly<{
    machineId: string | null;
    state: string;
    releasingAt: string | null;
    goneAt: string | null;
  }>[];
}>;

const UNDER_WAY: ReadonlySet<string> = new Set(['accepted', 'releasing']);

/** The machines of create intents, by the cloud's id. */
export function ledgerMachines(intents: readonly IntentLike[]): LedgerMachines {
  const machines = new Map<string, LedgerMachine>();
  for (const { id, runId, campaignId, region, items } of intents) {
    for (const { machineId, state, releasingAt, goneAt } of items) {
      if (machineId === null) continue;
      const releasing = releasingAt !== null || goneAt !== null;
      const inFlight = UNDER_WAY.has(state);
      machines.set(machineId, { machineId, region, intentId: id, runId, campaignId, releasing, inFlight });
    }
  }
  return machines;
}

/** What a machine of ours does by itself after we asked for it: nobody else did that. */
const GROWS_UP: ReadonlySet<string> = new Set([
  'state',
  'addresses',
  'launchedAt',
  'relations',
  'stateReason',
  'name',
]);

type Told = Readonly<{
  kind: 'appeared' | 'changed' | 'gone';
  resource: Observed;
  changes: readonly FieldChange[];
}>;

/** @param installation our creator mark. */
export function doerOf(told: Told, ledger: LedgerMachines, installation: string): Doer {
  const { resource } = told;
  const mark = ownershipOf(resource);
  const known = ledger.get(resource.id);
  const ours = mark !== undefined && mark.installation === installation;
  if ((known !== undefined || ours) && isOurDoing(told, known)) {
    return {
      by: 'springtide',
      intentId: known?.intentId ?? mark?.intent ?? '',
      runId: known?.runId ?? null,
      campaignId: known?.campaignId ?? mark?.campaign ?? null,
    };
  }
  return { by: 'outside', trail: trailOf(resource) };
}

function isOurDoing({ kind, resource, changes }: Told, known: LedgerMachine | undefined): boolean {
  if (kind === 'appeared') return true;
  if (known?.releasing === true) return true;
  if (kind === 'gone') return false;
  const state = changes.find((change) => change.field === 'state');
  const starts = state?.before === 'pending' && 'state' in resource && resource.state === 'running';
  return starts && changes.every((change) => GROWS_UP.has(change.field));
}

export function ownershipOf(resource: Observed): ObservedOwnership | undefined {
  return 'ownership' in resource ? resource.ownership : undefined;
}

/** The cloud's own words on who or why, where the listing has them. */
function trailOf(resource: Observed): string | null {
  if ('machineType' in resource) return (resource satisfies ObservedMachine).stateReason ?? null;
  const changedBy = 'facts' in resource ? resource.facts['changedBy'] : undefined;
  return changedBy === undefined ? null : String(changedBy);
}
