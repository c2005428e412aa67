import type { Fault } from './storm.js';
import type { Given } from './hands.js';
import type { MemoryTables } from './memory-tables.js';
import type { SimCloud } from './sim-clouds.js';
import type { Side } from './sides.js';
import type { World } from './world.js';

/** A run as its rows have it now, and what its people were answered. */
export type RunNow = Readonly<{
  id: string;
  side: Side;
  state: string;
  control: string;
  startMs: number;
  /** The end of the last phase, with every extension. */
  endMs: number;
  phases: readonly Readonly<{ name: string; startsAt: string; endsAt: string }>[];
  targets: readonly Readonly<{ service: string; phase: string; machines: number }>[];
  /** Undefined before it was begun. */
  wayBack: Readonly<{ reason: string; beganMs: number }> | undefined;
  given: readonly Given[];
}>;

export function runsNow({ runIds, sides, tables, hands }: World): readonly RunNow[] {
  return sides.flatMap((side, at) => {
    const [row] = tables.find('campaign_run', { id: runIds[at] });
    if (row === undefined) return [];
    const phases = row['phases'] as RunNow['phases'];
    return [
      {
        id: String(row['id']),
        side,
        state: String(row['state']),
        control: String(row['control']),
        startMs: Date.parse(phases[0]?.startsAt ?? ''),
        endMs: Date.parse(phases.at(-1)?.endsAt ?? ''),
        phases,
        targets: row['targets'] as RunNow['targets'],
        wayBack: wayBackOf(tables, row['id']),
        given: hands.given.filter(({ tenant }) => tenant === side.ids.tenant),
      },
    ];
  });
}

function wayBackOf(tables: MemoryTables, runId: unknown): RunNow['wayBack'] {
  const [told] = tables.find('campaign_timeline', { run_id: runId, step: 'scale-back.begin' });
  if (told === undefined) return undefined;
  const [row] = tables.find('campaign_way_back', { run_id: runId });
  const { reason = '' } = (row?.['progress'] as { reason?: string } | undefined) ?? {};
  return { reason, beganMs: (told['at'] as Date).getTime() };
}

/** Machines of a tenant that run and cost money, as the clouds have them. */
export function standingOf({ clouds, ids }: Side) {
  return clouds.flatMap(({ cloud }) =>
    cloud
      .machines()
      .filter(({ labels, state }) => state !== 'terminating' && labels['springtide/tenant'] === ids.tenant),
  );
}

/** Who ended which machine of ours, and when, with the account that it was asked of. */
export type Ended = Readonly<{ by: Side; machineId: string; atMs: number; tenant: string; intent: string }>;

export function endedIn(side: Side, { trail }: SimCloud, from: number): readonly Ended[] {
  return trail.slice(from).flatMap(({ marks, resourceId, at }) => {
    if (marks === null) return [];
    const { tenant, intent } = marks;
    return [{ by: side, machineId: resourceId, atMs: Date.parse(at), tenant, intent }];
  });
}

const RECOVERY_MS = 15_000;

/** By how much what goes wrong can hold anything up, all of it one after another. */
export function heldUpMs(faults: readonly Fault[]): number {
  return faults.reduce((sum, fault) => sum + delayOf(fault), 0);
}

function delayOf(fault: Fault): number {
  if (fault.kind === 'at') {
    return (fault.stopMs > 0 ? fault.stopMs + RECOVERY_MS : 0) + heldUpMs(fault.meanwhile);
  }
  if (fault.kind === 'slow') return fault.times * (fault.thereMs + fault.backMs + RECOVERY_MS);
  if (fault.kind === 'call') return fault.times * (fault.delayMs + RECOVERY_MS);
  if (fault.kind === 'commits') return fault.times * RECOVERY_MS;
  if ('downMs' in fault) return fault.downMs + RECOVERY_MS;
  return 'forMs' in fault && fault.kind !== 'room' ? fault.forMs + RECOVERY_MS : 0;
}
