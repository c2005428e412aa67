import type { Instant } from '@springtide/kernel';
import type { MachineId } from '@springtide/provider-kit';
import { endTimer } from './launch-request.js';
import type { TencentApi, TencentScope } from './tencent-api.js';

/**
 * A machine has at most one timer, and one that has one takes no other: the old one goes first. Should we die in
 * between, the ledger's lease still ends the machine.
 */
export async function moveReleaseTime(
  api: TencentApi,
  at: TencentScope,
  ids: readonly MachineId[],
  releaseAt: Instant | null,
  now: Date,
): Promise<void> {
  if (ids.length === 0) return;
  await dropTimers(api, at, ids);
  if (releaseAt === null) return;
  await api.call('cvm', 'ImportInstancesActionTimer', at, {
    InstanceIds: [...ids],
    ActionTimer: endTimer(releaseAt, now),
  });
}

export async function dropTimers(
  api: TencentApi,
  at: TencentScope,
  ids: readonly MachineId[],
): Promise<void> {
  const old = await openTimers(api, at, ids);
  if (old.length > 0) await api.call('cvm', 'DeleteInstancesActionTimer', at, { ActionTimerIds: [...old] });
}

/** Timers that have not fired. */
export async function openTimers(
  api: TencentApi,
  at: TencentScope,
  ids: readonly MachineId[],
): Promise<readonly string[]> {
  const { ActionTimers = [] } = await api.call('cvm', 'DescribeInstancesActionTimer', at, {
    InstanceIds: [...ids],
    TimerAction: 'TerminateInstances',
    StatusList: ['UNDO'],
  });
  return ActionTimers.flatMap(({ ActionTimerId, Status }) =>
    ActionTimerId && (Status ?? 'UNDO') === 'UNDO' ? [ActionTimerId] : [],
  );
}
