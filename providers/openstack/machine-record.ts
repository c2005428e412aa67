import type { Machine, MachineState, Relation } from '@springtide/provider-kit';
import { z } from 'zod';
import { fromMetadata, labelsOf, ownershipOf, type Marks } from './ownership-marks.js';

const addressSchema = z.object({
  addr: z.string(),
  version: z.number(),
  'OS-EXT-IPS:type': z.string().default('fixed'),
});

/** A server as nova 2.53 shows it, as far as it is used. */
export const serverSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  created: z.string(),
  // Empty until the scheduler has chosen.
  hostId: z.string().default(''),
  metadata: z.record(z.string(), z.string()).default({}),
  // A server that was booted from a volume has the empty text here.
  image: z.union([z.object({ id: z.string() }), z.literal('')]).nullish(),
  flavor: z.object({ original_name: z.string().default('') }).default({ original_name: '' }),
  addresses: z.record(z.string(), z.array(addressSchema)).default({}),
  fault: z.object({ message: z.string() }).optional(),
  'OS-EXT-STS:task_state': z.string().nullish(),
  'OS-EXT-STS:vm_state': z.string().nullish(),
  'OS-EXT-AZ:availability_zone': z.string().nullish(),
  'OS-SRV-USG:launched_at': z.string().nullish(),
  'OS-EXT-SRV-ATTR:hypervisor_hostname': z.string().nullish(),
});

export type Server = z.infer<typeof serverSchema>;

const STATES: Readonly<Record<string, MachineState>> = {
  BUILD: 'pending',
  REBUILD: 'pending',
  ACTIVE: 'running',
  REBOOT: 'running',
  HARD_REBOOT: 'running',
  PASSWORD: 'running',
  RESIZE: 'running',
  VERIFY_RESIZE: 'running',
  REVERT_RESIZE: 'running',
  MIGRATING: 'running',
  RESCUE: 'stopped',
  SHUTOFF: 'stopped',
  PAUSED: 'stopped',
  SUSPENDED: 'stopped',
  SHELVED: 'stopped',
  SHELVED_OFFLOADED: 'stopped',
  SOFT_DELETED: 'terminating',
};
const GONE = new Set(['DELETED']);
const ENDING = new Set(['deleting', 'soft-deleting']);

export function marksIn(server: Server): Marks {
  return fromMetadata(server.metadata);
}

export function isGone(server: Server): boolean {
  return GONE.has(server.status);
}

export function stateOf(server: Server): MachineState {
  const task = server['OS-EXT-STS:task_state'] ?? '';
  if (ENDING.has(task)) return 'terminating';
  if (task === 'powering-off') return 'stopping';
  // A server that ran once and then fell into an error was built; what is wrong with it is another matter.
  if (server.status === 'ERROR') return launchedAt(server) === undefined ? 'failed' : 'unknown';
  return STATES[server.status] ?? 'unknown';
}

export function toMachine(server: Server, region: string, relations: readonly Relation[] = []): Machine {
  const marks = marksIn(server);
  const ownership = ownershipOf(marks);
  const image = imageOf(server);
  const launched = launchedAt(server);
  const hypervisor = server['OS-EXT-SRV-ATTR:hypervisor_hostname'];
  const all: readonly Relation[] = [
    ...(image === undefined ? [] : [{ kind: 'made-from', to: 'image', id: image } as const]),
    ...(hypervisor ? [{ kind: 'runs-on', to: 'host', id: hypervisor } as const] : []),
    ...relations,
  ];
  return {
    id: server.id,
    name: server.name,
    state: stateOf(server),
    region,
    // Until the scheduler has chosen, only our own mark knows the zone that was asked for.
    zone: server['OS-EXT-AZ:availability_zone'] || (marks['zone'] ?? ''),
    machineType: server.flavor.original_name || (marks['machine-type'] ?? ''),
    purchaseOption: 'private',
    addresses: addressesOf(server),
    ...(image === undefined ? {} : { image }),
    ...(launched === undefined ? {} : { launchedAt: launched }),
    ...(ownership === undefined ? {} : { ownership }),
    labels: ownership === undefined ? server.metadata : labelsOf(marks),
    relations: all,
    ...(server.fault === undefined ? {} : { stateReason: server.fault.message }),
  };
}

function imageOf(server: Server): string | undefined {
  return typeof server.image === 'object' && server.image !== null ? server.image.id : undefined;
}

/** Fixed before floating, IPv4 before IPv6: routes of a private cloud reach machines where they are. */
function addressesOf(server: Server): readonly string[] {
  const rank = (each: z.infer<typeof addressSchema>): number =>
    (each['OS-EXT-IPS:type'] === 'fixed' ? 0 : 2) + (each.version === 4 ? 0 : 1);
  return Object.values(server.addresses)
    .flat()
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ addr }) => addr);
}

/** Nova writes it in UTC without saying so. */
function launchedAt(server: Server): string | undefined {
  const text = server['OS-SRV-USG:launched_at'];
  if (text === undefined || text === null || text === '') return undefined;
  return new Date(text.endsWith('Z') ? text : `${text}Z`).toISOString();
}
