import { SpringtideError } from '@springtide/kernel';
import { eachOrSeparately, type Machine, type MachineId, type RecentlyKnown } from '@springtide/provider-kit';
import type { Instance } from 'tencentcloud-sdk-nodejs/tencentcloud/services/cvm/v20170312/cvm_models.js';
import { tencentCodeOf } from './error-map.js';
import { toMachine } from './mapping.js';
import { INSTANCE_ID } from './read-by-ids.js';
import { dropTimers } from './release-timers.js';
import type { TencentApi, TencentScope } from './tencent-api.js';

const HELD_BY_TIMER = 'UnsupportedOperation.InvalidInstanceNotSupportedProtectedInstance';

export type Ending = 'terminating' | 'gone' | SpringtideError;

/**
 * The cloud ends machines of one way of paying per call, and refuses the whole call for one machine that is not there
 * or not ready. So what it says of each machine comes first, and only those go into a call that can.
 */
export async function terminateMachines(
  api: TencentApi,
  at: TencentScope,
  ids: readonly MachineId[],
  known: readonly Instance[],
  recent: RecentlyKnown<Machine>,
): Promise<ReadonlyMap<MachineId, Ending>> {
  const endings = new Map<MachineId, Ending>();
  const calls = new Map<string, MachineId[]>();
  const instances = new Map(known.map((instance) => [instance.InstanceId ?? '', instance]));
  for (const id of ids) {
    const instance = instances.get(id);
    const ending =
      instance === undefined ? endOfUnknown(id, recent) : endWithoutCall(id, instance, at.region);
    if (ending !== undefined) endings.set(id, ending);
    else {
      const charge = instance?.InstanceChargeType ?? '';
      calls.set(charge, [...(calls.get(charge) ?? []), id]);
    }
  }
  for (const some of calls.values()) await terminateAlike(api, at, some, recent, endings);
  return endings;
}

async function terminateAlike(
  api: TencentApi,
  at: TencentScope,
  ids: readonly MachineId[],
  recent: RecentlyKnown<Machine>,
  endings: Map<MachineId, Ending>,
): Promise<void> {
  await eachOrSeparately(ids, {
    send: async (some) => {
      await terminateDespiteTimers(api, at, some);
      for (const id of some) {
        endings.set(id, 'terminating');
        recent.forget(id);
      }
    },
    separates: (error) => error.effect === 'none' && !isOfTheAccount(error),
    idPattern: INSTANCE_ID,
    settle: (id, error) => endings.set(id, endOfRefused(id, error, recent)),
  });
}

/** Where a timer protects a machine from anything else, the timer goes first: the machine ends now anyway. */
async function terminateDespiteTimers(
  api: TencentApi,
  at: TencentScope,
  ids: readonly MachineId[],
): Promise<void> {
  const end = () => api.call('cvm', 'TerminateInstances', at, { InstanceIds: [...ids] });
  try {
    await end();
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError) || tencentCodeOf(thrown) !== HELD_BY_TIMER) throw thrown;
    await dropTimers(api, at, ids);
    await end();
  }
}

/** Undefined when a call is needed. */
function endWithoutCall(id: MachineId, instance: Instance, region: string): Ending | undefined {
  const machine = toMachine(instance, region);
  if (machine === 'gone') return 'gone';
  if (machine.state === 'terminating') return 'terminating';
  if (machine.state === 'pending' && instance.InstanceState === 'PENDING') return tooYoung(id);
  if (machine.purchaseOption !== 'reserved') return undefined;
  return new SpringtideError(
    'failed-precondition',
    `${id} was paid for in advance, so it was not terminated: that would only put it into the recycle bin`,
    { nextStep: 'Return it in the console, if that is meant.' },
  );
}

function endOfUnknown(id: MachineId, recent: RecentlyKnown<Machine>): Ending {
  return recent.get(id) === undefined ? 'gone' : tooYoung(id);
}

function endOfRefused(id: MachineId, error: SpringtideError, recent: RecentlyKnown<Machine>): Ending {
  const code = tencentCodeOf(error);
  if (code === 'UnsupportedOperation.InstanceStateTerminating') return 'terminating';
  return error.code === 'not-found' ? endOfUnknown(id, recent) : error;
}

function tooYoung(id: MachineId): SpringtideError {
  return new SpringtideError(
    'conflict',
    `${id} was launched a moment ago and Tencent Cloud ends no machine that is still being made: it costs until it is terminated`,
    { retry: 'same', effect: 'none', retryAfterMs: 2_000 },
  );
}

/** Errors that the next machine would meet as well. */
function isOfTheAccount({ code }: SpringtideError): boolean {
  return ['rate-limited', 'unauthenticated', 'permission-denied', 'timeout', 'unavailable'].includes(code);
}
