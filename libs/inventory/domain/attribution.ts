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

/** A deletion that was ordered. What became of it is in the items of the create intents, once the cloud has answered. */
type DeletionLike = Readonly<{ spec: Readonly<Record<string, unknown>> }>;

/**
 * The machines of create intents, by the cloud's id.
 * @param deletions those that may be on their way to the cloud: a change feed can tell of an end before the call for it
 * has come back.
 */
export function ledgerMachines(
  intents: readonly IntentLike[],
  deletions: readonly DeletionLike[] = [],
): LedgerMachines {
  const machines = new Map<string, LedgerMachine>();
  const ending = new Set(deletions.flatMap(({ spec }) => idsIn(spec['machineIds'])));
  for (const { id, runId, campaignId, region, items } of intents) {
    for (const { machineId, state, releasingAt, goneAt } of items) {
      if (machineId === null) continue;
      const releasing = releasingAt !== null || goneAt !== null || ending.has(machineId);
      const inFlight = UNDER_WAY.has(state);
      machines.set(machineId, { machineId, region, intentId: id, runId, campaignId, releasing, inFlight });
    }
  }
  return machines;
}

function idsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
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
  const known = ledger.get(resource.id) ?? machineUnder(resource, ledger);
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

/** Disks, cards and addresses come, go and change with the machine that they hang on. */
function machineUnder(resource: Observed, ledger: LedgerMachines): LedgerMachine | undefined {
  const relations = 'relations' in resource ? (resource.relations ?? []) : [];
  return relations
    .filter(({ kind, to }) => kind === 'attached-to' && to === 'machine')
    .flatMap(({ id }) => ledger.get(id) ?? [])
    .at(0);
}

function isOurDoing({ kind, resource, changes }: Told, known: LedgerMachine | undefined): boolean {
  if (kind === 'appeared') return true;
  if (known?.releasing === true) return true;
  if (kind === 'gone') return false;
  // What a cloud could not say yet of a machine that we made, nobody else has added to it.
  if (known !== undefined && changes.every(isFilledIn)) return true;
  const state = changes.find((change) => change.field === 'state');
  const starts = state?.before === 'pending' && 'state' in resource && resource.state === 'running';
  return starts && changes.every((change) => GROWS_UP.has(change.field));
}

function isFilledIn({ field, before }: FieldChange): boolean {
  return GROWS_UP.has(field) && (before === '' || before === '[]');
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
