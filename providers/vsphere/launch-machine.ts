import { asSpringtideError, SpringtideError, type Instant } from '@springtide/kernel';
import { cloneArguments, machineName, type ClonePlan } from './clone-spec.js';
import { destroyMachine } from './destroy-machine.js';
import { faultOf, isFault } from './error-map.js';
import { instanceUuid } from './instance-uuid.js';
import type { MachineRecord } from './machine-record.js';
import { findMachines, readMachines, type Vsphere } from './machine-search.js';
import { specHash } from './ownership-marks.js';
import type { Datacenter } from './site-map.js';
import { readReference, type MoRef } from './soap/soap-connection.js';
import { childOf } from './soap/xml-reader.js';

/** `unknown`: the machine may exist or come into being; only a later look can tell. */
export type ItemOutcome =
  | Readonly<{ kind: 'accepted'; record: MachineRecord }>
  | Readonly<{ kind: 'refused'; error: SpringtideError }>
  | Readonly<{ kind: 'unknown'; error: SpringtideError }>;

type Making = Readonly<{ vsphere: Vsphere; datacenter: Datacenter; template: MoRef; deadline: Instant }>;

/** Makes one machine of a batch and says what came of it. A refusal leaves nothing behind. */
export async function launchMachine(making: Making, plan: ClonePlan): Promise<ItemOutcome> {
  const { vsphere, deadline } = making;
  try {
    const made = await vsphere.tasks.run({
      method: 'CloneVM_Task',
      target: making.template,
      arguments: cloneArguments(plan),
      deadline,
    });
    const [record] = made === undefined ? [] : await readMachines(vsphere, [made], deadline);
    if (record !== undefined && record.instanceUuid !== '') return { kind: 'accepted', record };
    throw new SpringtideError('unknown', `${nameIn(plan)} was cloned and cannot be read`);
  } catch (thrown) {
    const error = asSpringtideError(thrown);
    if (isFault(error, 'DuplicateName')) return settled(() => adopt(making, plan, error));
    if (error.effect === 'maybe') return { kind: 'unknown', error };
    return settled(() => removeLeftover(making, plan, error));
  }
}

/** A machine of this token that exists already: the answer to a repeated request, once it runs. */
export async function keepMachine(making: Making, record: MachineRecord): Promise<ItemOutcome> {
  return settled(async () => {
    if (record.power === 'poweredOn') return { kind: 'accepted', record };
    try {
      await making.vsphere.tasks.run({
        method: 'PowerOnVM_Task',
        target: record.ref,
        deadline: making.deadline,
      });
    } catch (thrown) {
      const error = asSpringtideError(thrown);
      if (isFault(error, 'InvalidPowerState')) return { kind: 'accepted', record };
      if (error.effect === 'maybe') return { kind: 'unknown', error };
      await destroyMachine(making.vsphere, record, making.deadline);
      return { kind: 'refused', error };
    }
    return { kind: 'accepted', record };
  });
}

/** The name is taken: by an earlier try of this very request, or by something else. */
async function adopt(making: Making, plan: ClonePlan, error: SpringtideError): Promise<ItemOutcome> {
  const holder = readReference(childOf(faultOf(error)?.detail, 'object'));
  const [record] = holder === undefined ? [] : await readMachines(making.vsphere, [holder], making.deadline);
  if (record === undefined || record.instanceUuid === '') {
    const text = `the name ${nameIn(plan)} is taken by a machine that is still being made`;
    return { kind: 'unknown', error: new SpringtideError('unknown', text, { cause: error }) };
  }
  if (record.marks['token'] === plan.batch.token && record.marks['spec'] === specHash(plan.batch)) {
    return keepMachine(making, record);
  }
  return {
    kind: 'refused',
    error: new SpringtideError(
      'conflict',
      `the name ${nameIn(plan)} is taken by a machine that this request did not make; nothing was created for it`,
      { retry: 'never', cause: error, nextStep: 'Use another name prefix, or rename that machine.' },
    ),
  };
}

/** A clone that fails at power-on may leave its machine behind, switched off. */
async function removeLeftover(making: Making, plan: ClonePlan, error: SpringtideError): Promise<ItemOutcome> {
  const { vsphere, datacenter, deadline } = making;
  const id = instanceUuid(plan.batch.token, plan.index);
  const leftover = (await findMachines(vsphere, datacenter, [id], deadline)).get(id);
  if (leftover !== undefined) await destroyMachine(vsphere, leftover, deadline);
  return { kind: 'refused', error };
}

/** Whatever fails on the way to a clear answer leaves the item's fate open. */
async function settled(work: () => Promise<ItemOutcome>): Promise<ItemOutcome> {
  try {
    return await work();
  } catch (thrown) {
    const cause = asSpringtideError(thrown);
    const error = new SpringtideError(cause.code, `a machine’s fate is open: ${cause.message}`, {
      effect: 'maybe',
      retry: 'same',
      cause,
    });
    return { kind: 'unknown', error };
  }
}

function nameIn(plan: ClonePlan): string {
  return machineName(plan.batch, plan.index);
}
