import { WireError } from '../wire/wire-error.js';
import { dropTargets } from './balancer.js';
import type { Cloud } from './cloud.js';
import { diskFenPerHour, machineFenPerHour } from './prices.js';
import type { Machine } from './machine.js';
import type { Region } from './region.js';

/** What becomes of machines as time goes on, and what it costs. */
export class MachineLife {
  constructor(private readonly cloud: Cloud) {}

  begin(region: Region, machine: Machine): void {
    const fails = this.cloud.failingBoots > 0;
    if (fails) this.cloud.failingBoots -= 1;
    this.#later(this.cloud.settings.bootMs, machine, 'PENDING', (at) => {
      if (fails) this.#fail(region, machine, at);
      else this.#run(region, machine, at);
    });
  }

  stop(machine: Machine, stopCharging: boolean, requestId: string): void {
    this.#start(machine, 'STOPPING', 'StopInstances', requestId);
    this.#later(this.cloud.settings.powerMs, machine, 'STOPPING', (at) => {
      machine.state = 'STOPPED';
      machine.stopCharging = stopCharging;
      machine.operation = { ...machine.operation, state: 'SUCCESS' };
      if (stopCharging) this.cloud.usage.end(machine.id, at);
    });
  }

  start(region: Region, machine: Machine, requestId: string): void {
    this.#start(machine, 'STARTING', 'StartInstances', requestId);
    this.#later(this.cloud.settings.powerMs, machine, 'STARTING', (at) => {
      machine.state = 'RUNNING';
      machine.operation = { ...machine.operation, state: 'SUCCESS' };
      if (machine.stopCharging) this.#charge(region, machine, at);
      machine.stopCharging = false;
    });
  }

  /** A prepaid machine goes to the recycle bin first; the second call is its end. */
  terminate(region: Region, machine: Machine, requestId: string): void {
    if (machine.chargeType === 'PREPAID' && !machine.isolated) {
      machine.isolated = true;
      machine.state = 'SHUTDOWN';
      machine.operation = { name: 'TerminateInstances', state: 'SUCCESS', requestId };
      return;
    }
    machine.timer?.cancel();
    this.cloud.usage.end(machine.id, this.cloud.now());
    this.#start(machine, 'TERMINATING', 'TerminateInstances', requestId);
    this.#giveBackStock(region, machine);
    this.#later(this.cloud.settings.terminateMs, machine, 'TERMINATING', (at) =>
      this.#vanish(region, machine, at),
    );
  }

  setTimer(region: Region, machine: Machine, at: number): string {
    machine.timer?.cancel();
    const id = this.cloud.ids.uuid();
    const cancel = this.cloud.agenda.plan(at, () => {
      delete machine.timer;
      if (machine.state !== 'TERMINATING') this.terminate(region, machine, id);
    });
    machine.timer = { id, at, cancel };
    return id;
  }

  dropTimer(machine: Machine): void {
    machine.timer?.cancel();
    delete machine.timer;
  }

  /** The cloud wants a spot machine back. */
  reclaim(region: Region, machine: Machine): void {
    const at = this.cloud.now() + this.cloud.settings.spotNoticeMs;
    machine.reclaimedAt = at;
    this.cloud.agenda.plan(at, () => {
      if (machine.state !== 'TERMINATING') this.terminate(region, machine, 'spot-reclaim');
    });
  }

  #run(region: Region, machine: Machine, at: number): void {
    machine.state = 'RUNNING';
    machine.operation = { ...machine.operation, state: 'SUCCESS' };
    this.#charge(region, machine, at);
  }

  #fail(region: Region, machine: Machine, at: number): void {
    machine.state = 'LAUNCH_FAILED';
    machine.operation = { ...machine.operation, state: 'FAILED', error: 'The instance could not be built.' };
    machine.timer?.cancel();
    this.#giveBackStock(region, machine);
    this.cloud.agenda.plan(at + this.cloud.settings.failedStayMs, (then) =>
      this.#vanish(region, machine, then),
    );
  }

  #charge(region: Region, machine: Machine, from: number): void {
    const { cloud } = this;
    const about = { region: region.name, zone: machine.zone, chargeType: machine.chargeType, from };
    const tagged = { tags: [...machine.tags], name: machine.name };
    const compute = { resourceId: machine.id, component: 'compute', product: 'cvm' } as const;
    cloud.usage.begin({ ...about, ...tagged, ...compute, fenPerHour: machineFenPerHour(cloud, machine) });
    const [systemId = '', ...dataIds] = machine.diskIds;
    const system = region.disks.get(systemId);
    if (system !== undefined) {
      const part = { resourceId: machine.id, component: 'system-disk', product: 'cvm' } as const;
      cloud.usage.begin({ ...about, ...tagged, ...part, fenPerHour: diskFenPerHour(cloud, system) });
    }
    for (const id of dataIds) {
      const disk = region.disks.get(id);
      if (disk === undefined || disk.machineId !== machine.id) continue;
      const part = { resourceId: id, component: 'data-disk', product: 'cbs' } as const;
      cloud.usage.begin({ ...about, ...tagged, ...part, fenPerHour: diskFenPerHour(cloud, disk) });
    }
  }

  #vanish(region: Region, machine: Machine, at: number): void {
    region.removeMachine(machine.id);
    dropTargets(region, machine.id);
    region.subnets.get(machine.subnetId)?.giveBack(machine.address);
    for (const id of machine.diskIds) {
      const disk = region.disks.get(id);
      if (disk === undefined) continue;
      if (!disk.deleteWithMachine) {
        disk.machineId = '';
        continue;
      }
      region.disks.delete(id);
      this.cloud.usage.end(id, at);
    }
    for (const attached of [...region.addresses.values(), ...region.interfaces.values()]) {
      if (attached.machineId === machine.id) attached.machineId = '';
    }
  }

  #giveBackStock(region: Region, machine: Machine): void {
    const pool = `${machine.zone}/${machine.type.name}`;
    const left = region.stock.get(pool);
    if (left !== undefined) region.stock.set(pool, left + 1);
  }

  #start(machine: Machine, state: Machine['state'], name: string, requestId: string): void {
    machine.state = state;
    machine.operation = { name, state: 'OPERATING', requestId };
  }

  /** Does nothing when the machine has left the state meanwhile. */
  #later(ms: number, machine: Machine, during: Machine['state'], act: (at: number) => void): void {
    this.cloud.agenda.plan(this.cloud.now() + ms, (at) => {
      if (machine.state === during) act(at);
    });
  }
}

/** @throws WireError UnsupportedOperation.InstanceState… as the vendor spells the state. */
export function refuseState(machine: Machine): WireError {
  const words = machine.state.toLowerCase().split('_');
  const state = words.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`).join('');
  return new WireError(
    `UnsupportedOperation.InstanceState${state}`,
    `The request does not support the instance \`${machine.id}\` in the state \`${machine.state}\`.`,
  );
}
