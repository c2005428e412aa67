import type { AlibabaCloud } from '../cloud.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { missingParameter, WireError } from '../wire/wire-error.js';
import type { Instance } from './instance.js';

/** @throws WireError InvalidInstanceId.NotFound */
export function findInstance(cloud: AlibabaCloud, id: string, regionId?: string): Instance {
  const instance = cloud.instances.get(id);
  if (instance !== undefined && (regionId === undefined || instance.regionId === regionId)) return instance;
  throw new WireError(404, 'InvalidInstanceId.NotFound', `The specified InstanceId does not exist: ${id}.`);
}

/** All or nothing: one that cannot be deleted keeps all of them. */
export function deleteInstances(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  return cloud.tokens.once(call, cloud.clock.life(), () => {
    const instances = namedInstances(cloud, call);
    const force = call.flag('Force') ?? false;
    for (const instance of instances) checkDelete(instance, force);
    if (call.flag('DryRun') === true)
      throw new WireError(400, 'DRYRUN.SUCCESS', 'The dry run was successful.');
    for (const instance of instances) deleteOne(cloud, call, instance);
    return {};
  });
}

export function deleteInstance(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const instance = findInstance(cloud, call.need('InstanceId'));
  checkDelete(instance, call.flag('Force') ?? false);
  deleteOne(cloud, call, instance);
  return {};
}

function deleteOne(cloud: AlibabaCloud, call: ApiCall, instance: Instance): void {
  if (!instance.releasing) cloud.machines.release(instance, call.flag('ForceStop') ?? true);
}

function checkDelete(instance: Instance, force: boolean): void {
  if (instance.deletionProtection) {
    const text = 'The operation is not allowed because the instance is protected against deletion.';
    throw new WireError(403, 'InvalidOperation.DeletionProtection', text);
  }
  if (instance.releasing) return;
  if (instance.status === 'Pending' || instance.status === 'Starting') {
    const text = `The specified instance is initializing: ${instance.id} is ${instance.status}.`;
    throw new WireError(403, 'IncorrectInstanceStatus.Initializing', text);
  }
  if (instance.status !== 'Stopped' && !force) throw wrongStatus(instance);
}

export function stopInstances(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const instances = namedInstances(cloud, call);
  const change = (instance: Instance): void => {
    if (instance.status !== 'Running') return;
    const mode = call.text('StoppedMode');
    cloud.machines.stop(instance, {
      force: call.flag('ForceStop') ?? false,
      ...(mode === undefined ? {} : { mode }),
    });
  };
  return inBatch(
    call,
    instances,
    (instance) => ['Running', 'Stopped', 'Stopping'].includes(instance.status),
    change,
  );
}

export function stopInstance(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const instance = findInstance(cloud, call.need('InstanceId'));
  if (instance.status !== 'Running') throw wrongStatus(instance);
  const mode = call.text('StoppedMode');
  cloud.machines.stop(instance, {
    force: call.flag('ForceStop') ?? false,
    ...(mode === undefined ? {} : { mode }),
  });
  return {};
}

export function startInstance(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const instance = findInstance(cloud, call.need('InstanceId'));
  if (instance.status !== 'Stopped') throw wrongStatus(instance);
  cloud.machines.start(instance);
  return {};
}

export function startInstances(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const change = (instance: Instance): void => {
    if (instance.status === 'Stopped') cloud.machines.start(instance);
  };
  const fits = (instance: Instance): boolean => instance.status === 'Stopped';
  return inBatch(call, namedInstances(cloud, call), fits, change);
}

export function rebootInstance(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const instance = findInstance(cloud, call.need('InstanceId'));
  if (instance.status !== 'Running') throw wrongStatus(instance);
  cloud.machines.stop(instance, {
    force: call.flag('ForceStop') ?? false,
    whenStopped: () => cloud.machines.start(instance),
  });
  return {};
}

/** `AllTogether`: one that does not fit keeps all; `SuccessFirst`: the others are done. */
function inBatch(
  call: ApiCall,
  instances: readonly Instance[],
  fits: (instance: Instance) => boolean,
  change: (instance: Instance) => void,
): AnswerBody {
  const together = call.text('BatchOptimization') !== 'SuccessFirst';
  const misfit = instances.find((instance) => !fits(instance));
  if (together && misfit !== undefined) throw wrongStatus(misfit);
  if (call.flag('DryRun') === true)
    throw new WireError(400, 'DryRunOperation', 'The dry run was successful.');
  const responses = instances.map((instance) => {
    const previous = instance.status;
    const done = fits(instance);
    if (done) change(instance);
    return {
      InstanceId: instance.id,
      PreviousStatus: previous,
      CurrentStatus: instance.status,
      Code: done ? '200' : 'IncorrectInstanceStatus',
      Message: done ? 'success' : 'The current status of the resource does not support this operation.',
    };
  });
  return { InstanceResponses: { InstanceResponse: responses } };
}

function namedInstances(cloud: AlibabaCloud, call: ApiCall): readonly Instance[] {
  const ids = call.list('InstanceId');
  if (ids.length === 0) throw missingParameter('InstanceId');
  return [...new Set(ids)].map((id) => findInstance(cloud, id, call.need('RegionId')));
}

function wrongStatus(instance: Instance): WireError {
  const text = `The current status of the resource does not support this operation: ${instance.id} is ${instance.status}.`;
  return new WireError(403, 'IncorrectInstanceStatus', text);
}
