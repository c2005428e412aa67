import type { Cloud } from '../cloud/cloud.js';
import type { Machine } from '../cloud/machine.js';

/** A machine as it really is: young, hidden and failed ones too. The boot agent reads this form. */
export type YardMachine = Readonly<{
  id: string;
  name: string;
  region: string;
  zone: string;
  machineType: string;
  address: string;
  /** `pending`, `running`, `stopped`, `terminating`, … */
  state: string;
  chargeType: string;
  labels: Readonly<Record<string, string>>;
  createdAt: string;
  timerAt?: string;
  reclaimedAt?: string;
}>;

export function machineViews(cloud: Cloud): readonly YardMachine[] {
  return [...cloud.regions.values()].flatMap((region) => [...region.machines.values()].map(viewOf));
}

function viewOf(machine: Machine): YardMachine {
  const { timer, reclaimedAt } = machine;
  return {
    id: machine.id,
    name: machine.name,
    region: machine.region,
    zone: machine.zone,
    machineType: machine.type.name,
    address: machine.address,
    state: machine.state.toLowerCase().replace('_', '-'),
    chargeType: machine.chargeType,
    labels: Object.fromEntries(machine.tags.map(({ Key, Value }) => [Key, Value])),
    createdAt: new Date(machine.createdAt).toISOString(),
    ...(timer === undefined ? {} : { timerAt: new Date(timer.at).toISOString() }),
    ...(reclaimedAt === undefined ? {} : { reclaimedAt: new Date(reclaimedAt).toISOString() }),
  };
}
