import { SpringtideError, type Instant } from '@springtide/kernel';
import type { LaunchBatch, LaunchItem, LaunchReceipt } from '@springtide/provider-kit';
import type { RateCardEntry } from './account.js';
import { boundedMap } from './bounded-map.js';
import type { ClonePlan } from './clone-spec.js';
import type { Datastore } from './datastore-record.js';
import { destroyMachine } from './destroy-machine.js';
import { keepMachine, launchMachine, type ItemOutcome } from './launch-machine.js';
import { ensureMachineFolder } from './machine-folder.js';
import type { MachineRecord } from './machine-record.js';
import { sweepMachines, type Vsphere } from './machine-search.js';
import { networkChange } from './network-devices.js';
import { specHash } from './ownership-marks.js';
import { templateForLaunch } from './place-image.js';
import { allowedMore, placeMachines, type Demand, type Place } from './placement.js';
import { clusterOf, datastoresOf, type Cluster, type Datacenter } from './site-map.js';
import { readTemplateSpace, withSwap } from './template-space.js';

type Ground = Readonly<{
  vsphere: Vsphere;
  batch: LaunchBatch;
  size: RateCardEntry;
  datacenter: Datacenter;
  cluster: Cluster;
  datastores: readonly Datastore[];
  machines: readonly MachineRecord[];
  template: MachineRecord;
  demand: Demand;
  deadline: Instant;
}>;

/**
 * vSphere makes one machine per call and knows no tokens. The promise of the contract is kept by looking first (what
 * carries this token exists already), by names and instance UUIDs that follow from the token, and by vSphere's own
 * refusal of a second machine with one name.
 */
export async function launchBatch(
  vsphere: Vsphere,
  batch: LaunchBatch,
  deadline: Instant,
): Promise<LaunchReceipt> {
  const size = rateCardEntry(vsphere, batch);
  const datacenter = await vsphere.sites.now(batch.region, deadline);
  const cluster = clusterOf(datacenter, batch.zone);
  const datastores = datastoresOf(datacenter, cluster, vsphere.account.datastores);
  const machines = await sweepMachines(vsphere, datacenter, deadline);
  const earlier = machinesOfToken(machines, batch);
  const site = { datacenter, cluster, machines };
  const template = await templateForLaunch(vsphere, site, batch, deadline);
  const space = await readTemplateSpace(vsphere, [template], deadline);
  const demand = { ...size, spaceMiB: withSwap(space.get(template.ref.id) ?? 0, size) };
  const where = { datacenter, cluster, datastores };
  const ground = { vsphere, batch, size, ...where, machines, template, demand, deadline };
  const missing = indices(batch.count).filter((index) => !earlier.has(index));
  const places = placesFor(ground, missing.length);
  if (earlier.size === 0 && places.length < batch.minimum) throw full(ground, places.length);
  const outcomes = await makeMissing(ground, missing, places);
  for (const [index, record] of earlier) outcomes.set(index, await keepMachine(making(ground), record));
  return receipt(ground, outcomes);
}

async function makeMissing(
  ground: Ground,
  missing: readonly number[],
  places: readonly Place[],
): Promise<Map<number, ItemOutcome>> {
  const outcomes = new Map<number, ItemOutcome>();
  for (const index of missing.slice(places.length)) {
    outcomes.set(index, { kind: 'refused', error: full(ground, places.length) });
  }
  if (places.length === 0) return outcomes;
  const { vsphere, batch, size, datacenter, cluster, template, deadline } = ground;
  const folder = await ensureMachineFolder(vsphere, datacenter, deadline);
  const devices = await networkChange(vsphere, datacenter, template, batch.subnet, deadline);
  const common = { batch, size, folder, resourcePool: cluster.resourcePool, devices };
  const plans = places.map(({ host, datastore }, at): ClonePlan => {
    return { ...common, index: missing[at] ?? 0, host: host.ref, datastore: datastore.ref };
  });
  await boundedMap(plans, vsphere.account.concurrentClones, async (plan) => {
    outcomes.set(plan.index, await launchMachine(making(ground), plan));
  });
  return outcomes;
}

