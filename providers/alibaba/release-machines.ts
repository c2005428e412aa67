import { SpringtideError, asSpringtideError } from '@springtide/kernel';
import type { MachineId } from '@springtide/provider-kit';
import type { AlibabaApi, Scope } from './api.js';
import { nothing } from './wire.js';

/** At once; the cloud has no call for several machines. */
const LANES = 4;

/**
 * Moves the time-to-live of every machine, or removes it. One that is gone needs none, and one that fails does not keep
 * the others from theirs: they would end in the middle of their work.
 * @throws the first failure, after all were tried.
 */
export async function setReleaseTimes(
  api: AlibabaApi,
  at: Scope,
  ids: readonly MachineId[],
  releaseTime: string | undefined,
): Promise<void> {
  const waiting = [...ids];
  const failures: SpringtideError[] = [];
  const lane = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        await api.mutate(at, {
          product: 'ecs',
          action: 'ModifyInstanceAutoReleaseTime',
          parameters: { RegionId: at.region, InstanceId: id, AutoReleaseTime: releaseTime },
          answer: nothing,
        });
      } catch (thrown) {
        const error = asSpringtideError(thrown);
        if (error.code !== 'not-found') failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const [first] = failures;
  if (first === undefined) return;
  throw new SpringtideError(
    first.code,
    `the time-to-live of ${failures.length} of ${ids.length} machines could not be set, the others have theirs: ${first.message}`,
    { retry: first.retry, effect: first.effect, facts: first.facts },
  );
}
