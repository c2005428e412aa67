import { SpringtideError, type Instant } from '@springtide/kernel';
import { z } from 'zod';
import type { RestConnection } from '../rest/rest-connection.js';
import type { MoRef } from '../soap/soap-connection.js';
import type { LibraryItem } from './library-item.js';

export type Deployment = Readonly<{
  item: LibraryItem;
  /** The same for every try: a second machine of this name is refused by vSphere. */
  name: string;
  folder: MoRef;
  resourcePool: MoRef;
  host: MoRef;
  datastore: MoRef;
  deadline: Instant;
}>;

const deployedSchema = z.object({
  succeeded: z.boolean(),
  error: z
    .object({
      errors: z
        .array(
          z.object({
            error: z
              .object({ messages: z.array(z.object({ default_message: z.string() })).default([]) })
              .optional(),
          }),
        )
        .default([]),
    })
    .optional(),
});

/** Makes a machine of the item, switched off. @throws already-exists, failed-precondition with vSphere's own words. */
export async function deployItem(rest: RestConnection, deployment: Deployment): Promise<void> {
  if (deployment.item.kind === 'ovf') await deployOvf(rest, deployment);
  else await deployTemplate(rest, deployment);
}

async function deployOvf(rest: RestConnection, deployment: Deployment): Promise<void> {
  const { item, name, folder, resourcePool, host, datastore, deadline } = deployment;
  const answer = await rest.call({
    method: 'POST',
    path: `/com/vmware/vcenter/ovf/library-item/id:${item.id}?~action=deploy`,
    body: {
      // With it vCenter answers a repeated request as it did the first one.
      client_token: name,
      target: { resource_pool_id: resourcePool.id, folder_id: folder.id, host_id: host.id },
      deployment_spec: { name, accept_all_EULA: true, default_datastore_id: datastore.id },
    },
    deadline,
  });
  const deployed = deployedSchema.parse(answer);
  if (deployed.succeeded) return;
  const words = (deployed.error?.errors ?? []).flatMap(
    (each) => each.error?.messages.map((message) => message.default_message) ?? [],
  );
  throw new SpringtideError(
    'failed-precondition',
    `vSphere could not deploy ${item.library}/${item.name}: ${words.join('; ') || 'it gave no reason'}; no machine was made`,
    { nextStep: 'Check the item in the vSphere client.' },
  );
}

async function deployTemplate(rest: RestConnection, deployment: Deployment): Promise<void> {
  const { item, name, folder, resourcePool, host, datastore, deadline } = deployment;
  const storage = { datastore: datastore.id };
  await rest.call({
    method: 'POST',
    path: `/vcenter/vm-template/library-items/${item.id}?action=deploy`,
    body: {
      spec: {
        name,
        placement: { folder: folder.id, resource_pool: resourcePool.id, host: host.id },
        vm_home_storage: storage,
        disk_storage: storage,
        powered_on: false,
      },
    },
    deadline,
  });
}
