import { z } from 'zod';

/** What a role can grant. Every route names exactly one of these, or says that it is public or needs only a login. */
export const PERMISSIONS = [
  'tokens.manage',
  'users.read',
  'users.manage',
  'accounts.read',
  'accounts.manage',
  'inventory.read',
  'inventory.sync',
  'catalog.read',
  'templates.read',
  'templates.manage',
  'routes.read',
  'routes.manage',
  'campaigns.read',
  'campaigns.manage',
  'plans.read',
  'plans.manage',
  'approvals.read',
  'approvals.decide',
  'runs.read',
  'runs.manage',
  'finance.read',
  'audit.read',
  'stop-switch.use',
] as const;

export const Permission = z.enum(PERMISSIONS);
export type Permission = z.infer<typeof Permission>;
