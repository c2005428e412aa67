import { SpringtideError, type Instant } from '@springtide/kernel';
import {
  SerialLanes,
  type CallOptions,
  type SnapshotFacet,
  type SnapshotOrder,
  type SnapshotTarget,
} from '@springtide/provider-kit';
import { isFault } from './error-map.js';
import type { MachineRecord } from './machine-record.js';
import { findMachinesForSure, type Vsphere } from './machine-search.js';
import { childrenOf, textOf, type XmlElement } from './soap/xml-reader.js';
import { element } from './soap/xml-writer.js';
import { readObjects } from './vim/property-collector.js';

const TREE = { VirtualMachine: ['snapshot.rootSnapshotList'] } as const;
const MARK = 'taken by Springtide ';

type Snapshot = Readonly<{ id: string; name: string; description: string }>;

/** vSphere gives several snapshots of a machine one name, and has no tags for them: the description carries our mark. */
export class VsphereSnapshots implements SnapshotFacet {
  readonly #lanes = new SerialLanes();

  constructor(private readonly vsphere: Vsphere) {}

  async takeSnapshot(order: SnapshotOrder, { deadline }: CallOptions): Promise<Readonly<{ id: string }>> {
    return await this.#lanes.run(order.machineId, async () => {
      const machine = await this.#machine(order, deadline);
      const known = (await this.#snapshots(machine, deadline)).find(({ name }) => name === order.name);
      if (known !== undefined) return ownOf(known, order);
      const made = await this.vsphere.tasks.run({
        method: 'CreateSnapshot_Task',
        target: machine.ref,
        arguments: [
          element('name', order.name),
          element('description', `${MARK}${order.installation}`),
          element('memory', false),
          element('quiesce', false),
        ],
        deadline,
      });
      if (made !== undefined) return { id: made.id };
      throw new SpringtideError('unknown', `vSphere took a snapshot of ${machine.name} and did not name it`, {
        nextStep: 'Ask for it again: it is looked for first.',
      });
    });
  }

  async revertToSnapshot(target: SnapshotTarget, { deadline }: CallOptions): Promise<void> {
    const machine = await this.#machine(target, deadline);
    const snapshots = await this.#snapshots(machine, deadline);
    if (!snapshots.some(({ id }) => id === target.snapshotId)) {
      throw notFound(`machine ${machine.name} has no snapshot ${target.snapshotId}`);
    }
    await this.vsphere.tasks.run({
      method: 'RevertToSnapshot_Task',
      target: { type: 'VirtualMachineSnapshot', id: target.snapshotId },
      deadline,
    });
  }

  async deleteSnapshot(
    target: SnapshotTarget & Readonly<{ installation: string }>,
    { deadline }: CallOptions,
  ): Promise<'gone'> {
    const machine = await this.#machine(target, deadline);
    const found = (await this.#snapshots(machine, deadline)).find(({ id }) => id === target.snapshotId);
    if (found === undefined) return 'gone';
    if (!isOwn(found, target)) {
      throw new SpringtideError(
        'failed-precondition',
        `snapshot "${found.name}" of ${machine.name} was not taken by this Springtide; it was not deleted`,
        { effect: 'none', nextStep: 'Delete it where it was taken.' },
      );
    }
    try {
      await this.vsphere.tasks.run({
        method: 'RemoveSnapshot_Task',
        target: { type: 'VirtualMachineSnapshot', id: found.id },
        arguments: [element('removeChildren', false)],
        deadline,
      });
    } catch (thrown) {
      if (!isFault(thrown, 'ManagedObjectNotFound')) throw thrown;
    }
    return 'gone';
  }

  /** @throws unsupported where the account's settings leave snapshots out. */
  async #machine(
    { region, machineId }: Pick<SnapshotTarget, 'region' | 'machineId'>,
    deadline: Instant,
  ): Promise<MachineRecord> {
    if (!this.vsphere.account.snapshots) {
      throw new SpringtideError(
        'unsupported',
        'this account takes no snapshots: its settings leave them out; nothing was changed',
        { nextStep: 'Grant its role the three privileges of snapshots, and set `snapshots`.' },
      );
    }
    const datacenter = await this.vsphere.sites.recent(region, deadline);
    const found = await findMachinesForSure(this.vsphere, datacenter, [machineId], deadline);
    const machine = found.get(machineId.toLowerCase());
    if (machine !== undefined && !machine.template) return machine;
    throw notFound(`there is no machine ${machineId} in ${region}`);
  }

  async #snapshots({ ref }: MachineRecord, deadline: Instant): Promise<readonly Snapshot[]> {
    const [content] = await readObjects(this.vsphere.session, [ref], TREE, deadline);
    return snapshotsBelow(content?.properties.get('snapshot.rootSnapshotList'), 'VirtualMachineSnapshotTree');
  }
}

function snapshotsBelow(parent: XmlElement | undefined, children: string): readonly Snapshot[] {
  return childrenOf(parent, children).flatMap((tree) => {
    const name = textOf(tree, 'name') ?? '';
    const description = textOf(tree, 'description') ?? '';
    return [
      { id: textOf(tree, 'snapshot') ?? '', name, description },
      ...snapshotsBelow(tree, 'childSnapshotList'),
    ];
  });
}

function ownOf(known: Snapshot, order: SnapshotOrder): Readonly<{ id: string }> {
  if (isOwn(known, order)) return { id: known.id };
  throw new SpringtideError(
    'already-exists',
    `the machine has a snapshot "${order.name}" that this Springtide did not take; none was taken`,
    { retry: 'never', effect: 'none', nextStep: 'Choose another name.' },
  );
}

function isOwn({ description }: Snapshot, { installation }: Readonly<{ installation: string }>): boolean {
  return description === `${MARK}${installation}`;
}

function notFound(what: string): SpringtideError {
  return new SpringtideError('not-found', `${what}; nothing was changed`, { effect: 'none' });
}