/** Anything open makes the whole answer open: a receipt is never a guess. Below the minimum nothing stays. */
async function receipt(ground: Ground, outcomes: ReadonlyMap<number, ItemOutcome>): Promise<LaunchReceipt> {
  const ordered = indices(ground.batch.count).flatMap((index) => outcomes.get(index) ?? []);
  for (const outcome of ordered) if (outcome.kind === 'unknown') throw open(ordered, outcome.error);
  const accepted = ordered.flatMap((outcome) => (outcome.kind === 'accepted' ? [outcome.record] : []));
  const refusal = ordered.find((outcome) => outcome.kind === 'refused');
  if (refusal !== undefined && accepted.length < ground.batch.minimum) {
    await takeBack(ground, accepted);
    throw refusal.error;
  }
  const refs = accepted.map((record) => record.ref);
  await ground.vsphere.tags?.attach(refs, ground.batch.ownership, ground.deadline);
  return { items: ordered.map(toItem) };
}

function toItem(outcome: ItemOutcome): LaunchItem {
  if (outcome.kind === 'accepted') return { outcome: 'accepted', machineId: outcome.record.instanceUuid };
  return { outcome: 'refused', error: outcome.error };
}

async function takeBack(ground: Ground, made: readonly MachineRecord[]): Promise<void> {
  try {
    await boundedMap(made, ground.vsphere.account.concurrentClones, async (record) =>
      destroyMachine(ground.vsphere, { ...record, power: 'poweredOn' }, ground.deadline),
    );
  } catch (cause) {
    throw new SpringtideError(
      'unknown',
      `fewer than ${ground.batch.minimum} machines could be made, and taking them back failed; some may run and cost`,
      { cause, nextStep: 'Find them by their intent and terminate them.' },
    );
  }
}

function open(outcomes: readonly ItemOutcome[], error: SpringtideError): SpringtideError {
  const unknown = outcomes.filter((outcome) => outcome.kind === 'unknown').length;
  return new SpringtideError(
    error.code,
    `what became of ${unknown} of ${outcomes.length} machines is not known: ${error.message}`,
    { effect: 'maybe', retry: 'same', cause: error, nextStep: 'Find by intent what vSphere really has.' },
  );
}

function making(ground: Ground) {
  const { vsphere, datacenter, template, deadline } = ground;
  return { vsphere, datacenter, template: template.ref, deadline };
}

function placesFor(ground: Ground, wanted: number): readonly Place[] {
  const { vsphere, datacenter, cluster, demand, machines } = ground;
  const most = Math.min(wanted, allowedMore(datacenter, cluster, demand, machines));
  return placeMachines(ground, demand, most, machines, vsphere.account);
}

/** @throws conflict when the token was used before with other parameters. */
function machinesOfToken(
  machines: readonly MachineRecord[],
  batch: LaunchBatch,
): ReadonlyMap<number, MachineRecord> {
  const ours = machines.filter((machine) => machine.marks['token'] === batch.token);
  if (ours.some((machine) => machine.marks['spec'] !== specHash(batch))) {
    throw new SpringtideError(
      'conflict',
      'this launch token was used before with other parameters; nothing was created',
      { retry: 'never', nextStep: 'Use a new token for a new request.' },
    );
  }
  return new Map(ours.map((machine) => [Number(machine.marks['index']), machine]));
}

function rateCardEntry(vsphere: Vsphere, batch: LaunchBatch): RateCardEntry {
  const entry = vsphere.account.machineTypes.find((type) => type.name === batch.machineType);
  if (entry === undefined) throw wrong(`the rate card has no machine type "${batch.machineType}"`);
  if (batch.purchaseOption !== 'private') throw wrong(`vSphere has no ${batch.purchaseOption} machines`);
  if (batch.securityGroups.length > 0) {
    throw new SpringtideError('unsupported', 'vSphere has no security groups; nothing was created');
  }
  return entry;
}

function wrong(message: string): SpringtideError {
  return new SpringtideError('invalid-argument', `${message}; nothing was created`);
}

function full(ground: Ground, room: number): SpringtideError {
  const { batch, cluster, demand, vsphere, machines } = ground;
  const onHosts = placeMachines(ground, { ...demand, spaceMiB: 0 }, batch.count, machines, vsphere.account);
  const short = onHosts.length > room ? 'its datastores lack space' : 'its hosts lack memory or cores';
  return new SpringtideError(
    'insufficient-capacity',
    `the cluster ${cluster.name} has room for ${room} more machines of type ${batch.machineType}; it was asked for ${batch.count}, and ${short}`,
    { facts: { zone: cluster.name, room, asked: batch.count, short } },
  );
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
