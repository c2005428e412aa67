import { LaunchDesk } from '../cloud/launch-desk.js';
import { timerOf, type LaunchParams } from '../cloud/launch-order.js';
import type { Machine } from '../cloud/machine.js';
import { MachineLife, refuseState } from '../cloud/machine-life.js';
import type { Region } from '../cloud/region.js';
import { WireError } from '../wire/wire-error.js';
import {
  filtered,
  pageOf,
  pageWish,
  stamp,
  type ActionCall,
  type Actions,
  type Filter,
  type FilterWords,
} from './action.js';
import { instanceShape, visibleMachines } from './cvm-shape.js';

const MOST_IDS = 100;

const FILTERS: FilterWords<Machine> = {
  zone: ({ zone }) => zone,
  'project-id': ({ projectId }) => String(projectId),
  'vpc-id': ({ vpcId }) => vpcId,
  'subnet-id': ({ subnetId }) => subnetId,
  'instance-id': ({ id }) => id,
  'instance-name': ({ name }) => name,
  'instance-charge-type': ({ chargeType }) => chargeType,
  'instance-type': ({ type }) => type.name,
  'instance-state': ({ state }) => state,
  'private-ip-address': ({ address }) => address,
  'public-ip-address': ({ internet }) => internet.publicAddress ?? '',
  'image-id': ({ imageId }) => imageId,
  'security-group-id': ({ securityGroupIds }) => securityGroupIds,
  uuid: ({ uuid }) => uuid,
};

export const cvmMachineActions: Actions = {
  'cvm/RunInstances': ({ cloud, region, params, requestId }) => {
    const ids = new LaunchDesk(cloud, new MachineLife(cloud)).run(region(), params, requestId);
    return ids === undefined ? {} : { InstanceIdSet: ids };
  },
  'cvm/DescribeInstances': (call) => {
    const { machines, total } = listed(call);
    const region = call.region();
    return { TotalCount: total, InstanceSet: machines.map((machine) => instanceShape(region, machine)) };
  },
  'cvm/DescribeInstancesStatus': (call) => {
    const { machines, total } = listed(call);
    return {
      TotalCount: total,
      InstanceStatusSet: machines.map(({ id, state }) => ({ InstanceId: id, InstanceState: state })),
    };
  },
  'cvm/TerminateInstances': (call) => {
    const machines = named(call);
    refuseMixedCharges(machines);
    const endable = ['RUNNING', 'STOPPED', 'SHUTDOWN'];
    refuseUnless(machines, endable);
    const guarded = machines.find(({ protectedFromApi }) => protectedFromApi);
    if (guarded !== undefined) {
      throw new WireError(
        'UnsupportedOperation.InstancesProtected',
        `The instance \`${guarded.id}\` is protected.`,
      );
    }
    for (const machine of machines)
      new MachineLife(call.cloud).terminate(call.region(), machine, call.requestId);
    return {};
  },
  'cvm/StopInstances': (call) => {
    const machines = named(call);
    refuseUnless(machines, ['RUNNING']);
    const stopCharging = call.params['StoppedMode'] === 'STOP_CHARGING';
    for (const machine of machines) new MachineLife(call.cloud).stop(machine, stopCharging, call.requestId);
    return {};
  },
  'cvm/StartInstances': (call) => {
    const machines = named(call);
    refuseUnless(machines, ['STOPPED']);
    for (const machine of machines) new MachineLife(call.cloud).start(call.region(), machine, call.requestId);
    return {};
  },
  'cvm/ModifyInstancesAttribute': (call) => {
    const { InstanceName, SecurityGroups, DisableApiTermination } = call.params as {
      InstanceName?: string;
      SecurityGroups?: readonly string[];
      DisableApiTermination?: boolean;
    };
    for (const machine of named(call)) {
      machine.name = InstanceName ?? machine.name;
      machine.securityGroupIds = SecurityGroups ?? machine.securityGroupIds;
      machine.protectedFromApi = DisableApiTermination ?? machine.protectedFromApi;
    }
    return {};
  },
  'cvm/ImportInstancesActionTimer': (call) => {
    const timerAt = timerOf(call.cloud, call.params['ActionTimer'] as LaunchParams['ActionTimer']) ?? 0;
    const machines = named(call);
    const busy = machines.find(({ timer }) => timer !== undefined);
    if (busy !== undefined) {
      throw new WireError(
        'FailedOperation.MutActionTimerExist',
        `The instance \`${busy.id}\` has a timer already.`,
      );
    }
    const life = new MachineLife(call.cloud);
    return { ActionTimerIds: machines.map((machine) => life.setTimer(call.region(), machine, timerAt)) };
  },
  'cvm/DescribeInstancesActionTimer': (call) => {
    const wanted = call.params['ActionTimerIds'] as readonly string[] | undefined;
    const ids = call.params['InstanceIds'] as readonly string[] | undefined;
    const timed = visibleMachines(call.cloud, call.region()).filter(
      ({ id, timer }) =>
        timer !== undefined && (wanted?.includes(timer.id) ?? true) && (ids?.includes(id) ?? true),
    );
    return { ActionTimers: timed.map(timerShape) };
  },
  'cvm/DeleteInstancesActionTimer': (call) => {
    const ids = new Set(call.params['ActionTimerIds'] as readonly string[]);
    const life = new MachineLife(call.cloud);
    const timed = [...call.region().machines.values()].filter(
      ({ timer }) => timer !== undefined && ids.has(timer.id),
    );
    if (timed.length < ids.size) {
      throw new WireError('InvalidParameterValue', 'An ActionTimerId is not found.');
    }
    for (const machine of timed) life.dropTimer(machine);
    return {};
  },
};

