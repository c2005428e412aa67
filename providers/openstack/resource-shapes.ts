import type { Relation, Resource } from '@springtide/provider-kit';
import { z } from 'zod';
import type { hypervisorSchema } from './stock.js';

const labelled = { tags: z.array(z.string()).default([]) };
const optionalText = z.string().nullish();

export const routerSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  created_at: optionalText,
  external_gateway_info: z
    .object({
      network_id: z.string(),
      external_fixed_ips: z.array(z.object({ ip_address: z.string() })).default([]),
    })
    .nullish(),
  ...labelled,
});
export const floatingIpSchema = z.object({
  id: z.string(),
  floating_ip_address: z.string(),
  fixed_ip_address: optionalText,
  floating_network_id: z.string(),
  port_id: optionalText,
  status: optionalText,
  created_at: optionalText,
  port_details: z.object({ device_id: z.string(), device_owner: z.string() }).nullish(),
  ...labelled,
});
export const groupSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().default(''),
  created_at: optionalText,
  security_group_rules: z.array(z.unknown()).default([]),
  ...labelled,
});
export const portSchema = z.object({
  id: z.string(),
  name: z.string().default(''),
  status: z.string(),
  network_id: z.string(),
  mac_address: z.string().default(''),
  device_id: z.string().default(''),
  device_owner: z.string().default(''),
  fixed_ips: z.array(z.object({ ip_address: z.string() })).default([]),
  security_groups: z.array(z.string()).default([]),
  created_at: optionalText,
  ...labelled,
});
export const volumeSchema = z.object({
  id: z.string(),
  name: optionalText,
  status: z.string(),
  size: z.number(),
  volume_type: optionalText,
  availability_zone: optionalText,
  created_at: optionalText,
  metadata: z.record(z.string(), z.string()).default({}),
  attachments: z.array(z.object({ server_id: z.string() })).default([]),
});
export const snapshotSchema = z.object({
  id: z.string(),
  name: optionalText,
  status: z.string(),
  size: z.number(),
  volume_id: z.string(),
  created_at: optionalText,
  metadata: z.record(z.string(), z.string()).default({}),
});

/** Its id is its name in nova: servers say by that on which host they run. */
export function hostResource(host: z.infer<typeof hypervisorSchema>, region: string): Resource {
  const numbers: Readonly<Record<string, number | null | undefined>> = {
    cores: host.vcpus,
    vcpuUsed: host.vcpus_used,
    memoryMib: host.memory_mb,
    memoryUsedMib: host.memory_mb_used,
    machines: host.running_vms,
  };
  return {
    kind: 'host',
    id: host.hypervisor_hostname,
    name: host.hypervisor_hostname,
    region,
    state: `${host.state}, ${host.status}`.toLowerCase(),
    facts: {
      ...facts(numbers),
      ...facts({ hypervisor: host.hypervisor_type, address: host.host_ip, placementId: host.id }),
    },
    labels: {},
    relations: [],
  };
}

export function routerResource(router: z.infer<typeof routerSchema>, region: string): Resource {
  const gateway = router.external_gateway_info;
  const addresses = (gateway?.external_fixed_ips ?? []).map((each) => each.ip_address).join(', ');
  return {
    kind: 'router',
    ...common(router, region),
    facts: facts({ outsideAddress: addresses }),
    relations: gateway ? [{ kind: 'inside', to: 'network', id: gateway.network_id }] : [],
  };
}

export function addressResource(address: z.infer<typeof floatingIpSchema>, region: string): Resource {
  const holder = address.port_details?.device_owner.startsWith('compute:')
    ? address.port_details.device_id
    : undefined;
  const relations: Relation[] = [{ kind: 'inside', to: 'network', id: address.floating_network_id }];
  if (address.port_id) relations.push({ kind: 'attached-to', to: 'network-interface', id: address.port_id });
  if (holder !== undefined) relations.push({ kind: 'attached-to', to: 'machine', id: holder });
  return {
    kind: 'address',
    ...common({ ...address, name: address.floating_ip_address }, region),
    facts: facts({ address: address.floating_ip_address, leadsTo: address.fixed_ip_address }),
    relations,
  };
}

export function groupResource(group: z.infer<typeof groupSchema>, region: string): Resource {
  return {
    kind: 'security-group',
    ...common(group, region),
    facts: { rules: group.security_group_rules.length, ...facts({ description: group.description }) },
    relations: [],
  };
}

export function interfaceResource(port: z.infer<typeof portSchema>, region: string): Resource {
  const relations: Relation[] = [
    { kind: 'inside', to: 'network', id: port.network_id },
    ...port.security_groups.map((id) => ({ kind: 'guarded-by', to: 'security-group', id }) as const),
  ];
  if (port.device_id !== '' && port.device_owner.startsWith('compute:')) {
    relations.push({ kind: 'attached-to', to: 'machine', id: port.device_id });
  }
  if (port.device_id !== '' && port.device_owner.startsWith('network:router')) {
    relations.push({ kind: 'attached-to', to: 'router', id: port.device_id });
  }
  const addresses = port.fixed_ips.map((each) => each.ip_address).join(', ');
  return {
    kind: 'network-interface',
    ...common(port, region),
    facts: facts({ addresses, macAddress: port.mac_address }),
    relations,
  };
}

export function diskResource(volume: z.infer<typeof volumeSchema>, region: string): Resource {
  return {
    kind: 'disk',
    ...common(volume, region),
    ...(volume.availability_zone ? { zone: volume.availability_zone } : {}),
    facts: { sizeGib: volume.size, ...facts({ type: volume.volume_type }) },
    labels: volume.metadata,
    relations: volume.attachments.map(({ server_id: id }) => ({ kind: 'attached-to', to: 'machine', id })),
  };
}

export function snapshotResource(snapshot: z.infer<typeof snapshotSchema>, region: string): Resource {
  return {
    kind: 'snapshot',
    ...common(snapshot, region),
    facts: { sizeGib: snapshot.size },
    labels: snapshot.metadata,
    relations: [{ kind: 'made-from', to: 'disk', id: snapshot.volume_id }],
  };
}

type Common = Readonly<{
  id: string;
  name?: string | null | undefined;
  status?: string | null | undefined;
  created_at?: string | null | undefined;
  tags?: readonly string[];
}>;

function common(item: Common, region: string) {
  const created = item.created_at
    ? new Date(item.created_at.endsWith('Z') ? item.created_at : `${item.created_at}Z`)
    : undefined;
  return {
    id: item.id,
    name: item.name || item.id,
    region,
    ...(item.status ? { state: item.status.toLowerCase() } : {}),
    labels: Object.fromEntries((item.tags ?? []).map((tag) => [tag, ''])),
    ...(created === undefined ? {} : { createdAt: created.toISOString() }),
  };
}

/** Without what is not known. */
function facts(
  known: Readonly<Record<string, string | number | null | undefined>>,
): Readonly<Record<string, string | number>> {
  const given = Object.entries(known).filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  );
  return Object.fromEntries(given) as Record<string, string | number>;
}
