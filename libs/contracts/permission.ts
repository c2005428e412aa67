/**
 * Everything that a role can grant. Every route names exactly one of these, or says that it is public or needs only a
 * login. The names are those that roles and tokens hold in the database and are never renamed.
 */
export const PERMISSIONS = [
  'installation:write',
  'tenant:write',
  'user:read',
  'user:write',
  'role:write',
  'account:read',
  'account:write',
  'catalog:read',
  'catalog:write',
  'inventory:read',
  'inventory:write',
  'template:read',
  'template:write',
  'campaign:read',
  'campaign:write',
  'campaign:approve',
  'run:read',
  'run:operate',
  'run:stop',
  'route:read',
  'route:write',
  'cluster:read',
  'cluster:write',
  'effect:read',
  'effect:write',
  'cost:read',
  'cost:write',
  'audit:read',
] as const;

export type Permission = (typeof PERMISSIONS)[number];
