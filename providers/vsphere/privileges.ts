import type { Instant } from '@springtide/kernel';
import type { VsphereAccount } from './account.js';
import { reference } from './soap/soap-connection.js';
import { childOf, childrenOf, textOf } from './soap/xml-reader.js';
import { element } from './soap/xml-writer.js';
import type { VimSession } from './vim/vim-session.js';

type Wishes = Pick<VsphereAccount, 'tags' | 'libraries' | 'snapshots'>;
/** `unless`: only an account that has this switched on needs it. */
type Privilege = Readonly<{ action: string; neededFor: string; unless?: keyof Wishes }>;

/** What the account's role must contain, and why; the README lists the same. */
export const PRIVILEGES = [
  { action: 'System.View', neededFor: 'inventory' },
  { action: 'System.Read', neededFor: 'inventory' },
  { action: 'Folder.Create', neededFor: 'the folder that holds our machines' },
  { action: 'VirtualMachine.Provisioning.DeployTemplate', neededFor: 'cloning the template' },
  { action: 'VirtualMachine.Inventory.CreateFromExisting', neededFor: 'cloning the template' },
  { action: 'VirtualMachine.Config.CPUCount', neededFor: 'the machine type’s size' },
  { action: 'VirtualMachine.Config.Memory', neededFor: 'the machine type’s size' },
  { action: 'VirtualMachine.Config.Settings', neededFor: 'the machine’s own id' },
  { action: 'VirtualMachine.Config.AdvancedConfig', neededFor: 'the ownership marks' },
  { action: 'VirtualMachine.Config.EditDevice', neededFor: 'another network than the template’s' },
  { action: 'VirtualMachine.Interact.PowerOn', neededFor: 'starting machines' },
  { action: 'VirtualMachine.Interact.PowerOff', neededFor: 'terminating machines' },
  { action: 'VirtualMachine.Inventory.Delete', neededFor: 'terminating machines' },
  { action: 'Resource.AssignVMToPool', neededFor: 'placing machines in a cluster' },
  { action: 'Datastore.AllocateSpace', neededFor: 'disks' },
  { action: 'Network.Assign', neededFor: 'network cards' },
  { action: 'VirtualMachine.Provisioning.CloneTemplate', neededFor: 'copies of templates in other clusters' },
  { action: 'VApp.Import', neededFor: 'copies of library items', unless: 'libraries' },
  { action: 'ContentLibrary.ReadStorage', neededFor: 'copies of library items', unless: 'libraries' },
  { action: 'ContentLibrary.SyncLibraryItem', neededFor: 'subscribed libraries', unless: 'libraries' },
  {
    action: 'VirtualMachine.Provisioning.MarkAsTemplate',
    neededFor: 'copies of library items',
    unless: 'libraries',
  },
  { action: 'VirtualMachine.State.CreateSnapshot', neededFor: 'taking snapshots', unless: 'snapshots' },
  {
    action: 'VirtualMachine.State.RevertToSnapshot',
    neededFor: 'going back to snapshots',
    unless: 'snapshots',
  },
  { action: 'VirtualMachine.State.RemoveSnapshot', neededFor: 'deleting snapshots', unless: 'snapshots' },
  { action: 'InventoryService.Tagging.CreateCategory', neededFor: 'tags', unless: 'tags' },
  { action: 'InventoryService.Tagging.CreateTag', neededFor: 'tags', unless: 'tags' },
  { action: 'InventoryService.Tagging.AttachTag', neededFor: 'tags', unless: 'tags' },
] as const satisfies readonly Privilege[];

/** What this account must be granted. */
export function privilegesFor(account: Wishes): readonly Privilege[] {
  return PRIVILEGES.filter((each: Privilege) => each.unless === undefined || account[each.unless]);
}

/** Which of them the session has on the inventory's root. */
export async function grantedPrivileges(
  session: VimSession,
  deadline: Instant,
): Promise<ReadonlySet<string>> {
  const { authorizationManager, rootFolder } = await session.content(deadline);
  const { key } = await session.login(deadline);
  const answer = await session.call({
    method: 'HasPrivilegeOnEntities',
    target: authorizationManager,
    arguments: [
      reference('entity', rootFolder),
      element('sessionId', key),
      ...PRIVILEGES.map(({ action }) => element('privId', action)),
    ],
    kind: 'read',
    deadline,
  });
  const entity = childOf(answer, 'returnval');
  const granted = childrenOf(entity, 'privAvailability').filter(
    (each) => textOf(each, 'isGranted') === 'true',
  );
  return new Set(granted.map((each) => textOf(each, 'privId') ?? ''));
}