function listed(call: ActionCall): Readonly<{ machines: readonly Machine[]; total: number }> {
  const ids = call.params['InstanceIds'] as readonly string[] | undefined;
  const filters = call.params['Filters'] as readonly Filter[] | undefined;
  if (ids !== undefined && ids.length > 0 && filters !== undefined && filters.length > 0) {
    throw new WireError('InvalidParameter', 'InstanceIds and Filters cannot be given together.');
  }
  const page = pageWish(call.params);
  const limit = Math.min(page.limit, call.cloud.settings.maxPageSize);
  const visible = visibleMachines(call.cloud, call.region());
  const found =
    ids === undefined || ids.length === 0 ? filtered(visible, filters, FILTERS, tagsOf) : byId(call, ids);
  return { machines: pageOf(found, { ...page, limit }), total: found.length };
}

/** Unknown ids are simply not in the answer. */
function byId(call: ActionCall, ids: readonly string[]): readonly Machine[] {
  checkIds(ids);
  const latest = call.cloud.now() - call.cloud.settings.readLagMs;
  return ids
    .flatMap((id) => call.region().machines.get(id) ?? [])
    .filter(({ createdAt }) => createdAt <= latest);
}

/** The machines of a change. @throws WireError for ids that nobody has, or that are still too young to be seen. */
function named(call: ActionCall): readonly Machine[] {
  const ids = [...new Set(call.params['InstanceIds'] as readonly string[])];
  checkIds(ids);
  const latest = call.cloud.now() - call.cloud.settings.readLagMs;
  return ids.map((id) => machineOf(call.region(), id, latest));
}

function machineOf(region: Region, id: string, latest: number): Machine {
  const machine = region.machines.get(id);
  if (machine !== undefined && machine.createdAt <= latest) return machine;
  throw new WireError('InvalidInstanceId.NotFound', `The specified instance ID \`['${id}']\` is not found.`);
}

function checkIds(ids: readonly string[]): void {
  if (ids.length === 0) throw new WireError('MissingParameter', 'InstanceIds is empty.');
  if (ids.length > MOST_IDS) {
    throw new WireError('InvalidParameterValue.LimitExceeded', `More than ${MOST_IDS} instances are named.`);
  }
  const malformed = ids.find((id) => !/^ins-[a-z0-9]{8}$/.test(id));
  if (malformed === undefined) return;
  throw new WireError('InvalidInstanceId.Malformed', `The instance id \`${malformed}\` is malformed.`);
}

function refuseUnless(machines: readonly Machine[], states: readonly string[]): void {
  const other = machines.find(({ state }) => !states.includes(state));
  if (other !== undefined) throw refuseState(other);
}

function refuseMixedCharges(machines: readonly Machine[]): void {
  if (new Set(machines.map(({ chargeType }) => chargeType)).size < 2) return;
  throw new WireError(
    'UnsupportedOperation.InstanceMixedPricingModel',
    'All instances of one call must have the same charge type.',
  );
}

function timerShape(machine: Machine): Readonly<Record<string, unknown>> {
  const { timer } = machine;
  return {
    TimerAction: 'TerminateInstances',
    ActionTime: stamp(timer?.at ?? 0),
    Externals: {},
    ActionTimerId: timer?.id ?? '',
    Status: 'UNDO',
    InstanceId: machine.id,
  };
}

function tagsOf({ tags }: Machine) {
  return tags;
}
