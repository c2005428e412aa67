import { PERMISSIONS, type Permission } from '@springtide/contracts';

export { PERMISSIONS, type Permission } from '@springtide/contracts';

const READ_WORK = [
  'account:read',
  'catalog:read',
  'inventory:read',
  'template:read',
  'campaign:read',
  'run:read',
  'route:read',
  'cluster:read',
  'effect:read',
] as const satisfies readonly Permission[];

export type BuiltInRole = Readonly<{ name: string; title: string; permissions: readonly Permission[] }>;

/** Seeded into every tenant; its own roles come beside them. */
export const BUILT_IN_ROLES: readonly BuiltInRole[] = [
  { name: 'platform-admin', title: 'Runs the installation', permissions: PERMISSIONS },
  {
    name: 'tenant-admin',
    title: 'Runs one tenant',
    permissions: PERMISSIONS.filter((one) => one !== 'installation:write'),
  },
  {
    name: 'operations',
    title: 'Plans and operates campaigns; approves none of its own',
    permissions: [
      ...READ_WORK,
      'inventory:write',
      'template:write',
      'catalog:write',
      'campaign:write',
      'run:operate',
      'run:stop',
      'route:write',
      'cluster:write',
      'effect:write',
      'cost:read',
    ],
  },
  {
    name: 'approver',
    title: 'Approves what others planned',
    permissions: [...READ_WORK, 'cost:read', 'campaign:approve', 'run:stop'],
  },
  {
    name: 'finance',
    title: 'Reads and settles cost',
    permissions: [...READ_WORK, 'cost:read', 'cost:write'],
  },
  {
    name: 'auditor',
    title: 'Reads everything and verifies the audit',
    permissions: [...READ_WORK, 'user:read', 'cost:read', 'audit:read'],
  },
  { name: 'read-only', title: 'Reads campaigns and inventory', permissions: READ_WORK },
];

export function isPermission(text: string): text is Permission {
  return (PERMISSIONS as readonly string[]).includes(text);
}

/** What of `wanted` the grantor lacks: nobody can grant what they do not hold. */
export function beyondGrantor(grantor: ReadonlySet<string>, wanted: Iterable<string>): readonly string[] {
  return [...new Set(wanted)].filter((permission) => !grantor.has(permission)).toSorted();
}

/** A token narrows its owner and never widens: `*` is everything the owner may do at that moment. */
export function effectivePermissions(
  owner: Iterable<string>,
  scopes: readonly string[],
): ReadonlySet<string> {
  const held = new Set(owner);
  return scopes.includes('*') ? held : new Set(scopes.filter((scope) => held.has(scope)));
}
