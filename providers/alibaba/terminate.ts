import { SpringtideError, asSpringtideError } from '@springtide/kernel';
import type { MachineId, RecentlyKnown } from '@springtide/provider-kit';
import type { AlibabaApi, Scope } from './api.js';
import { instancesById } from './instances.js';
import { nothing } from './wire.js';

export type Ending = 'terminating' | 'gone' | SpringtideError;

const NOT_YET_BUILT = new Set(['Pending', 'Starting']);

/**
 * The cloud fails a whole call for one id that is unknown or still being built. So when it does, every machine is looked
 * up: those that are missing are gone, those being built are told to wait, and the others are ended.
 */
export async function terminate(
  api: AlibabaApi,
  at: Scope,
  ids: readonly MachineId[],
  launched: RecentlyKnown<unknown>,
): Promise<Map<MachineId, Ending>> {
  const endings = new Map<MachineId, Ending>();
  if (ids.length === 0 || (await ended(api, at, ids, endings))) return endings;
  const found = await instancesById(api, at, ids);
  const states = new Map(found.map(({ InstanceId, Status }) => [InstanceId, Status ?? '']));
  for (const id of ids) {
    const state = states.get(id);
    if (state === undefined) endings.set(id, launched.get(id) !== undefined ? notVisibleYet(id) : 'gone');
    else if (NOT_YET_BUILT.has(state)) endings.set(id, notBuiltYet(id, state));
  }
  const rest = ids.filter((id) => !endings.has(id));
  if (rest.length === 0 || (rest.length < ids.length && (await ended(api, at, rest, endings))))
    return endings;
  for (const id of rest) await endOne(api, at, id, endings);
  return endings;
}

/** False when one of the ids spoiled the call. @throws what is no fault of an id. */
async function ended(
  api: AlibabaApi,
  at: Scope,
  ids: readonly MachineId[],
  endings: Map<MachineId, Ending>,
): Promise<boolean> {
  try {
    await send(api, at, ids);
    for (const id of ids) endings.set(id, 'terminating');
    return true;
  } catch (thrown) {
    const error = asSpringtideError(thrown);
    if (!isOfOneMachine(error)) throw error;
    return false;
  }
}

async function endOne(
  api: AlibabaApi,
  at: Scope,
  id: MachineId,
  endings: Map<MachineId, Ending>,
): Promise<void> {
  try {
    await send(api, at, [id]);
    endings.set(id, 'terminating');
  } catch (thrown) {
    const error = asSpringtideError(thrown);
    // Seen a moment ago and not there now: it went in between.
    endings.set(id, error.code === 'not-found' ? 'gone' : error);
  }
}

async function send(api: AlibabaApi, at: Scope, ids: readonly MachineId[]): Promise<void> {
  await api.mutate(at, {
    product: 'ecs',
    action: 'DeleteInstances',
    parameters: { RegionId: at.region, InstanceId: ids, Force: true },
    answer: nothing,
  });
}

function isOfOneMachine({ code, effect }: SpringtideError): boolean {
  return (
    effect === 'none' && ['not-found', 'conflict', 'failed-precondition', 'invalid-argument'].includes(code)
  );
}

function notVisibleYet(id: MachineId): SpringtideError {
  return new SpringtideError(
    'conflict',
    `${id} was launched a moment ago and Alibaba Cloud does not show it everywhere yet: it costs until it is terminated`,
    { retry: 'same', effect: 'none', retryAfterMs: 2_000 },
  );
}

function notBuiltYet(id: MachineId, state: string): SpringtideError {
  return new SpringtideError(
    'conflict',
    `${id} is ${state} and Alibaba Cloud ends no machine before it runs: it costs until it is terminated`,
    { retry: 'same', effect: 'none', retryAfterMs: 2_000 },
  );
}
